// Fashion-MNIST: MNIST's names and sizes, other files.
#include <boost/test/unit_test.hpp>

#include "dataset_support.hpp"

using namespace support;
using pipeline::Dataset, pipeline::DataFile;

BOOST_AUTO_TEST_SUITE(fashion_mnist)

BOOST_AUTO_TEST_CASE(same_names_and_shape_as_mnist_but_other_hashes) {
  const auto fashion = load<Dataset>("dataset", "fashion_mnist"), digits = load<Dataset>("dataset", "mnist");
  BOOST_TEST(fashion->shape()->features == digits->shape()->features);
  BOOST_TEST(fashion->shape()->train == digits->shape()->train);
  for (std::size_t i = 0; i < 4; ++i) {
    const DataFile ours = fashion->files().at(i), theirs = digits->files().at(i);
    BOOST_TEST(ours.name == theirs.name);
    BOOST_TEST(ours.sha256.size() == 64u);
    BOOST_TEST(ours.sha256 != theirs.sha256);
  }
}

BOOST_AUTO_TEST_SUITE_END()
