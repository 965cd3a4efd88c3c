// Runs that a signal stops, and the command that continues them: the same bytes as a run that was never stopped.
#include "cli/resume_fixture.hpp"
#include "support/requirements.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(resume_signals)

BOOST_AUTO_TEST_CASE(each_signal_ends_the_step_and_the_run_goes_on_to_the_same_bytes) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGHUP}) {
    const std::string out = std::to_string(number);
    const Said stopped = fixture.stop({"--out", out, "--threads", "3"}, number);
    BOOST_TEST(fixture.status(out) == "stopped");
    const Said said = fixture.study_with({"--out", out, "--resume", "--threads", "1"});
    check_exit(said, 0);
    // That of the checkpoint: the one that waits at 150 has just ended its step, and others may be behind it.
    const std::size_t step = whole_after(stopped.err, "at step ");
    BOOST_TEST((0 < step && step <= 151), stopped.err);
    BOOST_TEST(whole_after(said.out, "\n  resumes    at step ") == step, said.out);
    BOOST_TEST(fixture.status(out) == "finished");
    fixture.check_same("whole", out);
  }
}

BOOST_AUTO_TEST_CASE(the_command_that_continues_is_printed_and_works) {
  const ResumeFixture fixture;
  const auto child = fixture.started({"pipeline.seed=7"});
  child->signal(SIGTERM);
  fixture.open_gate();
  const Said said = child->finish();
  check_exit(said, 75);
  const std::string mark = "\n  to continue: pipeline ";
  const std::size_t at = said.err.find(mark);
  BOOST_TEST_REQUIRE(at != said.err.npos, said.err);
  const std::string again = said.err.substr(at + mark.size());
  check_text(again, "run study.ini --plugin-path plugins --progress none pipeline.seed=7 --resume\n");
  check_exit(fixture.bash("$P " + again), 0);
  const std::string run = "runs/small/" + fs::read_symlink(fixture.here / "runs/small/latest").string();
  fixture.whole("whole", {"pipeline.seed=7"});
  fixture.check_same("whole", run);
}

BOOST_AUTO_TEST_CASE(the_printed_command_can_be_pasted_whatever_the_folder_is_called) {
  const ResumeFixture fixture;
  const std::string out = "o'x;y $(touch pwned) &";
  const auto child = fixture.started({"--out", out});
  child->signal(SIGTERM);
  fixture.open_gate();
  const Said said = child->finish();
  const std::string mark = "\n  to continue: pipeline ";
  const std::string again = said.err.substr(said.err.find(mark) + mark.size());
  check_exit(fixture.bash("$P " + again), 0);
  BOOST_TEST(fixture.status(out) == "finished");
  BOOST_TEST(!fs::exists(fixture.here / "pwned"));
}

BOOST_AUTO_TEST_CASE(the_printed_command_names_the_run_once) {
  const ResumeFixture fixture;
  const Words settings = {"training.steps=400", "model:waits.hook_waits.at=350"};
  fixture.whole("short", {"model:waits.hook_waits.at=350"});
  for (const Words& where : {Words{"--resume", "short", "--out", "long"}, Words{"--resume=short", "--out=longer"},
                             Words{"--resume", "short"}}) {
    const auto child = fixture.started(where + settings);
    child->signal(SIGTERM);
    fixture.open_gate();
    const Said said = child->finish();
    check_exit(said, 75);
    const std::string mark = "\n  to continue: pipeline ";
    BOOST_TEST_REQUIRE(said.err.find(mark) != said.err.npos, said.err);
    const std::string again = said.err.substr(said.err.find(mark) + mark.size());
    BOOST_TEST(again.find("--out") == again.npos, again);
    check_exit(fixture.bash("$P " + again), 0);
  }
}

BOOST_AUTO_TEST_CASE(a_second_int_or_term_ends_at_once_and_other_signals_do_not) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string out = "at-once-" + std::to_string(number);
    const auto child = fixture.started({"--out", out});
    for (const int harmless : {SIGUSR1, SIGUSR1, SIGHUP, SIGUSR1, SIGCONT, SIGTERM, SIGUSR1, SIGHUP}) {
      wait_a_moment();
      child->signal(harmless);
    }
    wait_a_moment();
    child->signal(number);
    check_exit(child->finish(), 128 + number);
    BOOST_TEST(fixture.status(out) == "stopped");
    fixture.open_gate();
    check_exit(fixture.study_with({"--out", out, "--resume"}), 0);
    fixture.check_same("whole", out);
  }
}

BOOST_AUTO_TEST_CASE(cont_is_ignored_and_repeated_usr1_is_harmless) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  const auto child = fixture.started({"--out", "out"});
  for (const int number : {SIGCONT, SIGSTOP, SIGCONT}) child->signal(number);
  fixture.open_gate();
  check_exit(child->finish(), 0);
  fixture.check_same("whole", "out");
  const auto stopped = fixture.started({"--out", "stopped"});
  for (int i = 0; i < 20; ++i) stopped->signal(SIGUSR1);
  fixture.open_gate();
  check_exit(stopped->finish(), 75);
  check_exit(fixture.study_with({"--out", "stopped", "--resume"}), 0);
  fixture.check_same("whole", "stopped");
}

