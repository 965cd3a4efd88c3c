// idx: any dataset in four IDX files of unsigned bytes, plain or gzipped, with images of any size.
//
//   value    byte / 255, whatever the bytes mean
//   inputs   [features x samples], one column per sample; a file of 3 dimensions (samples, rows, columns) has images,
//            one of 2 dimensions plain features
//   classes  0 to classes - 1; with classes = 0, the largest label of both sets + 1 is used
//
// Format: http://yann.lecun.com/exdb/mnist (section "the IDX file format"); see idx_reader.hpp.
// See also: mnist, csv.
#include <pipeline/dataset.hpp>

#include "idx_reader.hpp"

namespace {
using namespace pipeline;

class Idx final : public Dataset {
  datasets::IdxPaths paths;
  std::uint64_t classes = 0;

  void declare(Parameters& p) override {
    p.path("train_images", paths.train_images, "file of the training images").must_be_given();
    p.path("train_labels", paths.train_labels, "file of the training labels").must_be_given();
    p.path("test_images", paths.test_images, "file of the test images").must_be_given();
    p.path("test_labels", paths.test_labels, "file of the test labels").must_be_given();
    p.whole("classes", classes, at_least(0).up_to(256), "number of classes; 0: the largest label + 1");
  }

  std::optional<DataShape> shape() const override {
    const datasets::IdxFile train(paths.train_images, 2, 3), test(paths.test_images, 2, 3);
    std::size_t largest = 0;
    if (classes == 0)  // labels are one byte per sample: reading them costs next to nothing
      for (const auto& path : {paths.train_labels, paths.test_labels})
        for (const std::uint16_t label : datasets::read_labels(path, 0))
          largest = std::max<std::size_t>(largest, label);
    return DataShape{train.elements() / train.sizes[0], classes ? classes : largest + 1, train.sizes[0], test.sizes[0],
                     datasets::image_of(train.sizes)};
  }

  Data load(const DataAccess& access) const override { return datasets::read_idx(paths, classes, access); }
};

}  // namespace

PIPELINE_DATASET(Idx, idx, "any dataset in four IDX files of bytes, given by path")
