// Distance from the start: two layers worked by hand, one of them unchanged.
#include <boost/test/unit_test.hpp>

#include "support/measured.hpp"
#include "support/small_run.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(start_distance)

BOOST_AUTO_TEST_CASE(matches_two_layers_worked_by_hand) {
  const pipeline::Network start = network_of({arma::fmat{{1, 1}, {1, 1}}, arma::fmat{{2, 3}}}),
                          network = network_of({arma::fmat{{4, 1}, {1, 5}}, arma::fmat{{2, 3}}});
  const pipeline::Samples samples = samples_of(arma::fvec{1, 1});
  const auto m = measured(metric("start_distance"), network, samples, samples, start);
  BOOST_TEST(value_of(m, "start_distance", 1) == 5);  // sqrt(3^2 + 4^2)
  BOOST_TEST(value_of(m, "start_distance", 2) == 0);
}

BOOST_AUTO_TEST_CASE(no_distance_before_the_first_update) {
  const Scratch scratch;
  const SmallRun run(scratch, small_pipeline(1, 60, 20) + "[model:plain]\n[metric:start_distance]\nevery = 1\n");
  run.in("run");
  const std::string csv = run.file_of("run", "metrics.csv");
  for (const char* layer : {"1", "2", "3"}) {
    const std::string row = std::string("plain,start_distance,") + layer + ",";
    BOOST_TEST(csv.find("\n0," + row + "0\n") != csv.npos, csv);
    BOOST_TEST(csv.find("\n1," + row + "0\n") == csv.npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
