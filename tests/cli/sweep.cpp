// Sweeps with real processes: their folder, their axes, what runs again and what fails.
#include "cli/sweep_fixture.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(every_combination_runs_and_the_folder_has_its_tables) {
  const SweepFixture fixture;
  const Said said =
      fixture.sweep({"pipeline.seed={1..2}", "training.learning_rate={0.05, 0.1}", "--out", "s", "--lean"});
  check_exit(said, 0);
  check_says(said.out, "sweep of small: 4 jobs\n  pipeline.seed = 1, 2\n  training.learning_rate = 0.05, 0.1\n");
  check_says(said.out, "4 done, 0 failed, 0 missing\n");
  const auto jobs = fixture.jobs("s");
  BOOST_TEST(fixture.read("s/jobs.csv").starts_with("job,pipeline.seed,training.learning_rate,state\n"));
  std::multiset<std::string> rows;
  for (const auto& [job, row] : jobs) rows.insert(row);
  BOOST_TEST((rows == std::multiset<std::string>{"1,0.05,done", "1,0.1,done", "2,0.05,done", "2,0.1,done"}));
  // Each job is named by its configuration, and has the files of a run.
  for (const auto& [job, row] : jobs) {
    const json info = json::parse(fixture.read("s/runs/" + job + "/run.json"));
    BOOST_TEST((info["configuration"] == job));
    std::size_t files = 0;
    for (const auto& file : fs::recursive_directory_iterator(fixture.here / "s/runs" / job))
      files += file.is_regular_file();
    BOOST_TEST(files <= 12u);
  }
  // table.csv is every metrics.csv, with the job and its values before each row.
  const std::string table = fixture.read("s/table.csv");
  BOOST_TEST(table.starts_with("job,pipeline.seed,training.learning_rate,step,model,metric,layer,value\n"));
  std::size_t expected = 1;
  for (const auto& [job, row] : jobs) expected += lines(fixture.read("s/runs/" + job + "/metrics.csv")) - 1;
  BOOST_TEST(lines(table) == expected);
  BOOST_TEST(
      fixture.read("s/comparison.csv")
          .starts_with("training.learning_rate,metric,layer,model,reference,n,mean,reference_mean,difference,low,"
                       "high,d_z,p,p_holm,wins,verdict\n0.05,accuracy,,l2,plain,2,"));
}

BOOST_AUTO_TEST_CASE(a_job_has_the_bytes_of_the_run_it_describes) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={3,4}", "model:l2.l2.lambda={1e-3,1e-2}", "--out", "s"}), 0);
  check_exit(fixture.run({"run", "study.ini", "pipeline.seed=4", "model:l2.l2.lambda=1e-2", "--out", "alone"}), 0);
  std::string job;
  for (const auto& [name, row] : fixture.jobs("s"))
    if (row == "4,1e-2,done") job = name;
  BOOST_TEST((json::parse(fixture.read("alone/run.json"))["configuration"] == job));
  check_same_run(fixture.here / "alone", fixture.here / "s/runs" / job);
  // Its own resolved.ini, and the sweep's file with the job's values, run to the same configuration.
  check_exit(fixture.run({"run", "s/runs/" + job + "/resolved.ini", "--out", "again"}), 0);
  check_same_run(fixture.here / "alone", fixture.here / "again");
  const Said said = fixture.run({"run", "s/sweep.ini", "pipeline.seed=4", "model:l2.l2.lambda=1e-2", "--out", "third"});
  check_exit(said, 0);
  check_says(said.out, "  sweep      this is one run; `pipeline sweep` runs all that [sweep] describes\n");
  check_same_run(fixture.here / "alone", fixture.here / "third");
}

