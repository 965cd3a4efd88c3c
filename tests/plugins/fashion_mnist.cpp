// Fashion-MNIST: the file names and sizes of MNIST, but other contents.
#include <boost/test/unit_test.hpp>

#include "dataset_support.hpp"

using namespace support;
using pipeline::Dataset, pipeline::DataFile;

BOOST_AUTO_TEST_SUITE(fashion_mnist)

BOOST_AUTO_TEST_CASE(has_the_names_and_shape_of_mnist_and_other_hashes) {
  const auto fashion = load<Dataset>("dataset", "fashion_mnist"), digits = load<Dataset>("dataset", "mnist");
  BOOST_TEST(fashion->shape()->features == digits->shape()->features);
  BOOST_TEST(fashion->shape()->train == digits->shape()->train);
  for (std::size_t i = 0; i < 4; ++i) {
    const DataFile one = fashion->files().at(i), other = digits->files().at(i);
    BOOST_TEST(one.name == other.name);
    BOOST_TEST(one.sha256.size() == 64u);
    BOOST_TEST(one.sha256 != other.sha256);
  }
}

BOOST_AUTO_TEST_SUITE_END()
