// When a checkpoint is due, and what is said of one that takes long.
#include "running/checkpointing.hpp"

#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(checkpointing)

BOOST_AUTO_TEST_CASE(a_checkpoint_that_takes_longer_than_a_notice_is_told_once) {
  const Scratch scratch;
  running::Checkpointing checkpointing({.seconds = 600});
  const results::RunFolder folder{scratch.path()};
  const auto write = [&](int seconds) {
    return checkpointing.write(folder, {}, running::Checkpointing::Clock::now() - std::chrono::seconds(seconds));
  };
  BOOST_TEST(write(15) == "");
  BOOST_TEST(write(42).starts_with("writing a checkpoint of 0 MB took 4"));
  BOOST_TEST(write(50) == "");
  BOOST_TEST(checkpointing.count() == 3u);
  BOOST_TEST((50 <= checkpointing.longest_seconds() && checkpointing.longest_seconds() < 400));
}

BOOST_AUTO_TEST_CASE(checkpoints_are_due_by_wall_time_by_steps_or_never) {
  const auto now = running::Checkpointing::Clock::now();
  running::Checkpointing by_time({.seconds = 600}), by_steps({.steps = 5}), never({});
  BOOST_TEST((!by_time.is_due(1'000'000) && !by_steps.is_due(4) && by_steps.is_due(5) && !never.is_due(1'000'000)));
  by_time.attempted(now - std::chrono::seconds(590), 1);
  BOOST_TEST(!by_time.is_due(2));
  by_time.attempted(now - std::chrono::seconds(601), 1);
  BOOST_TEST(by_time.is_due(2));
  by_steps.attempted(now - std::chrono::hours(9), 7);
  BOOST_TEST((!by_steps.is_due(9) && by_steps.is_due(10)));
  BOOST_TEST((!never.is_on() && by_time.is_on()));
}

BOOST_AUTO_TEST_SUITE_END()