BOOST_AUTO_TEST_CASE(the_same_command_runs_only_what_is_missing_and_a_sweep_can_grow) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..2}"}), 0);
  fs::path folder;
  for (const auto& each : fs::directory_iterator(fixture.here / "sweeps/small")) folder = each.path();
  const std::string s = fs::relative(folder, fixture.here).string();
  const auto before = fixture.times(s);
  check_exit(fixture.sweep({"pipeline.seed={1..2}"}), 0);
  BOOST_TEST((fixture.times(s) == before));
  check_exit(fixture.sweep({"pipeline.seed={1..3}"}), 0);
  auto after = fixture.times(s);
  BOOST_TEST(after.size() == 3u);
  for (const auto& [job, time] : before) BOOST_TEST((after.at(job) == time));
  // From its own file, without words; and a folder that lost a run.
  fs::remove_all(folder / "runs" / before.begin()->first);
  const Said said = fixture.run({"sweep", s + "/sweep.ini", "--out", s, "--progress", "none"});
  check_exit(said, 0);
  check_says(said.out, "  2 done, 0 failed, 1 missing\n");
  check_says(said.out, "\n3 done, 0 failed, 0 missing\n");
}

BOOST_AUTO_TEST_CASE(shells_may_expand_the_braces_and_run_has_a_short_form) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..3}", "--out", "a"}), 0);
  const Said said = fixture.bash("$P sweep study.ini pipeline.seed={1,2,3} --out b --progress none");
  check_exit(said, 0);
  BOOST_TEST(fixture.read("a/jobs.csv") == fixture.read("b/jobs.csv"));
  BOOST_TEST(fixture.read("a/comparison.csv") == fixture.read("b/comparison.csv"));
  check_exit(fixture.run({"run", "study.ini", "--seeds", "3", "--out", "c", "--progress", "none"}), 0);
  fixture.check_same_tables("a", "c");
}

BOOST_AUTO_TEST_CASE(a_sweep_that_is_not_complete_has_tables_and_says_so) {
  const SweepFixture fixture;
  const Words words = {"pipeline.seed={1..3}", "--out", "s"};
  check_exit(fixture.sweep(words + Words{"--gather"}), 1);
  BOOST_TEST(fixture.read("s/table.csv") == "job,pipeline.seed,step,model,metric,layer,value\n");
  check_exit(fixture.sweep(words), 0);
  fs::remove_all(fixture.here / "s/runs" / fixture.jobs("s").begin()->first);
  check_says(fixture.run({"compare", "s"}).err, "warning: 1 of 3 jobs of s have not ended and are left out; ");
}

BOOST_AUTO_TEST_CASE(jobs_that_failed_without_results_are_told_from_those_that_have_not_ended) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..3}", "--out", "s"}), 0);
  const std::string job = fixture.jobs("s").begin()->first;
  fs::remove_all(fixture.here / "s/runs" / job);
  std::string jobs = fixture.read("s/jobs.csv");
  const std::size_t state = jobs.find("done", jobs.find(job));
  fixture.write("s/jobs.csv", jobs.replace(state, 4, "failed"));
  const Said said = fixture.run({"compare", "s"});
  check_says(said.err,
             "warning: 1 of 3 jobs of s failed without results and are left out\n"
             "  to see why, run one by hand: pipeline run s/sweep.ini with its values in s/jobs.csv\n");
  BOOST_TEST(said.err.find("have not ended") == std::string::npos);
  check_exit(fixture.run({"report", "s"}), 0);
  check_says(fixture.read("s/report.html"), "\"jobs\":3,\"ended\":2,\"failed\":1,");
}

BOOST_AUTO_TEST_CASE(an_axis_of_optimisers_takes_the_rate_that_is_given_beside_it) {
  const SweepFixture fixture;
  const Words words = {"training.optimiser={sgd, adam}", "pipeline.seed={1,2}"};
  const Said said = fixture.sweep(words + Words{"--out", "refused"});
  check_exit(said, 2);
  check_says(said.err, "give the rate here too: training.learning_rate=");
  check_exit(fixture.sweep(words + Words{"training.learning_rate=0.01", "--out", "s"}), 0);
  BOOST_TEST(fixture.jobs("s").size() == 4u);
  // One job by hand.
  check_exit(fixture.run({"run", "s/sweep.ini", "training.optimiser=adam", "pipeline.seed=1", "--out", "alone"}), 0);
  check_says(fixture.read("alone/resolved.ini"), "optimiser = adam\n");
  check_says(fixture.read("alone/resolved.ini"), "learning_rate = 0.01\n");
  // From its own file, without words.
  fs::remove_all(fixture.here / "s/runs");
  check_exit(fixture.run({"sweep", "s/sweep.ini", "--out", "s", "--progress", "none"}), 0);
}

