// How often checkpoints are written changes no byte of the results.
#include "cli/resume_fixture.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(resume_intervals)

BOOST_AUTO_TEST_CASE(checkpoint_0_writes_none_and_cannot_be_resumed) {
  const ResumeFixture fixture;
  const auto child = fixture.started({"--out", "out", "pipeline.checkpoint=0"});
  child->signal(SIGTERM);
  fixture.open_gate();
  const Said stopped = child->finish();
  check_exit(stopped, 143);
  check_text(stopped.err, "stopped: results so far are kept; there is no checkpoint to continue from\n");
  BOOST_TEST(!fs::exists(fixture.here / "out/checkpoints"));
  const auto before = content(fixture.here / "out");
  const Said said = fixture.study_with({"--resume", "out"});
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/out: it has no checkpoint (was it started with checkpoint = 0?)\n"
             "  without --resume a new run is started, and this one stays as it is\n");
  BOOST_TEST((content(fixture.here / "out") == before));
}

BOOST_AUTO_TEST_CASE(any_interval_gives_the_same_bytes) {
  const ResumeFixture fixture;
  fixture.whole("whole", {"pipeline.checkpoint=0"});
  for (const std::string interval : {"5 steps", "1 s", "1 h", "7 steps, 1 s", "100000 steps"}) {
    const std::string out = "every " + interval;
    fixture.whole(out, {"pipeline.checkpoint=" + interval});
    fixture.check_same("whole", out);
    BOOST_TEST((fixture.checkpoints(out).size() <= 2));
  }
  // Killed where a checkpoint by steps is behind it.
  const Words words = {"--out", "killed", "pipeline.checkpoint=5 steps", "model:waits.hook_waits.at=250"};
  const auto child = fixture.started(words);
  child->signal(SIGKILL);
  child->finish();
  fixture.open_gate();
  check_exit(fixture.study_with(words + Words{"--resume"}), 0);
  fixture.whole("whole250", {"model:waits.hook_waits.at=250"});
  fixture.check_same("whole250", "killed");
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_written_every_so_many_seconds_of_wall_time) {
  const ResumeFixture fixture;
  const auto written = [&](const std::string& interval) -> int {
    const auto child = fixture.started({"--out", interval, "pipeline.checkpoint=" + interval});
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    fixture.open_gate();
    check_exit(child->finish(), 0);
    return json::parse(fixture.read(interval + "/run.json"))["checkpoints"]["written"];
  };
  BOOST_TEST(written("1 s") > written("1 h"));
}

BOOST_AUTO_TEST_CASE(without_a_key_it_is_ten_minutes) {
  const ResumeFixture fixture;
  fixture.whole("out");
  check_says(fixture.read("out/resolved.ini"), "checkpoint = 10 min\n");
}

BOOST_AUTO_TEST_CASE(an_invalid_interval_is_a_complaint_with_its_place) {
  const ResumeFixture fixture;
  for (const std::string interval :
       {"5", "-1 s", "5 weeks", "0 s", "steps", "5 steps,", "1 s 2 s", "5 steps, 6 steps"}) {
    fixture.write("bad.ini",
                  replaced(resumed_study, "name = small\n", "name = small\ncheckpoint = " + interval + "\n"));
    const Said said = fixture.run({"check", "bad.ini", "--plugin-path", "plugins"});
    check_exit(said, 2);
    check_says(said.err, "bad.ini:4:14: error: ");
  }
}

BOOST_AUTO_TEST_SUITE_END()
