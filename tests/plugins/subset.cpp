// Subset: per_class samples of each class in file order, as bytes or floats; a larger subset contains a smaller one; a
// class with too few samples is refused.
#include <boost/test/unit_test.hpp>

#include <map>

#include <pipeline/dataset.hpp>

#include "support/load_plugin.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Training samples with these labels; their only feature is their number, and odd ones are marked.
Data numbered(const std::vector<std::uint16_t>& labels, bool floats) {
  Data data;
  data.classes = 3;
  data.train.labels = labels;
  data.train.scale = 1, data.train.offset = 5;
  for (std::size_t n = 0; n < labels.size(); ++n) data.train.marked.push_back(n % 2);
  if (floats)
    data.train.floats = arma::regspace<arma::fvec>(0, float(labels.size() - 1)).t();
  else
    data.train.bytes =
        arma::conv_to<arma::Mat<std::uint8_t>>::from(arma::regspace<arma::rowvec>(0, double(labels.size() - 1)));
  data.test.labels = {0, 1};
  data.test.bytes.zeros(1, 2);
  return data;
}

const std::vector<std::uint16_t> labels = {2, 0, 0, 1, 2, 1, 0, 0, 2, 1, 0, 2, 0};  // 6, 3 and 4 samples of the classes

std::unique_ptr<Dataset> plugin(const Values& values) {
  auto out = load<Dataset>("dataset", "subset");
  set(*out, values);
  return out;
}
Data kept(const Values& values, Data data) {
  const auto dataset = plugin(values);
  return dynamic_cast<const Wrapper&>(*dataset).change(std::move(data));
}
std::vector<int> numbers(const Samples& s) {
  std::vector<int> out;
  for (std::size_t n = 0; n < s.size(); ++n) out.push_back(s.bytes.n_cols ? s.bytes[n] : int(s.floats[n]));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(subset)

BOOST_AUTO_TEST_CASE(keeps_per_class_samples_of_each_class_with_labels_marks_and_order) {
  for (const bool floats : {false, true})
    for (const char* seed : {"1", "2", "3"}) {
      const Data data = kept({{"per_class", "2"}, {"seed", seed}}, numbered(labels, floats));
      const std::vector<int> which = numbers(data.train);
      BOOST_TEST_REQUIRE(which.size() == 6u);
      BOOST_TEST(std::ranges::is_sorted(which));
      std::map<int, int> count;
      for (std::size_t i = 0; i < which.size(); ++i) {
        ++count[data.train.labels[i]];
        BOOST_TEST(data.train.labels[i] == labels[std::size_t(which[i])]);
        BOOST_TEST(data.train.marked[i] == which[i] % 2);
      }
      BOOST_TEST((count == std::map<int, int>{{0, 2}, {1, 2}, {2, 2}}));
      BOOST_TEST((data.train.scale == 1 && data.train.offset == 5));
      BOOST_TEST(data.test.size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(validation_samples_stay) {
  Data data = numbered(labels, false);
  data.validation = data.train;
  data = kept({{"per_class", "1"}}, std::move(data));
  BOOST_TEST(data.train.size() == 3u);
  BOOST_TEST((data.validation.size() == labels.size() && data.validation.labels == labels));
}

BOOST_AUTO_TEST_CASE(a_larger_subset_contains_the_smaller_and_another_seed_selects_others) {
  const auto which = [](const char* per_class, const char* seed) {
    return numbers(kept({{"per_class", per_class}, {"seed", seed}}, numbered(labels, false)).train);
  };
  BOOST_TEST(std::ranges::includes(which("3", "1"), which("1", "1")));
  BOOST_TEST((which("1", "1") != which("1", "2") || which("1", "1") != which("1", "3")));
}

// Samples are drawn, so that a sorted file does not favour its first: each of the six of class 0 is equally likely.
BOOST_AUTO_TEST_CASE(each_sample_of_a_class_is_equally_likely) {
  std::map<int, int> count;
  constexpr int seeds = 600;
  for (int seed = 0; seed < seeds; ++seed)
    for (const int n :
         numbers(kept({{"per_class", "1"}, {"seed", std::to_string(seed)}}, numbered(labels, false)).train))
      if (labels[std::size_t(n)] == 0) ++count[n];
  BOOST_TEST(count.size() == 6u);
  for (const auto& [n, c] : count)  // 5 sd of a binomial count
    BOOST_TEST(std::abs(c - seeds / 6.) < 5 * std::sqrt(seeds * (1. / 6) * (5. / 6)));
}

BOOST_AUTO_TEST_CASE(more_samples_than_a_class_has_are_refused) {
  BOOST_TEST(message_of([] {
               kept({{"per_class", "4"}}, numbered(labels, false));
             }) == "class 1 has only 3 training samples: per_class can be at most 3");
  Data named = numbered(labels, false);
  named.class_names = {"3", "4", "8"};
  BOOST_TEST(message_of([&] {
               kept({{"per_class", "4"}}, named);
             }) == "class '4' has only 3 training samples: per_class can be at most 3");
  const auto dataset = plugin({{"per_class", "5"}});
  const auto& wrapper = dynamic_cast<const Wrapper&>(*dataset);
  BOOST_TEST(message_of([&] {
               wrapper.changed_shape({1, 3, 13, 2, {}});
             }) == "per_class = 5 for each of 3 classes is more than the training set of 13 samples");
  BOOST_TEST(wrapper.changed_shape({1, 3, 15, 2, {}}).train == 15u);
}

BOOST_AUTO_TEST_SUITE_END()
