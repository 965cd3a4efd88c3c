// Runs that are continued after something has changed: refused and left as they are, unless the change is allowed or
// only adds steps.
#include "cli/resume_fixture.hpp"
#include "support/requirements.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(resume_changes)

BOOST_AUTO_TEST_CASE(a_changed_key_is_refused_and_listed) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  const auto before = content(fixture.here / "out");
  const Words changes = {"model:l2.l2.lambda=1e-2", "training.batch_size=10"};
  const Said said = fixture.study_with(changes + Words{"--resume", "out"});
  check_exit(said, 6);
  check_text(
      fixture.tidy(said.err),
      "error: cannot resume <here>/out: something has changed since its last checkpoint\n"
      "  training.batch_size: was '20', is now '10'\n"
      "  model:l2.l2.lambda: was '0.001', is now '0.01'\n"
      "  its last command was: pipeline run study.ini --plugin-path plugins --progress none --out out\n"
      "  --allow-changed continues all the same; without --resume a new run is started, and this one stays as it "
      "is\n");
  BOOST_TEST((content(fixture.here / "out") == before));
  check_says(fixture.study_with(changes + Words{"training.steps=200", "--resume", "out"}).err,
             "checkpoint\n"
             "  training.steps: was '300', is now '200'; a run can be given more steps, not fewer\n"
             "  training.batch_size: was '20', is now '10'\n"
             "  model:l2.l2.lambda: was '0.001', is now '0.01'\n");
  // Nothing can continue a model that has made more updates than there would be.
  fixture.stop({"--out", "long", "training.steps=1000000"});
  check_says(fixture.study_with({"training.steps=999999", "--resume", "long"}).err,
             "is now '999999'; a run can be given more steps, not fewer\n"
             "  its last command was: pipeline run study.ini --plugin-path plugins --progress none --out long "
             "training.steps=1000000\n"
             "  --allow-changed continues all the same; ");
  check_says(fixture.study_with({"training.steps=2", "--resume", "long"}).err,
             "is now '2'; a run can be given more steps, not fewer\n");
  check_says(fixture.study_with({"training.steps=2", "--resume", "long"}).err,
             "=1000000\n  without --resume a new run is started");
  const Said past = fixture.study_with({"training.steps=2", "--resume", "long", "--allow-changed"});
  check_exit(past, 6);
  check_says(past.err, " updates already, which is more than steps");
  // With --out, leaving --resume out would be refused.
  check_says(fixture.study_with(changes + Words{"--resume", "--out", "out"}).err,
             "\n  --allow-changed continues all the same; a new run needs another folder: --out DIR\n");
  // An added model or metric, and one that is gone.
  check_says(fixture.study_with({"+metric:loss.every=10", "--resume", "out"}).err,
             "  [metric:loss]: was (nothing), is now 'in the pipeline'\n");
  check_says(fixture.study_with({"~metric:node_snr", "--resume", "out"}).err,
             "  [metric:node_snr]: was 'in the pipeline', is now (nothing)\n");
}

// With these, the rate of each step that was made would have been another one.
BOOST_AUTO_TEST_CASE(more_steps_are_refused_where_the_schedule_depends_on_their_number) {
  const ResumeFixture fixture;
  for (const std::string schedule : {"linear", "cosine"}) {
    fixture.stop({"training.schedule=" + schedule, "--out", schedule});
    const Said said = fixture.study_with({"training.schedule=" + schedule, "training.steps=400", "--resume", schedule});
    check_exit(said, 6);
    check_says(said.err,
               "\n  training.steps: was '300', is now '400'; the schedule makes every rate or strength depend on the "
               "number of steps\n");
  }
  fixture.stop({"model:l2.l2.strength_schedule=linear", "--out", "strength"});
  check_says(
      fixture.study_with({"model:l2.l2.strength_schedule=linear", "training.steps=400", "--resume", "strength"}).err,
      "training.steps: was '300', is now '400'; the schedule makes every rate or strength depend on");
  fixture.stop({"training.schedule=inverse_sqrt", "--out", "out"});
  check_exit(fixture.study_with({"training.schedule=inverse_sqrt", "training.steps=400", "--resume", "out"}), 0);
}