BOOST_AUTO_TEST_CASE(two_sweeps_are_compared_by_the_settings_in_which_they_differ) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..3}", "--out", "a"}), 0);
  check_exit(fixture.sweep({"pipeline.seed={1..3}", "training.learning_rate=0.05", "--out", "b"}), 0);
  const Said said = fixture.run({"compare", "a", "b", "--format", "csv"});
  check_exit(said, 0);
  check_says(said.out, "training.learning_rate,metric,layer,");
  check_says(said.out, "\n0.05,accuracy,,l2,plain,3,");
}

BOOST_AUTO_TEST_CASE(run_refuses_a_key_that_is_given_twice) {
  const SweepFixture fixture;
  const Said said = fixture.bash("$P run study.ini training.steps={3,4}");
  check_exit(said, 2);
  check_says(said.err, "error: 'training.steps' is given twice in a row\n");
  check_says(said.err, "quote them: pipeline sweep FILE 'training.steps={...}' runs once for each value\n");
}

BOOST_AUTO_TEST_CASE(an_axis_may_be_a_key_of_a_new_section) {
  const SweepFixture fixture;
  const Said said = fixture.sweep({"+model:more.regularisers={l1, l2}", "--out", "s", "--dry-run"});
  check_exit(said, 0);
  check_says(said.out, "sweep of small: 2 jobs\n  model:more.regularisers = l1, l2\n");
}

BOOST_AUTO_TEST_CASE(a_sweep_section_is_read_and_its_values_may_contain_commas) {
  const SweepFixture fixture;
  fixture.write("study.ini", small_study + "\n[sweep]\nnetwork.layers = {\"784, 10\", \"784, 16, 10\"}\n");
  check_exit(fixture.sweep({"--out", "s"}), 0);
  check_says(fixture.read("s/jobs.csv"), ",\"784, 10\",done\n");
  check_says(fixture.read("s/table.csv"), ",\"784, 16, 10\",0,control,accuracy,,0");
}

