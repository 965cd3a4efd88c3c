// Which run --resume continues, and that only one process does.
#include "cli/resume_fixture.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(resume_where)

BOOST_AUTO_TEST_CASE(out_and_resume_start_continue_and_find_finished) {
  const ResumeFixture fixture;
  const Words words = {"--out", "out", "--resume"};
  // Nothing is there.
  const auto child = fixture.started(words);
  check_says(child->out_so_far(),
             "  resumes    nothing: no checkpoint of an unfinished run in out; this run starts at step 0\n");
  child->signal(SIGTERM);
  fixture.open_gate();
  check_exit(child->finish(), 75);
  // A stopped run.
  check_exit(fixture.study_with(words), 0);
  const auto before = content(fixture.here / "out");
  // A finished one.
  const Said said = fixture.study_with(words);
  check_exit(said, 0);
  check_text(fixture.tidy(said.out), "the run is finished already\nresults in <here>/out\n");
  BOOST_TEST((content(fixture.here / "out") == before));
  fixture.whole("whole");
  fixture.check_same("whole", "out");
  // A folder that is not a run is not touched.
  fixture.write("mine/thesis.txt", "text");
  check_exit(fixture.study_with({"--out", "mine", "--resume"}), 2);
  BOOST_TEST(content(fixture.here / "mine").size() == 1u);
  check_exit(fixture.study_with({"--resume", "mine"}), 6);
  check_exit(fixture.study_with({"--resume", "./nowhere"}), 6);
  check_exit(fixture.study_with({"--allow-changed"}), 2);
}

BOOST_AUTO_TEST_CASE(a_finished_run_keeps_its_exit_code) {
  const ResumeFixture fixture;
  fixture.open_gate();
  const std::string huge = "learning_rate=1e30";
  const Words all_fail = {"model:plain." + huge, "model:l2." + huge, "model:waits." + huge};
  for (const auto& [out, exit] : {std::pair{"some", 5}, {"all", 1}}) {
    const Words words = Words{"--out", out} + (exit == 5 ? Words{all_fail[0]} : all_fail);
    check_exit(fixture.study_with(words), exit);
    const Said said = fixture.study_with(words + Words{"--resume"});
    check_exit(said, exit);
    check_says(said.out, "the run is finished already\n");
  }
  // A run that failed is tried again, and fails again.
  const Words words = {"--out", "stopped", "training.on_nan=stop_run", all_fail[1]};
  const Said first = fixture.study_with(words);
  check_exit(first, 1);
  const Said again = fixture.study_with(words + Words{"--resume"});
  check_exit(again, 1);
  check_text(again.err, first.err);
}

BOOST_AUTO_TEST_CASE(the_word_after_resume_is_a_folder_only_if_it_looks_like_one) {
  const ResumeFixture fixture;
  fixture.whole("whole", {"pipeline.seed=3"});
  fixture.stop({"pipeline.seed=3", "--out", "first"});
  for (const Words& words :
       {Words{"run", "--out", "first", "--resume", "study.ini", "pipeline.seed=3"},
        Words{"run", "study.ini", "--out", "first", "--resume", "pipeline.seed=3"},
        Words{"run", "study.ini", "pipeline.seed=3", "--resume=first"},
        Words{"run", "--resume", "first", "study.ini", "pipeline.seed=3"},
        Words{"run", "--resume", "--out", "first", "--threads", "1", "study.ini", "pipeline.seed=3"}})
    check_exit(fixture.with(words), 0);
  fixture.check_same("whole", "first");
}

BOOST_AUTO_TEST_CASE(a_file_after_resume_is_not_taken_for_an_override) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  for (const std::string file : {"out/run.json", "study.ini"}) {
    const Said said = fixture.study_with({"--resume", file});
    check_exit(said, 6);
    check_text(said.err, fixture.study_with({"--resume=" + file}).err);
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_has_lost_its_metrics_is_refused) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  fs::remove(fixture.here / "out/metrics.csv");
  const Said said = fixture.study_with({"--out", "out", "--resume"});
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/out: it has no metrics.csv\n"
             "  if it is a copy, copy that file too; a new run needs another folder: --out DIR\n");
}

BOOST_AUTO_TEST_CASE(resume_without_a_run_starts_one_and_says_so) {
  const ResumeFixture fixture;
  fixture.open_gate();
  for (int i = 0; i < 2; ++i) {  // also beside a finished one
    const Said said = fixture.study_with({"--resume"});
    check_exit(said, 0);
    check_says(said.out,
               "\n  resumes    nothing: no checkpoint of an unfinished run in runs/small; this run starts at step 0\n");
  }
}

