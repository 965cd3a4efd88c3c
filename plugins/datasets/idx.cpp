// idx: any dataset in four IDX files of unsigned bytes, plain or gzipped, with images of any size.
//
//   value    byte / 255, whatever the bytes mean
//   inputs   [features x samples], one column per sample; a file of 3 dimensions (samples, rows, columns) has images,
//            one of 2 dimensions plain features
//   classes  the labels that occur in the training set, numbered in order (labels 1 to 26 are classes 0 to 25, named "1"
//            to "26"); with classes = N, the labels 0 to N - 1, whether or not they occur
//
// The order of the training samples decides which are the last ones, those of [dataset] validation = N: with shuffle it
// is drawn from the seed; with stratify the last ones hold each class in proportion. Both are off by default: the files
// are a split made by somebody, and most are in random order already.
//
// A gzipped file may unpack to 256 MB, or to 100 times its size. A header that declares more than the file holds is
// refused before anything is allocated.
//
// Format: http://yann.lecun.com/exdb/mnist (section "the IDX file format"); see idx_reader.hpp.
// See also: mnist, csv.
#include <pipeline/dataset.hpp>

#include "idx_reader.hpp"
#include "row_split.hpp"

namespace {
using namespace pipeline;

class Idx final : public Dataset {
  datasets::IdxPaths paths;
  std::uint64_t classes = 0;
  datasets::RowSplit split;

  void declare(Parameters& p) override {
    p.path("train_images", paths.train_images, "file of the training images").must_be_given();
    p.path("train_labels", paths.train_labels, "file of the training labels").must_be_given();
    p.path("test_images", paths.test_images, "file of the test images").must_be_given();
    p.path("test_labels", paths.test_labels, "file of the test labels").must_be_given();
    p.whole("classes", classes, at_least(0).up_to(256),
            "number of classes, labelled 0 to classes - 1; 0: the labels that occur in the training set");
    p.flag("shuffle", split.shuffle, "whether training samples are put in random order before validation is taken off");
    p.flag("stratify", split.stratify, "whether the samples taken off for validation hold each class in proportion");
    p.whole("seed", split.seed, at_least(0).up_to(infinity), "seed of the order").used_if("shuffle", {"yes"});
  }

  std::optional<DataShape> shape() const override {
    datasets::IdxFiles files(paths);  // labels are one byte per sample: reading them costs next to nothing
    const auto labels = classes ? std::vector<std::uint8_t>() : datasets::read_labels(files.train_labels);
    return files.shape(datasets::IdxClasses(classes, labels).count());
  }

  Data load(const DataAccess& access) const override {
    Data data = datasets::read_idx(paths, classes, access);
    if (!split.changes_order()) return data;
    const auto order = datasets::row_order(data.train.labels, {access.set_aside()}, split);
    data.train.bytes = datasets::in_order(data.train.bytes, order);
    data.train.labels = datasets::in_order(data.train.labels, order);
    return data;
  }
};

}  // namespace

PIPELINE_DATASET(Idx, idx, "any dataset in four IDX files of bytes, given by path")