BOOST_AUTO_TEST_CASE(a_signal_while_data_loads_stops_before_the_first_step) {
  const ResumeFixture fixture;
  fixture.write("study.ini",
                "[pipeline]\nname = small\n[dataset]\nplugin = load_waits\n[network]\nlayers = 4, 3, 2\n[training]\n"
                "steps = 300\nbatch_size = 5\n[model:plain]\n[metric:accuracy]\nevery = 10\n");
  fixture.open_gate();
  check_exit(fixture.study_with({"--out", "whole"}), 0);
  for (const std::string checkpoint : {"10 min", "0"}) {
    const std::string out = "out " + checkpoint;
    const Words words = {"--out", out, "pipeline.checkpoint=" + checkpoint};
    const auto child = fixture.started(words);
    child->signal(SIGTERM);
    fixture.open_gate();
    const Said said = child->finish();
    check_exit(said, checkpoint == "0" ? 143 : 75);
    if (checkpoint != "0") check_says(said.err, "stopped: at step 0; results so far are kept\n");
    check_text(fixture.read(out + "/metrics.csv"), "step,model,metric,layer,value\n");
    check_exit(fixture.study_with(words + Words{"--resume"}), checkpoint == "0" ? 6 : 0);
    if (checkpoint != "0") check_same_run(fixture.here / "whole", fixture.here / out);
  }
  // At once, while it still loads.
  const auto child = fixture.started({"--out", "nothing"});
  child->signal(SIGTERM);
  wait_a_moment();
  child->signal(SIGTERM);
  check_exit(child->finish(), 143);
  BOOST_TEST(!fs::exists(fixture.here / "nothing"));
}

BOOST_AUTO_TEST_CASE(a_signal_during_the_last_write_changes_nothing) {
  ResumeFixture fixture;
  const fs::path tools = fixture.here / "tools";
  fixture.write("tools/gnuplot", "#!/bin/sh\n: > " + (fixture.here / "draws").string() + "\nwhile [ ! -e " +
                                     (fixture.here / "drawn").string() + " ]; do sleep .05; done\n");
  fs::permissions(tools / "gnuplot", fs::perms::owner_all);
  fixture.environment["PATH"] = tools.string() + ":/usr/bin:/bin";
  fixture.open_gate();
  const auto child = fixture.start(ResumeFixture::command({"--out", "out", "+report:plots"}));
  BOOST_TEST(child->wait_until([&] { return fs::exists(fixture.here / "draws"); }));
  child->signal(SIGTERM);
  fixture.write("drawn", "\n");
  check_exit(child->finish(), 0);
  BOOST_TEST(fixture.status("out") == "finished");
  const Said said = fixture.study_with({"--out", "out", "+report:plots", "--resume"});
  check_exit(said, 0);
  check_text(fixture.tidy(said.out), "the run is finished already\nresults in <here>/out\n");
}

BOOST_AUTO_TEST_CASE(pictures_and_their_data_are_those_of_a_run_that_was_never_stopped,
                     *boost::unit_test::precondition(support::needs_gnuplot)) {
  const ResumeFixture fixture;
  const Words reports = {"+report:plots.every=50", "+report:tensorboard"};
  fixture.whole("whole", reports);
  fixture.stop(Words{"--out", "out"} + reports);
  check_exit(fixture.study_with(Words{"--out", "out", "--resume"} + reports), 0);
  std::size_t files = 0;
  for (const std::string folder : {"plots", "tensorboard"})
    for (const auto& file : fs::recursive_directory_iterator(fixture.here / "whole" / folder)) {
      if (!file.is_regular_file()) continue;
      ++files;
      const fs::path there = fixture.here / "out" / fs::relative(file.path(), fixture.here / "whole");
      BOOST_TEST((read_file(file.path()) == read_file(there)), there);
    }
  BOOST_TEST(files >= 11u);  // two pictures of four files each, and three models
}

BOOST_AUTO_TEST_CASE(final_reports_that_a_kill_prevented_are_written_by_resume) {
  ResumeFixture fixture;
  fixture.whole("whole");
  const fs::path tools = fixture.here / "tools";
  fixture.write("tools/gnuplot", "#!/bin/sh\n: > " + (fixture.here / "draws").string() + "\nexec sleep 60\n");
  fs::permissions(tools / "gnuplot", fs::perms::owner_all);
  const std::string path = fixture.environment["PATH"];
  fixture.environment["PATH"] = tools.string() + ":/usr/bin:/bin";
  const Words words = {"--out", "out", "~report:summary", "+report:plots", "+report:summary"};
  const auto child = fixture.start(ResumeFixture::command(words));
  BOOST_TEST(child->wait_until([&] { return fs::exists(fixture.here / "draws"); }));
  child->signal(SIGKILL);
  child->finish();
  BOOST_TEST(fixture.status("out") == "finished");
  BOOST_TEST(!fs::exists(fixture.here / "out/summary.txt"));
  fixture.environment["PATH"] = path;
  for (const bool again : {false, true}) {
    const Said said = fixture.study_with(words + Words{"--resume"});
    check_exit(said, 0);
    check_says(said.out, "the run is finished already\n");
    BOOST_TEST((said.out.find("small after 300 updates") == said.out.npos) == again);  // printed by [report:summary]
    fixture.check_same("whole", "out");
  }
}

BOOST_AUTO_TEST_SUITE_END()
