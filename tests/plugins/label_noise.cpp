// Label noise: exactly the stated share of labels is corrupted, always to another class; those samples are marked; a
// larger share includes the labels of a smaller one.
#include <boost/test/unit_test.hpp>

#include <set>

#include <pipeline/dataset.hpp>

#include "support/load_plugin.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// n training samples and three test samples, whose labels run through the classes: 0 1 2 0 1 2 ..
Data clean(std::size_t n, std::size_t classes) {
  Data data;
  data.classes = classes;
  for (Samples* s : {&data.train, &data.test}) {
    s->bytes.set_size(2, s == &data.train ? n : 3);
    for (arma::uword i = 0; i < s->bytes.n_elem; ++i) s->bytes[i] = static_cast<std::uint8_t>(i);
    for (std::size_t i = 0; i < s->size(); ++i) s->labels.push_back(static_cast<std::uint16_t>(i % classes));
  }
  return data;
}

std::unique_ptr<Dataset> plugin(const Values& values) {
  auto out = load<Dataset>("dataset", "label_noise");
  set(*out, values);
  return out;
}
Data corrupted(const Values& values, Data data) {
  const auto dataset = plugin(values);
  return dynamic_cast<const Wrapper&>(*dataset).change(std::move(data));
}

std::set<std::size_t> changed(const Data& data) {
  std::set<std::size_t> out;
  for (std::size_t n = 0; n < data.train.size(); ++n)
    if (data.train.labels[n] != n % data.classes) out.insert(n);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(label_noise)

BOOST_AUTO_TEST_CASE(exactly_the_stated_share_is_corrupted_and_marked) {
  // round(share * n): .25 * 10 = 2.5 is rounded up, .3 * 11 = 3.3 down; all samples and none.
  for (const auto& [share, n, count] : std::vector<std::tuple<const char*, std::size_t, std::size_t>>{
           {"0.25", 10, 3}, {"0.3", 11, 3}, {"0.4", 5000, 2000}, {"1", 7, 7}, {"0", 7, 0}, {"0.001", 7, 0}}) {
    const Data data = corrupted({{"share", share}}, clean(n, 3));
    BOOST_TEST_CONTEXT(share << " of " << n) {
      BOOST_TEST(changed(data).size() == count);
      std::set<std::size_t> marked;
      for (std::size_t i = 0; i < n; ++i)
        if (data.train.marked.at(i)) marked.insert(i);
      BOOST_TEST((marked == changed(data)));
      for (const auto label : data.train.labels) BOOST_TEST(label < 3);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_other_class_is_equally_likely) {
  constexpr std::size_t n = 30'000, classes = 4;
  const Data data = corrupted({{"share", "1"}}, clean(n, classes));
  std::size_t count[classes][classes] = {};
  for (std::size_t i = 0; i < n; ++i) ++count[i % classes][data.train.labels[i]];
  const double each = double(n) / classes, p = 1. / (classes - 1);
  for (std::size_t from = 0; from < classes; ++from)
    for (std::size_t to = 0; to < classes; ++to)
      if (from == to)
        BOOST_TEST(count[from][to] == 0u);
      else  // 5 sd of a binomial count
        BOOST_TEST(std::abs(double(count[from][to]) - each * p) < 5 * std::sqrt(each * p * (1 - p)));
}

BOOST_AUTO_TEST_CASE(with_two_classes_corrupted_labels_are_swapped) {
  const Data data = corrupted({{"share", "1"}}, clean(6, 2));
  BOOST_TEST((data.train.labels == std::vector<std::uint16_t>{1, 0, 1, 0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(a_larger_share_corrupts_a_superset_and_another_seed_other_labels) {
  const Data few = corrupted({{"share", "0.2"}}, clean(200, 5)), many = corrupted({{"share", "0.5"}}, clean(200, 5)),
             other = corrupted({{"share", "0.2"}, {"seed", "2"}}, clean(200, 5));
  for (const std::size_t n : changed(few)) BOOST_TEST(few.train.labels[n] == many.train.labels[n]);
  BOOST_TEST((changed(few) != changed(other)));
}

BOOST_AUTO_TEST_CASE(inputs_test_labels_and_earlier_marks_are_unchanged) {
  Data data = clean(9, 3);
  const Data before = data;
  data.train.marked.assign(9, 1);
  data = corrupted({{"share", "0.5"}}, std::move(data));
  BOOST_TEST((arma::accu(data.train.bytes != before.train.bytes) == 0 && data.test.labels == before.test.labels));
  BOOST_TEST(data.test.marked.empty());
  BOOST_TEST(std::ranges::count(data.train.marked, 1) == 9);
}

// Setting samples aside moves corrupted samples, and corrupts no others.
BOOST_AUTO_TEST_CASE(validation_samples_are_corrupted_as_the_last_training_samples) {
  const Values values = {{"share", "0.4"}, {"seed", "5"}};
  const Data whole = corrupted(values, clean(30, 4));
  Data split = clean(30, 4);
  split.validation.bytes = split.train.bytes.tail_cols(10);
  split.train.bytes.shed_cols(20, 29);
  split.validation.labels.assign(split.train.labels.begin() + 20, split.train.labels.end());
  split.train.labels.resize(20);
  split = corrupted(values, std::move(split));
  for (std::size_t n = 0; n < 30; ++n) {
    const Samples& s = n < 20 ? split.train : split.validation;
    BOOST_TEST(s.labels[n % 20] == whole.train.labels[n]);
    BOOST_TEST(s.marked[n % 20] == whole.train.marked[n]);
  }
}

BOOST_AUTO_TEST_CASE(a_single_class_is_refused) {
  const auto dataset = plugin({{"share", "0.5"}});
  BOOST_TEST(message_of([&] {
               dynamic_cast<const Wrapper&>(*dataset).changed_shape({2, 1, 5, 3, {}});
             }) == "share must be 0 where the dataset has only one class");
}

BOOST_AUTO_TEST_SUITE_END()
