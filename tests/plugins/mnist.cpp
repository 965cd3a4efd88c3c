// MNIST: declared files and shape, files that are refused, and the published files if PIPELINE_DATA_PATH leads to them.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <iostream>

#include "data/access.hpp"
#include "dataset_support.hpp"
#include "support/requirements.hpp"

using namespace support;
using pipeline::Data, pipeline::Dataset, pipeline::DataFile;

namespace {

/// Four valid files: black images, and labels that run through 0 to 9.
Lent blank(const Scratch& scratch) {
  Lent lent;
  for (const std::string split : {"train", "t10k"}) {
    const std::uint32_t n = split == "train" ? 60000 : 10000;
    std::string labels(n, '\0');
    for (std::uint32_t i = 0; i < n; ++i) labels[i] = static_cast<char>(i % 10);
    const std::string images = split + "-images-idx3-ubyte", label_file = split + "-labels-idx1-ubyte";
    lent.files[images + ".gz"] = scratch.write(images, idx_bytes({n, 28, 28}, std::string(n * 784ul, '\0')));
    lent.files[label_file + ".gz"] = scratch.write(label_file, idx_bytes({n}, labels));
  }
  return lent;
}

void check_as_declared(const Dataset& dataset, const pipeline::DataAccess& access) {
  const pipeline::DataShape shape = dataset.shape().value();
  const Data data = dataset.load(access);
  BOOST_TEST(data.train.size() == shape.train);
  BOOST_TEST(data.test.size() == shape.test);
  BOOST_TEST(data.train.features() == shape.features);
  BOOST_TEST(data.classes == shape.classes);
  BOOST_TEST((data.image == shape.image));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mnist)

BOOST_AUTO_TEST_CASE(declares_four_pinned_files_with_https_mirrors) {
  const auto dataset = load<Dataset>("dataset", "mnist");
  const std::vector<DataFile> files = dataset->files();
  BOOST_TEST(files.size() == 4u);
  for (const DataFile& file : files) {
    BOOST_TEST(file.name.ends_with("-ubyte.gz"));
    BOOST_TEST(file.sha256.size() == 64u);
    BOOST_TEST(file.mirrors.size() == 2u);
    for (const std::string& mirror : file.mirrors)
      BOOST_TEST((mirror.starts_with("https://") && mirror.ends_with('/')));
  }
  set(*dataset, {{"mirrors", "http://here/, file:///there/"}});
  BOOST_TEST(dataset->files().at(3).mirrors.at(1) == "file:///there/");
}

BOOST_AUTO_TEST_CASE(unpacked_files_are_read) {
  const Scratch scratch;
  check_as_declared(*load<Dataset>("dataset", "mnist"), blank(scratch));
}

BOOST_AUTO_TEST_CASE(a_part_of_mnist_is_refused) {
  const Scratch scratch;
  Lent lent = blank(scratch);
  lent.files["t10k-images-idx3-ubyte.gz"] = scratch.write("few", idx_bytes({10, 28, 28}, std::string(7840, '\0')));
  lent.files["t10k-labels-idx1-ubyte.gz"] = scratch.write("few_labels", idx_bytes({10}, std::string(10, '\0')));
  check_says(message_of([&] { load<Dataset>("dataset", "mnist")->load(lent); }),
             (scratch.path() / "few").string() + ": expected 10000 images of 28 x 28, found 10 of 28 x 28");
}

BOOST_AUTO_TEST_CASE(a_label_above_9_is_refused) {
  const Scratch scratch;
  Lent lent = blank(scratch);
  lent.files["t10k-labels-idx1-ubyte.gz"] = scratch.write("labels", idx_bytes({10000}, std::string(10000, '\x0a')));
  check_says(message_of([&] { load<Dataset>("dataset", "mnist")->load(lent); }),
             "label 10 of sample 1 is out of range");
}

// The counts are those of the published files; 116 dead test pixels and 19 % lit ones are from the reference study.
BOOST_AUTO_TEST_CASE(the_published_files_are_read, *boost::unit_test::precondition(support::needs_mnist)) {
  const auto dataset = load<Dataset>("dataset", "mnist");
  const pipeline::data::Access access(pipeline::data::locate("mnist", dataset->files(), {.offline = true}), 2);
  check_as_declared(*dataset, access);
  const Data data = dataset->load(access);
  std::vector<int> counts(10);
  for (const std::uint16_t label : data.train.labels) ++counts[label];
  const std::vector<int> published{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
  BOOST_TEST(counts == published, boost::test_tools::per_element());
  BOOST_TEST(data.train.labels.at(0) == 5);
  BOOST_TEST(data.test.labels.at(0) == 7);
  const arma::Col<std::uint8_t> brightest = arma::max(data.test.bytes, 1);
  BOOST_TEST(std::count(brightest.begin(), brightest.end(), 0) == 116);
  const auto dark = std::count(data.test.bytes.begin(), data.test.bytes.end(), 0);
  BOOST_TEST(1 - static_cast<double>(dark) / static_cast<double>(data.test.bytes.n_elem) == 0.19,
             boost::test_tools::tolerance(0.03));  // "19 %" is rounded to a hundredth
}

BOOST_AUTO_TEST_SUITE_END()
