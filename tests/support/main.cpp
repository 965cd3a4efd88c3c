// The test runner prints the versions and the machine it runs on, so that logs from elsewhere can be interpreted.
#define BOOST_TEST_MODULE pipeline
#include <boost/test/unit_test.hpp>

#include <armadillo>
#include <iostream>
#include <thread>

extern "C" const char* openblas_get_config();
extern "C" const char* openblas_get_corename();

struct Versions {
  Versions() {
    std::cout << "compiler " << __VERSION__ << ", Boost " << BOOST_LIB_VERSION << ", Armadillo "
              << arma::arma_version::as_string() << "\nBLAS " << openblas_get_config() << " ("
              << openblas_get_corename() << "), " << std::thread::hardware_concurrency() << " threads\n";
  }
};
BOOST_TEST_GLOBAL_FIXTURE(Versions);

/// Prints every test that is skipped because a precondition is not met, so that a green log cannot hide one.
struct ListSkipped : boost::unit_test::test_observer {
  ListSkipped() { boost::unit_test::framework::register_observer(*this); }
  ~ListSkipped() override { boost::unit_test::framework::deregister_observer(*this); }
  void test_unit_skipped(const boost::unit_test::test_unit& test, boost::unit_test::const_string reason) override {
    if (test.is_enabled())  // not left out by --run_test
      std::cout << "skipped " << test.full_name() << ": " << reason << "\n";
  }
};
BOOST_TEST_GLOBAL_FIXTURE(ListSkipped);
