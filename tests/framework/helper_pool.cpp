// Threads without a model that help with another model's products: every part is done once, and no bit changes.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "kernels/helper_pool.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace pipeline::kernels;
using namespace pipeline::learning;
using support::same_bits;

namespace {

/// Threads that only help, until the end of the scope.
struct Helping {
  HelperPool& helpers;
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  Helping(HelperPool& of, int count) : helpers(of) {
    for (int i = 0; i < count; ++i)
      threads.emplace_back([this] {
        while (!over) helpers.help(std::chrono::milliseconds(1));
      });
  }
  ~Helping() { over = true; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(helpers)

BOOST_AUTO_TEST_CASE(a_helper_joins_a_divided_task) {
  HelperPool helpers;
  const Helping helping(helpers, 1);
  std::atomic<bool> joined = false;
  for (int round = 0; round < 1000 && !joined; ++round) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    std::atomic<int> arrived = 0;
    helpers.divide(3, [&](std::size_t) {  // the first thread waits for a second one
      ++arrived;
      while (arrived < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      if (std::chrono::steady_clock::now() < end) joined = true;
    });
  }
  BOOST_TEST(joined.load());
}

BOOST_AUTO_TEST_CASE(each_part_is_done_once_even_for_simultaneous_tasks) {
  HelperPool helpers;
  const Helping helping(helpers, 2);
  const auto each_part_once = [&](std::size_t parts) {
    for (int round = 0; round < 300; ++round) {
      std::vector<int> times(parts, 0);
      helpers.divide(parts, [&](std::size_t i) { ++times[i]; });
      if (std::ranges::any_of(times, [](int n) { return n != 1; })) return false;
    }
    return true;
  };
  bool other = false;
  std::jthread beside([&] { other = each_part_once(7); });
  BOOST_TEST(each_part_once(40));
  beside.join();
  BOOST_TEST(other);
}

BOOST_AUTO_TEST_CASE(a_model_learns_the_same_bits_with_any_number_of_helpers) {
  const support::SmallStudy study({784, 1200, 1130, 5});  // large enough to be shared
  const auto learnt = [&](HelperPool* helpers) {
    Model m("model", study.start, {}, study.rate, {}, 5, Products(Backend::own, helpers));
    study.train(m, 0, 5);
    return m.network();
  };
  const Network alone = learnt(nullptr);
  HelperPool pool;
  for (const int helpers : {0, 1, 3}) {
    const Helping helping(pool, helpers);
    BOOST_TEST(same_bits(learnt(&pool), alone));
  }
}

BOOST_AUTO_TEST_SUITE_END()