BOOST_AUTO_TEST_CASE(a_finished_run_does_not_exit_with_0_without_the_folder_asked_for) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  const Said said = fixture.study_with({"--resume", "whole", "--out", "new"});
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/whole in new: it is finished already, with as many steps\n"
             "  give it more: training.steps=N; or leave out --out\n");
  BOOST_TEST(!fs::exists(fixture.here / "new"));
}

BOOST_AUTO_TEST_CASE(what_names_no_run_gets_advice) {
  const ResumeFixture fixture;
  check_text(fixture.tidy(fixture.study_with({"--resume", "nosuch"}).err),
             "error: cannot resume <here>/nosuch: it does not exist\n");
  check_exit(fixture.study_with({"training.steps=100"}), 0);
  check_text(fixture.tidy(fixture.study_with({"--resume", "runs/small"}).err),
             "error: cannot resume <here>/runs/small: it has no metrics.csv, so it is not a run folder\n"
             "  its newest run: --resume runs/small/latest\n");
  check_text(fixture.run({"run", "--resume", "runs/small/latest"}).err,
             "error: run needs a pipeline file: pipeline run FILE\n"
             "  that of this run: pipeline run runs/small/latest/resolved.ini --resume runs/small/latest\n");
}

BOOST_AUTO_TEST_CASE(a_changed_key_can_be_allowed_and_is_recorded) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  check_exit(fixture.study_with({"training.learning_rate=0.05", "--resume", "out", "--allow-changed"}), 0);
  const json resumed = json::parse(fixture.read("out/run.json"))["resumed"];
  BOOST_TEST_REQUIRE(resumed.size() == 1u);
  BOOST_TEST((resumed[0]["changed"]["training.learning_rate"] == json{{"before", "0.1"}, {"now", "0.05"}}));
  // What does not fit the saved models is refused even then.
  fixture.stop({"--out", "other"});
  for (const std::string change :
       {"network.layers=784,17,10", "model:l2.optimiser=momentum", "~model:l2", "model:l2.regularisers=batch_norm"}) {
    Words words = {change, "--resume", "other", "--allow-changed"};
    if (change.ends_with("momentum"))
      words.push_back("model:l2.learning_rate=0.01");
    else if (change.starts_with("model"))
      words.push_back("~model:l2.l2.lambda");
    const auto before = content(fixture.here / "other");
    const Said said = fixture.study_with(words);
    check_exit(said, 6);
    check_says(fixture.tidy(said.err), "error: cannot resume <here>/other: ");
    BOOST_TEST((content(fixture.here / "other") == before), change);
  }
}

BOOST_AUTO_TEST_CASE(a_rebuilt_plugin_is_refused_and_named) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  std::ofstream(fixture.here / "plugins/waits.so", std::ios::app) << "rebuilt";
  const Said said = fixture.study_with({"--resume", "out"});
  check_exit(said, 6);
  check_says(said.err, "\n  plugin regulariser hook_waits: was '");
  check_exit(fixture.study_with({"--resume", "out", "--allow-changed"}), 0);
  fixture.whole("whole");
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(a_changed_data_file_is_refused_and_named) {
  const ResumeFixture fixture;
  std::string table = "a,b,class\n";
  for (int i = 0; i < 60; ++i)
    table += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + (i % 3 ? "x" : "y") + "\n";
  fixture.write("t.csv", table);
  fixture.write("study.ini",
                "[pipeline]\nname = small\n[dataset]\nplugin = csv\ntrain = t.csv\nheader = yes\ntest_rows = 12\n"
                "[network]\nlayers = 2, 4, 2\n[training]\nsteps = 300\nbatch_size = 6\n[model:plain]\n"
                "regularisers = hook_waits\n[metric:accuracy]\nevery = 10\n");
  fixture.stop({});
  fixture.write("t.csv", replaced(table, "3,3,", "3,4,"));
  const Said said = fixture.study_with({"--resume"});
  check_exit(said, 6);
  check_says(said.err, "\n  data file t.csv: was '");
  // A file that is gone.
  fs::remove(fixture.here / "t.csv");
  check_exit(fixture.study_with({"--resume"}), 4);
  fixture.write("t.csv", table);
  check_exit(fixture.study_with({"--resume"}), 0);
}

