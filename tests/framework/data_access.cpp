// The services that a dataset can use while it loads: files and threads.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <stdexcept>

#include "data/access.hpp"
#include "support/scratch.hpp"

using namespace pipeline::data;

BOOST_AUTO_TEST_SUITE(data_access)

BOOST_AUTO_TEST_CASE(files_by_name) {
  const Access access({{"a.gz", "/x/a", "", ""}}, 1);
  BOOST_TEST(access.file("a.gz") == "/x/a");
  support::check_says(support::message_of([&] { access.file("b"); }), "'b'");
}

BOOST_AUTO_TEST_CASE(every_index_is_processed_once) {
  for (const std::size_t threads : {0u, 1u, 3u, 50u}) {
    std::vector<std::atomic<int>> seen(20);
    Access({}, threads).parallel(20, [&](std::size_t i) { ++seen[i]; });
    for (const std::atomic<int>& times : seen) BOOST_TEST(times == 1);
  }
  Access({}, 4).parallel(0, [](std::size_t) { BOOST_ERROR("there is no index"); });
}

BOOST_AUTO_TEST_CASE(of_several_exceptions_the_one_of_the_first_index_is_thrown) {
  for (int repeat = 0; repeat < 50; ++repeat)
    BOOST_TEST(support::message_of([] {
                 Access({}, 4).parallel(100, [](std::size_t i) {
                   if (i >= 7) throw std::runtime_error(std::to_string(i));
                 });
               }) == "7");
}

BOOST_AUTO_TEST_SUITE_END()
