// The dataset idx: four IDX files by path, and everything that can be wrong with one.
#include <boost/test/unit_test.hpp>

#include "dataset_support.hpp"

using namespace support;
using pipeline::Data, pipeline::Dataset, pipeline::DataShape;

namespace {

/// Two training images and one test image of 2 x 3; each test replaces the part it is about.
struct Study {
  std::string train_images = idx_bytes({2, 2, 3}, {0, 1, 2, 3, 4, 5, 10, 20, 30, 40, 50, '\xff'});
  std::string train_labels = idx_bytes({2}, {0, 1});
  std::string test_images = idx_bytes({1, 2, 3}, {6, 7, 8, 9, 10, 11});
  std::string test_labels = idx_bytes({1}, {1});
  std::string classes = "0";
  Values more = {};
  Scratch scratch = {};

  std::unique_ptr<Dataset> dataset() const {
    auto idx = load<Dataset>("dataset", "idx");
    set(*idx, {{"train_images", scratch.write("train_images", train_images).string()},
               {"train_labels", scratch.write("train_labels", train_labels).string()},
               {"test_images", scratch.write("test_images", test_images).string()},
               {"test_labels", scratch.write("test_labels", test_labels).string()},
               {"classes", classes}});
    set(*idx, more);
    return idx;
  }
  Data data() const { return dataset()->load(Lent()); }
  std::string complaint() const {
    return message_of([&] { data(); });
  }
  std::string path(const std::string& name) const { return (scratch.path() / name).string(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(idx)

BOOST_AUTO_TEST_CASE(reads_a_worked_example) {
  const Study study;
  const Data data = study.data();
  BOOST_TEST(data.classes == 2u);
  BOOST_TEST(data.class_names.empty());  // labels 0 and 1 are their own numbers
  BOOST_TEST((data.image == pipeline::ImageShape{2, 3, 1}));
  BOOST_TEST(data.train.features() == 6u);
  BOOST_TEST(data.train.size() == 2u);
  BOOST_TEST(int{data.train.bytes(1, 0)} == 1);  // one column per image, pixels row by row
  BOOST_TEST(int{data.train.bytes(5, 1)} == 255);
  BOOST_TEST(data.train.scale == 1.0 / 255);
  BOOST_TEST(data.train.offset == 0);
  BOOST_TEST(data.train.labels == (std::vector<std::uint16_t>{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(int{data.test.bytes(0, 0)} == 6);
  BOOST_TEST(data.test.labels.at(0) == 1);
}

BOOST_AUTO_TEST_CASE(shape_is_what_load_returns) {
  for (const char* classes : {"0", "5"}) {
    Study study;
    study.classes = classes;
    const DataShape shape = study.dataset()->shape().value();
    const Data data = study.data();
    BOOST_TEST(shape.features == data.train.features());
    BOOST_TEST(shape.classes == data.classes);
    BOOST_TEST(shape.train == data.train.size());
    BOOST_TEST(shape.test == data.test.size());
    BOOST_TEST((shape.image == data.image));
  }
}

BOOST_AUTO_TEST_CASE(gzipped_files_yield_the_same_data) {
  Study study;
  const Data plain = study.data();
  study.train_images = gzipped(study.train_images);
  study.test_labels = gzipped(study.test_labels);
  BOOST_TEST(arma::approx_equal(study.data().train.bytes, plain.train.bytes, "absdiff", 0));
  BOOST_TEST(study.data().test.labels == plain.test.labels, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_dimensions_are_features_without_an_image_shape) {
  Study study;
  study.train_images = idx_bytes({2, 3}, "abcdef");
  study.test_images = idx_bytes({1, 3}, "ghi");
  BOOST_TEST(study.data().image.height == 0u);
  BOOST_TEST(study.data().train.features() == 3u);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_refused_with_the_reason) {
  const std::string whole = Study().train_images, zipped = gzipped(whole);
  std::string damaged = zipped;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  const std::pair<std::string, std::string> cases[] = {
      {whole.substr(0, whole.size() - 1), "is too short: its header declares 2 x 2 x 3 bytes, found 11"},
      {whole.substr(0, 9), "ends within its header"},
      {whole.substr(0, 3), "too short for an IDX file"},
      {"", "too short for an IDX file"},
      {whole + "x", "continues after the 12 bytes"},
      {"PK\3\4....", "begins with the bytes 50 4b, expected 00 00"},
      {"<html>403</html>", "web page"},
      {idx_bytes({2, 2, 3}, whole.substr(16), 0x0D), "type 0x0d"},
      {idx_bytes({2}, "ab"), "has 1 dimension, expected 2 or 3"},
      {idx_bytes({0, 2, 3}, ""), "dimension 1 is 0"},
      {idx_bytes({4000000000u, 4000000000u, 4000000000u}, "x"), "is too short: its header declares 4000000000"},
      {gzipped(idx_bytes({4000000000u, 4000000000u, 4000000000u}, "x")), "is too short"},
      {zipped.substr(0, zipped.size() / 2), "its gzip data is truncated"},
      {zipped.substr(0, zipped.size() - 1), "its gzip data is truncated"},
      {zipped.substr(0, 12), "its gzip data is truncated"},
      {damaged, "damaged"}};
  for (const auto& [bytes, expected] : cases) {
    Study study;
    study.train_images = bytes;
    check_says(study.complaint(), study.path("train_images") + ": ");
    check_says(study.complaint(), expected);
  }
}

BOOST_AUTO_TEST_CASE(files_that_do_not_match_are_refused) {
  {
    Study study;
    study.train_labels = idx_bytes({3}, {0, 1, 2});
    check_says(study.complaint(),
               study.path("train_images") + " has 2 images, but " + study.path("train_labels") + " has 3 labels");
  }
  {
    Study study;
    study.test_images = idx_bytes({1, 3, 2}, "abcdef");
    check_says(study.complaint(), "images of 2 x 3, but " + study.path("test_images") + " has images of 3 x 2");
  }
  {
    Study study;
    std::swap(study.train_labels, study.train_images);
    check_says(study.complaint(), "were labels and images swapped?");
  }
}

BOOST_AUTO_TEST_CASE(a_label_out_of_range_is_refused) {
  Study study;
  study.train_labels = idx_bytes({2}, {0, 2});
  study.classes = "2";
  check_says(study.complaint(),
             study.path("train_labels") + ": label 2 of sample 2 is out of range: there are 2 classes, 0 to 1");
}

// As the letters of EMNIST, 1 to 26, or the scores of a wine, 3 to 8.
BOOST_AUTO_TEST_CASE(classes_are_the_labels_that_occur_in_the_training_set) {
  Study study;
  study.train_labels = idx_bytes({2}, {'\xff', 9});
  study.test_labels = idx_bytes({1}, {'\xff'});
  const Data data = study.data();
  BOOST_TEST(data.classes == 2u);
  BOOST_TEST((data.class_names == std::vector<std::string>{"9", "255"}));
  BOOST_TEST((data.train.labels == std::vector<std::uint16_t>{1, 0}));
  BOOST_TEST(data.test.labels.at(0) == 1u);
  BOOST_TEST(study.dataset()->shape().value().classes == 2u);
  study.train_labels = idx_bytes({2}, {1, 1});
  study.test_labels = idx_bytes({1}, {1});
  BOOST_TEST((study.data().class_names == std::vector<std::string>{"1"}));
}

BOOST_AUTO_TEST_CASE(a_label_that_only_the_test_set_has_is_refused) {
  Study study;
  study.train_images = idx_bytes({6, 1}, "abcdef");
  study.train_labels = idx_bytes({6}, {3, 4, 5, 9, 3, 3});
  study.test_images = idx_bytes({2, 1}, "ab");
  study.test_labels = idx_bytes({2}, {3, 8});
  check_says(study.complaint(), study.path("test_labels") +
                                    ": label 8 of sample 2 does not occur in the training set, which has the labels 3 "
                                    "to 5, 9; to count it as a class, set classes");
  study.classes = "10";
  BOOST_TEST(study.data().classes == 10u);
  BOOST_TEST(study.data().class_names.empty());
}

BOOST_AUTO_TEST_CASE(training_samples_are_shuffled_and_stratified_on_request) {
  Study study;
  std::string pixels, labels;
  for (char i = 0; i < 20; ++i) pixels += i, labels += static_cast<char>(i < 12 ? 4 : 7);
  study.train_images = idx_bytes({20, 1}, pixels);
  study.train_labels = idx_bytes({20}, labels);
  study.test_images = idx_bytes({1, 1}, "x");
  study.test_labels = idx_bytes({1}, {4});
  const auto loaded = [&](const Values& values) {
    study.more = values;
    Lent access;
    access.validation = 5;
    return study.dataset()->load(access);
  };
  const auto first_pixels = [](const Data& data) {
    return std::vector<int>(data.train.bytes.begin(), data.train.bytes.end());
  };
  const Data plain = loaded({}), stratified = loaded({{"stratify", "yes"}}), shuffled = loaded({{"shuffle", "yes"}}),
             other = loaded({{"shuffle", "yes"}, {"seed", "2"}});
  BOOST_TEST(
      (first_pixels(plain) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}));
  BOOST_TEST((first_pixels(stratified) ==
              std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17, 9, 10, 11, 18, 19}));
  BOOST_TEST((first_pixels(shuffled) != first_pixels(plain) && first_pixels(shuffled) != first_pixels(other)));
  for (const Data& data : {stratified, shuffled, other})
    for (std::size_t i = 0; i < 20; ++i) BOOST_TEST(data.train.labels[i] == (data.train.bytes[i] < 12 ? 0 : 1));
}

// Sizes are compared before anything is allocated or read.
BOOST_AUTO_TEST_CASE(sizes_whose_product_exceeds_64_bits_are_refused) {
  for (const auto& sizes : std::vector<std::vector<std::uint32_t>>{{0xffffffff, 0xffffffff, 0xffffffff},
                                                                   {0x80000000, 0x80000000, 4},
                                                                   {1, 0x80000000, 0x80000000},
                                                                   {0xffffffff, 2}}) {
    Study study;
    study.train_images = idx_bytes(sizes, "abcd");
    check_says(study.complaint(), "is too short: its header declares");
    BOOST_CHECK_THROW(study.dataset()->shape(), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused) {
  Study study;
  const auto dataset = study.dataset();
  std::filesystem::remove(study.path("test_labels"));
  check_says(message_of([&] { dataset->load(Lent()); }),
             study.path("test_labels") + ": cannot be opened: No such file");
  std::filesystem::create_directory(study.path("test_labels"));
  check_says(message_of([&] { dataset->load(Lent()); }), "is a folder");
}

BOOST_AUTO_TEST_SUITE_END()
