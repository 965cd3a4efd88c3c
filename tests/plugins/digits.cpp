// The dataset `digits`: reproducible images, a task neither impossible nor trivial, and pixels as sparse as MNIST's.
#include <boost/test/unit_test.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <pipeline/dataset.hpp>

namespace {
using namespace pipeline;
using Values = std::vector<std::pair<std::string, std::string>>;

class Threads final : public DataAccess {
 public:
  explicit Threads(int count) : count_(count) {}
  std::filesystem::path file(const std::string& name) const override { throw std::runtime_error("no file " + name); }
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (int t = 0; t < count_; ++t)
      threads.emplace_back([&] {
        for (std::size_t i; (i = next++) < n;) body(i);
      });
  }

 private:
  int count_;
};

std::unique_ptr<Dataset> digits(const Values& values) {
  void* library = dlopen(BUILD_DIR "/lib/pipeline/plugins/digits.so", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) throw std::runtime_error(dlerror());
  const auto* plugin = static_cast<const PipelinePlugin*>(dlsym(library, "pipeline_dataset_digits"));
  std::unique_ptr<Dataset> dataset(static_cast<Dataset*>(plugin->make()));
  Parameters parameters;
  dataset->declare(parameters);
  for (const auto& [name, value] : values)
    if (const auto complaint = parameters.find(name)->set(value)) throw std::invalid_argument(*complaint);
  return dataset;
}

Data drawn(const Values& values, int threads = 2) { return digits(values)->load(Threads(threads)); }

bool same(const Samples& a, const Samples& b) {
  return a.labels == b.labels && std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
}

/// The share of test images that are nearest to the mean of their own class in the training set.
double nearest_mean(const Data& data) {
  arma::mat mean(data.train.features(), data.classes, arma::fill::zeros);
  arma::rowvec count(data.classes, arma::fill::zeros);
  for (std::size_t i = 0; i < data.train.size(); ++i) {
    mean.col(data.train.labels[i]) += arma::conv_to<arma::vec>::from(data.train.bytes.col(i));
    count[data.train.labels[i]] += 1;
  }
  mean.each_row() /= count;
  std::size_t right = 0;
  for (std::size_t i = 0; i < data.test.size(); ++i) {
    const arma::vec image = arma::conv_to<arma::vec>::from(data.test.bytes.col(i));
    const arma::rowvec distance = arma::sum(arma::square(mean.each_col() - image), 0);
    right += distance.index_min() == data.test.labels[i];
  }
  return static_cast<double>(right) / static_cast<double>(data.test.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digits_dataset)

BOOST_AUTO_TEST_CASE(the_declared_shape_matches_the_data) {
  const auto unset = digits({})->shape();
  BOOST_TEST((unset && unset->train == 60000 && unset->test == 10000));
  const auto shape = digits({{"train", "7"}, {"test", "3"}})->shape();
  const Data data = drawn({{"train", "7"}, {"test", "3"}});
  BOOST_TEST_REQUIRE(shape.has_value());
  BOOST_TEST((shape->train == data.train.size() && shape->test == data.test.size()));
  BOOST_TEST((data.train.labels.size() == 7 && data.test.labels.size() == 3));
  BOOST_TEST((shape->features == 784 && data.train.features() == 784 && data.test.features() == 784));
  BOOST_TEST((shape->classes == 10 && data.classes == 10));
  BOOST_TEST((shape->image == ImageShape{28, 28, 1} && data.image == shape->image));
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused) {
  BOOST_CHECK_THROW(digits({{"train", "0"}}), std::invalid_argument);
  BOOST_CHECK_THROW(digits({{"sloppiness", "2.5"}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(an_image_depends_on_seed_split_and_index_alone) {
  const Data one = drawn({{"train", "1200"}, {"test", "700"}}, 1);
  const Data three = drawn({{"train", "1200"}, {"test", "700"}}, 3);
  BOOST_TEST((same(one.train, three.train) && same(one.test, three.test)));

  const Data fewer = drawn({{"train", "301"}, {"test", "700"}});
  BOOST_TEST((same(one.test, fewer.test)));
  BOOST_TEST((std::equal(fewer.train.bytes.begin(), fewer.train.bytes.end(), one.train.bytes.begin())));
  BOOST_TEST((std::equal(fewer.train.labels.begin(), fewer.train.labels.end(), one.train.labels.begin())));

  const Data other = drawn({{"train", "1200"}, {"test", "700"}, {"seed", "2"}});
  std::set<std::vector<std::uint8_t>> images;
  for (const Samples* samples : {&one.train, &one.test, &other.train, &other.test})
    for (std::size_t i = 0; i < samples->size(); ++i)
      images.emplace(samples->bytes.begin_col(i), samples->bytes.end_col(i));
  BOOST_TEST(images.size() == 2 * (1200 + 700));  // no duplicates within a split, across splits or across seeds
}

// Drawing uses only operations that IEEE 754 rounds identically everywhere, so these bytes are the same on any machine.
// If the hash changes, every result published for `digits` changes too.
BOOST_AUTO_TEST_CASE(the_images_are_those_of_the_published_results) {
  const Data data = drawn({{"train", "100"}, {"test", "100"}});
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const Samples* samples : {&data.train, &data.test})
    for (const std::uint8_t byte : samples->bytes) hash = (hash ^ byte) * 0x100000001b3;
  BOOST_TEST(hash == 1915438786500608151u);
}

BOOST_AUTO_TEST_CASE(labels_are_equally_likely) {
  const Data data = drawn({{"train", "5000"}, {"test", "1"}});
  std::vector<int> count(10);
  for (const auto label : data.train.labels) ++count.at(label);
  for (const int n : count) BOOST_TEST(std::abs(n - 500) < 106);  // 5 sd of a binomial count, sqrt(5000 * .1 * .9) = 21
}

BOOST_AUTO_TEST_CASE(pixels_are_as_sparse_as_those_of_mnist) {
  const Data data = drawn({{"train", "1"}, {"test", "10000"}});
  const arma::umat lit = data.test.bytes > 0;
  const double share = arma::accu(lit) / static_cast<double>(lit.n_elem);
  const std::size_t dead = arma::accu(arma::sum(lit, 1) == 0);
  BOOST_TEST_MESSAGE("lit " << share << ", dead pixels " << dead);
  BOOST_TEST((share > 0.16 && share < 0.22));  // MNIST: .19
  BOOST_TEST((dead > 60 && dead < 200));       // MNIST: 116 of 784
}

BOOST_AUTO_TEST_CASE(the_task_is_neither_impossible_nor_trivial) {
  const auto with = [](const char* sloppiness) {
    return nearest_mean(drawn({{"train", "3000"}, {"test", "1000"}, {"sloppiness", sloppiness}}));
  };
  const double neat = with("0"), usual = with("1"), sloppy = with("2");
  BOOST_TEST_MESSAGE("accuracy of the nearest mean: " << neat << " neat, " << usual << " usual, " << sloppy
                                                      << " sloppy");
  BOOST_TEST((usual > 0.7 && usual < 0.9));  // MNIST: .82
  BOOST_TEST((neat > usual + 0.05 && usual > sloppy + 0.05));
}

BOOST_AUTO_TEST_SUITE_END()
