// Threads without a model that lend a hand: everything is done once, and no bit changes.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "learning/crew.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace pipeline::learning;
using support::same_bits;

namespace {

/// Threads that do nothing but help, until the end of the scope.
struct Helping {
  Crew& crew;
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  Helping(Crew& of, int count) : crew(of) {
    for (int i = 0; i < count; ++i)
      threads.emplace_back([this] {
        while (!over) crew.help(std::chrono::milliseconds(1));
      });
  }
  ~Helping() { over = true; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(crew)

BOOST_AUTO_TEST_CASE(a_crew_is_joined_by_others) {
  Crew crew;
  const Helping helping(crew, 1);
  bool joined = false;
  for (int round = 0; round < 1000 && !joined; ++round) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    std::atomic<int> arrived = 0;
    crew.divide(3, [&](std::size_t) {  // whoever is here waits for a second one
      ++arrived;
      while (arrived < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      if (std::chrono::steady_clock::now() < end) joined = true;
    });
  }
  BOOST_TEST(joined);
}

BOOST_AUTO_TEST_CASE(a_crew_does_each_part_once_for_several_at_a_time) {
  Crew crew;
  const Helping helping(crew, 2);
  const auto ask = [&](std::size_t parts) {
    for (int round = 0; round < 300; ++round) {
      std::vector<int> times(parts, 0);
      crew.divide(parts, [&](std::size_t i) { ++times[i]; });
      if (std::ranges::any_of(times, [](int n) { return n != 1; })) return false;
    }
    return true;
  };
  bool other = false;
  std::jthread beside([&] { other = ask(7); });
  BOOST_TEST(ask(40));
  beside.join();
  BOOST_TEST(other);
}

BOOST_AUTO_TEST_CASE(a_model_learns_the_same_bits_whoever_shares_in_its_products) {
  const support::SmallStudy study({784, 1200, 1130, 5});  // large enough to be shared
  const auto learnt = [&](Crew* crew) {
    Model m("model", study.start, {}, study.rate, {}, 5, Products(Kernels::own, crew));
    study.train(m, 0, 5);
    return m.network();
  };
  const Network alone = learnt(nullptr);
  Crew crew;
  for (const int helpers : {0, 1, 3}) {
    const Helping helping(crew, helpers);
    BOOST_TEST(same_bits(learnt(&crew), alone));
  }
}

BOOST_AUTO_TEST_SUITE_END()