BOOST_AUTO_TEST_CASE(an_unfinished_run_continues_in_its_own_folder) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  const Said said = fixture.study_with({"--resume", "out", "--out", "elsewhere"});
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/out in elsewhere: an unfinished run continues in its own folder\n"
             "  leave out --out\n");
  BOOST_TEST(!fs::exists(fixture.here / "elsewhere"));
}

BOOST_AUTO_TEST_CASE(resume_takes_the_newest_unfinished_run_of_this_configuration) {
  const ResumeFixture fixture;
  fixture.stop({});
  const fs::path first = fs::canonical(fixture.here / "runs/small/latest");
  // A clock that was wrong: the same run from the future.
  const fs::path future = first.parent_path() / ("2199" + first.filename().string().substr(4));
  fs::copy(first, future, fs::copy_options::recursive);
  fixture.stop({"pipeline.seed=5"});  // another configuration
  Said said = fixture.study_with({"--resume"});
  check_exit(said, 0);
  check_says(said.out, "results in " + future.string());
  said = fixture.study_with({"--resume"});
  check_exit(said, 0);
  check_says(said.out, "results in " + first.string());
  check_same_run(first, future);
  // Only the other configuration is left.
  check_exit(fixture.study_with({"--resume"}), 6);
  check_exit(fixture.study_with({"--resume", "pipeline.seed=5"}), 0);
}

BOOST_AUTO_TEST_CASE(of_two_processes_one_continues_and_after_it_is_killed_a_third) {
  const ResumeFixture fixture;
  fixture.whole("whole", {"model:waits.hook_waits.at=250"});
  const auto killed = fixture.started({"--out", "out", "model:waits.hook_waits.at=250"});
  killed->signal(SIGKILL);
  killed->finish();
  const Words words = {"--resume", "--out", "out", "model:waits.hook_waits.at=250"};
  const auto winner = fixture.started(words);
  for (const bool held : {false, true}) {
    if (held) winner->signal(SIGSTOP);
    const Said second = fixture.study_with(words);
    check_exit(second, 6);
    check_text(fixture.tidy(second.err),
               "error: cannot resume <here>/out: another process is writing this run\n"
               "  wait for it to end, or stop it\n");
  }
  winner->signal(SIGKILL);
  winner->finish();
  fixture.open_gate();
  check_exit(fixture.study_with(words), 0);
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(of_many_that_resume_at_once_one_wins) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  fixture.stop({"--out", "out"});
  std::vector<std::unique_ptr<Child>> all;
  for (int i = 0; i < 8; ++i) all.push_back(fixture.start(ResumeFixture::command({"--out", "out", "--resume"})));
  int finished = 0;
  for (const auto& child : all) {
    const Said said = child->finish();
    BOOST_TEST((said.exit == 0 || said.exit == 6), said.err);
    if (said.exit == 0) finished += said.out.find("finished already") == said.out.npos;
  }
  BOOST_TEST(finished == 1);
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(where_latest_leads_when_a_run_is_continued_is_where_it_goes_on) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  const auto killed = fixture.started({});
  killed->signal(SIGKILL);
  killed->finish();
  const fs::path first = fs::canonical(fixture.here / "runs/small/latest");
  const auto child = fixture.started({"--resume", "runs/small/latest"});
  fixture.write("other.ini", small_study);
  check_exit(fixture.run({"run", "other.ini", "--progress", "none"}), 0);
  const fs::path second = fs::canonical(fixture.here / "runs/small/latest");
  BOOST_TEST(second != first);
  const auto before = content(second);
  fixture.open_gate();
  check_exit(child->finish(), 0);
  check_same_run(fixture.here / "whole", first);
  BOOST_TEST((content(second) == before));
  // A finished run that goes on in a new folder: run.json names the old one, and keeps its history.
  check_exit(fixture.study_with({"training.steps=310", "--resume", first.string()}), 0);
  check_exit(fixture.study_with({"training.steps=320", "--resume", "runs/small/latest"}), 0);
  const json resumed = json::parse(fixture.read("runs/small/latest/run.json"))["resumed"];
  BOOST_TEST(resumed.dump().find("latest") == std::string::npos, resumed.dump());
}

BOOST_AUTO_TEST_SUITE_END()
