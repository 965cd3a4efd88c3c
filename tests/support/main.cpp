// The test runner says what it runs on, so that a log from elsewhere can be read.
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