BOOST_AUTO_TEST_CASE(paths_are_an_axis_wherever_the_sweep_is_described) {
  const SweepFixture fixture;
  fs::create_directories(fixture.here / "sub");
  std::string rows = "x,y,label\n";
  for (int i = 0; i < 60; ++i)
    rows += std::to_string(i % 7) + "," + std::to_string(i % 3) + "," + std::to_string(i % 2) + "\n";
  fixture.write("sub/a.csv", rows);
  fixture.write("sub/b.csv", rows + "9,9,1\n");
  fixture.write("sub/study.ini", replaced(replaced(small_study, "plugin = digits\ntrain = 600\ntest = 200\n",
                                                   "plugin = csv\nheader = yes\ntest_rows = 20\n"),
                                          "layers = 784, 16, 10", "layers = 2, 5, 2") +
                                     "\n[sweep]\ndataset.train = {a.csv, b.csv}\npipeline.seed = {1..2}\n");
  const Said said = fixture.run({"sweep", "sub/study.ini", "--out", "s", "--lean", "--progress", "none"});
  check_exit(said, 0);
  check_says(said.out, "\n4 done, 0 failed, 0 missing\n");
  check_says(fixture.tidy(fixture.read("s/jobs.csv")), ",<here>/sub/b.csv,2,done\n");
  check_says(fixture.tidy(fixture.read("s/comparison.csv")), "<here>/sub/a.csv,accuracy,,l2,plain,2,");
  // From another folder, by its own file.
  const Said again = fixture.bash("cd sub && $P sweep ../s/sweep.ini --out ../s --lean --progress none");
  check_exit(again, 0);
  check_says(again.out, "  4 done, 0 failed, 0 missing\n");
  // One value on the command line: that key does not vary.
  const Said fixed =
      fixture.run({"sweep", "sub/study.ini", "pipeline.seed=7", "--out", "t", "--lean", "--progress", "none"});
  check_exit(fixed, 0);
  BOOST_TEST(fixture.jobs("t").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_diverging_job_fails_and_the_others_go_on) {
  const SweepFixture fixture;
  const Words words = {"model:l2.learning_rate={0.1, 1e9}", "pipeline.seed={1..3}", "--out", "s"};
  const Said said = fixture.sweep(words);
  check_exit(said, 5);
  check_says(said.err, "(model:l2.learning_rate = 1e9, pipeline.seed = 2) failed: model l2: diverged: ");
  check_says(said.out, "\n3 done, 3 failed, 0 missing\n");
  check_says(said.out, "in 3 of the failed jobs some models finished\n");
  // Where no job is whole, models have finished all the same; the one that never did is listed as failed.
  const Said partly = fixture.sweep({"model:l2.learning_rate=1e9", "pipeline.seed={1..2}", "--out", "t"});
  check_exit(partly, 5);
  check_says(partly.out, "\n0 done, 2 failed, 0 missing\n");
  check_says(fixture.run({"compare", "t"}).out, "  l2     0  failed  in 2 runs");
  // Failed jobs are not run again unless that is asked for.
  const auto before = fixture.times("s");
  check_exit(fixture.sweep(words), 5);
  BOOST_TEST((fixture.times("s") == before));
  BOOST_TEST(lines(fixture.sweep(words + Words{"--list"}).out) == 0u);
  BOOST_TEST(lines(fixture.sweep(words + Words{"--list", "--retry-failed"}).out) == 3u);
  // A job whose name leads elsewhere is left out, too.
  const std::string jobs = fixture.read("s/jobs.csv");
  fixture.write("s/jobs.csv", replaced(jobs, fixture.jobs("s").begin()->first, "../../t/runs"));
  check_says(fixture.tidy(fixture.run({"compare", "s"}).err), ": '../../t/runs' is not the name of a job\n");
  fixture.write("s/jobs.csv", jobs);
  // A damaged run is left out of a comparison, and told. The tables would say nothing of it.
  fixture.write("s/runs/" + fixture.jobs("s").begin()->first + "/metrics.csv", "damaged\nrows\n");
  check_says(fixture.run({"compare", "s"}).err, "warning: a run is left out: ");
  const Said damaged = fixture.sweep(words + Words{"--gather"});
  check_exit(damaged, 1);
  check_says(damaged.err, "metrics.csv is not as the run left it: it has 13 bytes, not ");
  check_says(damaged.err, " goes back to its checkpoint if it can\n");
  for (const auto& [job, row] : fixture.jobs("s"))
    if (row.ends_with("done")) fs::remove(fixture.here / "s/runs" / job / "metrics.csv");
  const Said missing = fixture.sweep(words + Words{"--gather"});
  check_exit(missing, 1);
  check_says(missing.err,
             "metrics.csv: No such file or directory\n  this job is done; to run it again, remove its folder\n");
}
BOOST_AUTO_TEST_CASE(a_job_that_cannot_start_says_why) {
  const SweepFixture fixture;
  const auto child = fixture.start({"sweep", "study.ini", "pipeline.seed={1..3}", "training.steps=1000", "--threads",
                                    "1", "--out", "s", "--progress", "none"});
  BOOST_TEST(child->wait_until([&] { return fs::exists(fixture.here / "s/runs"); }));
  fixture.write("s/changed.ini", fixture.read("s/sweep.ini") + "[training]\n");
  fs::rename(fixture.here / "s/changed.ini", fixture.here / "s/sweep.ini");
  const Said said = child->finish();
  check_exit(said, 5);
  check_says(fixture.tidy(said.err), "(pipeline.seed = 3) failed: <here>/s/sweep.ini:");
  check_says(fixture.tidy(said.err), "the first is at <here>/s/sweep.ini:");
}

BOOST_AUTO_TEST_SUITE_END()
