// What a dataset or a wrapper promises, and other plugins rely on, is checked before any of them sees it.
#include <boost/test/unit_test.hpp>

#include "config/complaint.hpp"
#include "experiment/cross_checks.hpp"
#include "experiment/data_shape.hpp"
#include "running/checked_data.hpp"
#include "support/home_made_data.hpp"

using namespace support;
using namespace pipeline;
using home_made::few_samples;

namespace {

/// The error message for data that this changes.
std::string refused(const std::function<void(Data&)>& change) {
  Data data = few_samples();
  change(data);
  return message_of([&] { running::checked_shape(data); });
}
std::string refused_shape(const DataShape& shape) {
  return message_of([&] { experiment::check_shape(shape); });
}

const std::string text = small_pipeline(1, 100, 50) + "[model:plain]\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(promises)

BOOST_AUTO_TEST_CASE(intact_data_is_accepted) {
  BOOST_TEST(refused([](Data&) {}) == "");
  BOOST_TEST(refused([](Data& d) { d.image = {2, 2, 1}; }) == "");
  BOOST_TEST(refused([](Data& d) { d.class_names = {"b", "a"}; }) == "");
  BOOST_TEST(refused([](Data& d) { d.train.marked.assign(20, 1); }) == "");
}

BOOST_AUTO_TEST_CASE(an_image_shape_must_multiply_to_the_features) {
  BOOST_TEST(refused([](Data& d) { d.image = {3, 3, 1}; }) == "has images of 3 x 3 x 1 pixels but 4 features");
  const std::size_t huge = std::size_t{1} << 32;
  for (const ImageShape image : {ImageShape{4, 1, 0},
                                 {0, 4, 1},
                                 {2, 2, 2},
                                 {2, 3, 1},
                                 {1, 1, 1},
                                 {huge, huge, 4},
                                 {huge, huge, 1},
                                 {SIZE_MAX, 4, 1},
                                 {0, 0, 4}})
    BOOST_TEST(refused_shape({4, 2, 20, 10, image}).find("pixels but 4 features") != std::string::npos);
  for (const ImageShape image : {ImageShape{}, {4, 1, 1}, {1, 1, 4}, {1, 2, 2}})
    BOOST_TEST(refused_shape({4, 2, 20, 10, image}) == "");
}

BOOST_AUTO_TEST_CASE(nothing_may_be_empty) {
  BOOST_TEST(refused_shape({4, 2, 0, 10, {}}) == "has no training samples");
  BOOST_TEST(refused_shape({4, 2, 20, 0, {}}) == "has no test samples");
  BOOST_TEST(refused_shape({0, 2, 20, 10, {}}) == "has no features");
  BOOST_TEST(refused_shape({4, 0, 20, 10, {}}) == "has no classes");
  BOOST_TEST(refused_shape({4, 65'537, 20, 10, {}}) == "has 65537 classes; at most 65536 are possible");
  BOOST_TEST(refused([](Data& d) { d.train.floats.set_size(0, 20); }) == "has no features");
}

BOOST_AUTO_TEST_CASE(samples_are_bytes_or_floats) {
  BOOST_TEST(refused([](Data& d) { d.test.bytes.zeros(4, 10); }) ==
             "has test samples as bytes and as floats; one of the two must be empty");
}

BOOST_AUTO_TEST_CASE(bytes_must_become_different_finite_numbers) {
  const auto scaled = [](double scale, double offset) {
    return refused([&](Data& d) {
      d.train.floats.reset();
      d.train.bytes.ones(4, 20);
      d.train.scale = scale, d.train.offset = offset;
    });
  };
  BOOST_TEST(scaled(-.5, 100) == "");
  BOOST_TEST(scaled(0, 1) == "has training bytes with scale 0 and offset 1: their values must differ and be finite");
  for (const auto& [scale, offset] : {std::pair(std::nan(""), 0.),
                                      {infinity, 0.},
                                      {1., std::nan("")},
                                      {1., -infinity},
                                      {1e300, 0.},
                                      {2e36, 0.},
                                      {1., 1e39}})
    BOOST_TEST(scaled(scale, offset).find("must differ and be finite") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(labels_marks_and_names_must_fit) {
  BOOST_TEST(refused([](Data& d) { d.test.labels.pop_back(); }) == "has 9 labels for 10 test samples");
  BOOST_TEST(refused([](Data& d) { d.test.labels[4] = 2; }) == "has the test label 2 but only 2 classes");
  BOOST_TEST(refused([](Data& d) { d.train.marked.assign(19, 0); }) == "has 19 marks for 20 training samples");
  BOOST_TEST(refused([](Data& d) { d.train.marked.assign(20, 2); }) == "has the training mark 2; a mark is 0 or 1");
  BOOST_TEST(refused([](Data& d) { d.class_names = {"a"}; }) == "has 1 class names for 2 classes");
  BOOST_TEST(refused([](Data& d) { d.class_names = {"a", "a"}; }) == "has two classes named 'a'");
}

BOOST_AUTO_TEST_CASE(all_splits_have_the_same_features_and_finite_values) {
  BOOST_TEST(refused([](Data& d) { d.test.floats.zeros(3, 10); }) ==
             "has 4 features for training and 3 for test samples");
  for (const auto& split : {&Data::train, &Data::validation, &Data::test})
    for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
      BOOST_TEST(refused([&](Data& d) {
                   d.validation = d.test;
                   (d.*split).floats(1, 2) = bad;
                 }).find("value that is not finite") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dataset_is_named_with_what_it_got_wrong) {
  const Scratch scratch;
  const auto complaint = [&](const std::function<void(home_made::MadeDataset&)>& spoil) {
    const auto dataset = std::make_shared<home_made::MadeDataset>();
    spoil(*dataset);
    const SmallRun run(scratch, text, [&](experiment::Pipeline& p) { put(p, dataset); });
    return message_of([&] { run.data(); });
  };
  const std::string who = "dataset 'mine' in [dataset] (small.ini:3): ";
  BOOST_TEST(complaint([](auto&) {}) == "");
  BOOST_TEST(complaint([](auto& d) {
               d.data.image = {3, 3, 1};
             }) == who + "has images of 3 x 3 x 1 pixels but 4 features");
  BOOST_TEST(complaint([](auto& d) { d.data.validation = d.data.test; }) ==
             who + "has validation samples, which only [dataset] validation = N sets aside");
  BOOST_TEST(complaint([](auto& d) {
               d.promised = DataShape{4, 2, 21, 10, {}};
             }) ==
             who +
                 "promised 21 + 10 samples of 4 features in 2 classes, but loaded 20 + 10 samples of 4 features in 2 "
                 "classes");
}

BOOST_AUTO_TEST_CASE(a_wrapper_is_named_before_any_work) {
  const Scratch scratch;
  const auto wrapper = std::make_shared<home_made::MadeWrapper>();
  wrapper->shape_ = [](DataShape inner) {
    inner.features = 783;
    return inner;
  };
  const SmallRun run(scratch, text, [&](experiment::Pipeline& p) { put(p, wrapper); });
  const std::string message = message_of([&] {
    config::Complaints complaints;
    experiment::wrapped_shape(run.description(), {784, 10, 100, 50, {28, 28, 1}}, complaints);
  });
  BOOST_TEST(message == "wrapper 'mine' in [dataset] (small.ini:7): has images of 28 x 28 x 1 pixels but 783 features");
}

BOOST_AUTO_TEST_SUITE_END()
