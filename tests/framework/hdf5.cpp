// Writing nodes.h5.
#include "results/nodes_h5.hpp"

#include <boost/test/unit_test.hpp>

#include "support/hdf5_file.hpp"
#include "support/scratch.hpp"

BOOST_AUTO_TEST_SUITE(hdf5)

// `steps` is an attribute, and in HDF5's first file format attributes are limited to 64 KB: 8,000 measurements.
BOOST_AUTO_TEST_CASE(more_measurements_than_fit_into_an_attribute_can_be_written) {
  const support::Scratch scratch;
  pipeline::results::NodesWriter nodes(scratch.path() / "nodes.h5");
  constexpr std::uint64_t measurements = 10'000;
  for (std::uint64_t step = 0; step < measurements; ++step)
    nodes.add("a", step, {{"figure", "1", true, arma::mat(1, 1, arma::fill::zeros)}});
  nodes.finish();
  BOOST_TEST((support::read_hdf5(scratch.path() / "nodes.h5").contains("/a/figure/1.steps")));
  BOOST_TEST(!std::filesystem::exists(scratch.path() / "nodes.h5.part"));
}

BOOST_AUTO_TEST_SUITE_END()