BOOST_AUTO_TEST_CASE(a_plugin_that_has_vanished_is_named_and_the_run_stays) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  const auto before = content(fixture.here / "out");
  fs::rename(fixture.here / "plugins/waits.so", fixture.here / "waits.so");
  const Said said = fixture.study_with({"--resume", "out"});
  check_exit(said, 2);
  check_says(said.err, "hook_waits");
  BOOST_TEST((content(fixture.here / "out") == before));
  fs::rename(fixture.here / "waits.so", fixture.here / "plugins/waits.so");
  check_exit(fixture.study_with({"--resume", "out"}), 0);
}

BOOST_AUTO_TEST_CASE(more_steps_continue_a_stopped_run) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  check_exit(fixture.study_with({"training.steps=400", "--resume", "out"}), 0);
  fixture.whole("whole", {"training.steps=400"});
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(more_steps_continue_a_finished_run_in_a_new_folder) {
  const ResumeFixture fixture;
  fixture.whole("short");
  fixture.whole("whole", {"training.steps=400"});
  const auto before = content(fixture.here / "short");
  check_exit(fixture.study_with({"training.steps=400", "--resume", "short", "--out", "long"}), 0);
  BOOST_TEST((content(fixture.here / "short") == before));
  fixture.check_same("whole", "long");
  BOOST_TEST(
      (json::parse(fixture.read("long/run.json"))["resumed"][0]["continues"] == (fixture.here / "short").string()));
  // Without --out, below runs/.
  check_exit(fixture.study_with({"training.steps=400", "--resume", "short"}), 0);
  fixture.check_same("whole", "runs/small/latest");
  BOOST_TEST((content(fixture.here / "short") == before));
  // Its own folder is not taken.
  const Said said = fixture.study_with({"training.steps=400", "--out", "short", "--resume"});
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/short: it finished after 300 steps, and stays as it is\n"
             "  to continue it in a new folder: --resume <here>/short --out DIR\n");
  BOOST_TEST((content(fixture.here / "short") == before));
}

BOOST_AUTO_TEST_CASE(the_continuation_of_a_finished_run_can_be_killed_and_continued) {
  const ResumeFixture fixture;
  fixture.whole("short", {"model:waits.hook_waits.at=350"});
  fixture.whole("whole", {"model:waits.hook_waits.at=350", "training.steps=400"});
  const Words longer = {"model:waits.hook_waits.at=350", "training.steps=400"};
  const auto child = fixture.started(longer + Words{"--resume", "short", "--out", "long"});
  child->signal(SIGKILL);
  check_exit(child->finish(), 128 + SIGKILL);
  fixture.open_gate();
  check_exit(fixture.study_with(longer + Words{"--out", "long", "--resume"}), 0);
  fixture.check_same("whole", "long");
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_finished_run_that_is_killed_needs_no_cleaning_up,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  ResumeFixture fixture;
  fixture.whole("short");
  fixture.whole("whole", {"training.steps=400"});
  const Words longer = {"training.steps=400", "--resume", "short", "--out", "long"};
  fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
  fixture.environment["FAULTS_BELOW"] = (fixture.here / "long").string();
  fixture.environment["FAULTS_OF"] = "nodes.h5";
  fixture.environment["FAULTS_AT"] = "2";
  fixture.environment["FAULTS_DO"] = "kill";
  check_exit(fixture.study_with(longer), 128 + SIGKILL);
  fixture.environment.erase("LD_PRELOAD");
  check_exit(fixture.study_with(longer), 0);
  fixture.check_same("whole", "long");
  BOOST_TEST(!fs::exists(fixture.here / "long/.copied-run.part"));
}

BOOST_AUTO_TEST_SUITE_END()
