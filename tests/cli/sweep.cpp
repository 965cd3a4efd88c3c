// Sweeps with real processes: their folder, what runs again, what fails, what is stopped or killed.
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "support/plugin_fixture.hpp"
#include "support/same_run.hpp"

using namespace support;
using nlohmann::json;

namespace {

struct SweepFixture : World {
  SweepFixture() { write("study.ini", small_study); }
  Said sweep(const Words& more) const { return run(Words{"sweep", "study.ini", "--progress", "none"} + more); }
  /// job and the rest of each row of jobs.csv, without the header.
  std::map<std::string, std::string> jobs(const std::string& folder) const {
    std::map<std::string, std::string> rows;
    std::istringstream in(read(folder + "/jobs.csv"));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) rows[line.substr(0, line.find(','))] = line.substr(line.find(',') + 1);
    return rows;
  }
  /// When each job's run was last written.
  std::map<std::string, fs::file_time_type> times(const std::string& folder) const {
    std::map<std::string, fs::file_time_type> out;
    for (const auto& run : fs::directory_iterator(here / folder / "runs"))
      out[run.path().filename().string()] = fs::last_write_time(run.path() / "run.json");
    return out;
  }
  void check_same_tables(const std::string& a, const std::string& b,
                         std::source_location where = std::source_location::current()) const {
    for (const char* file : {"/jobs.csv", "/table.csv", "/comparison.csv", "/sweep.ini"})
      BOOST_TEST(read(a + file) == read(b + file), where.line() << file);
    for (const auto& [job, row] : jobs(a))
      if (row.ends_with("done")) check_same_run(here / a / "runs" / job, here / b / "runs" / job, where);
  }
};

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}  // namespace

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
  // A damaged run is left out of the comparison, and told.
  fixture.write("s/runs/" + fixture.jobs("s").begin()->first + "/metrics.csv", "damaged\nrows\n");
  const Said damaged = fixture.sweep(words + Words{"--gather"});
  check_exit(damaged, 5);
  check_says(damaged.err, "warning: a run is left out: ");
}

BOOST_AUTO_TEST_CASE(a_sweep_that_is_killed_goes_on_to_the_same_tables) {
  const SweepFixture fixture;
  fixture.write("study.ini", replaced(replaced(small_study, "steps = 30\n", "steps = 1500\n"), "name = small\n",
                                      "name = small\ncheckpoint = 200 steps\n"));
  const Words words = {"pipeline.seed={1..4}", "model:l2.learning_rate={0.1, 1e9}", "--lean"};
  check_exit(fixture.sweep(words + Words{"--out", "whole"}), 5);
  for (const int number : {SIGKILL, SIGTERM}) {
    const std::string out = number == SIGKILL ? "killed" : "stopped";
    const auto child = fixture.start(Words{"sweep", "study.ini", "--progress", "none", "--out", out} + words);
    const auto has_begun = [&] {
      std::error_code none;
      for (const auto& file : fs::recursive_directory_iterator(fixture.here / out / "runs", none))
        if (file.path().extension() == ".checkpoint") return true;
      return false;
    };
    BOOST_TEST(child->wait_until(has_begun), child->err_so_far());
    child->signal(number);
    check_exit(child->finish(), number == SIGKILL ? 128 + SIGKILL : 75);
    check_exit(fixture.sweep(words + Words{"--out", out}), 5);
    fixture.check_same_tables("whole", out);
  }
}

BOOST_AUTO_TEST_CASE(a_sweep_goes_on_after_signals_to_every_process_and_after_a_second_one) {
  const SweepFixture fixture;
  fixture.write("study.ini", replaced(replaced(small_study, "steps = 30\n", "steps = 3000\n"), "name = small\n",
                                      "name = small\ncheckpoint = 200 steps\n"));
  const Words words = {"pipeline.seed={1..3}", "--lean"};
  check_exit(fixture.sweep(words + Words{"--out", "whole"}), 0);
  // As scancel does: TERM to the sweep and to every run, a moment apart; twice, so that runs end at once.
  const auto child = fixture.start(Words{"sweep", "study.ini", "--progress", "none", "--out", "s"} + words);
  const auto has_begun = [&] { return fs::exists(fixture.here / "s/runs") && !fs::is_empty(fixture.here / "s/runs"); };
  BOOST_TEST(child->wait_until(has_begun), child->err_so_far());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto everyone = [&] { fixture.bash("pkill -TERM -f 'run " + (fixture.here / "s/sweep.ini").string() + "'"); };
  child->signal(SIGTERM);
  everyone();
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  everyone();
  child->finish();
  check_exit(fixture.sweep(words + Words{"--out", "s"}), 0);
  fixture.check_same_tables("whole", "s");
}

BOOST_AUTO_TEST_CASE(a_signal_ends_the_planning) {
  const SweepFixture fixture;
  const auto child = fixture.start({"sweep", "study.ini", "pipeline.seed={1..100000}", "--out", "s"});
  const auto listens = [&] {
    const std::string status = read_file("/proc/" + std::to_string(child->pid()) + "/status");
    const std::size_t at = status.find("SigCgt:\t");
    return at != status.npos && (std::stoull(status.substr(at + 8, 16), nullptr, 16) >> (SIGTERM - 1) & 1) != 0;
  };
  BOOST_TEST(child->wait_until(listens));
  child->signal(SIGTERM);
  const Said said = child->finish();
  check_exit(said, 75);
  check_says(said.err, "stopped by a signal before any job was started; the same command starts them\n");
  BOOST_TEST(!fs::exists(fixture.here / "s"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_run_and_why) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..2}", "--out", "s"}), 0);
  fixture.write("study.ini", replaced(small_study, "learning_rate = 0.1", "learning_rate = 0.2"));
  const Said said = fixture.sweep({"pipeline.seed={1..2}", "--out", "s", "--dry-run"});
  check_exit(said, 0);
  check_says(said.out, "  0 done, 0 failed, 2 missing\n");
  check_says(said.out, ":\n      training.learning_rate was 0.1, is now 0.2\n");
  check_says(said.out, " core-hours: ");
  check_says(said.out, "\n  2 runs of the folder are not part of this sweep, and in none of its tables\n");
  // What is removed is a difference, too; of several runs with the same values, the most similar one is named.
  fixture.write("study.ini", replaced(small_study, "l2.lambda = ", "l2.biases = yes\nl2.lambda = "));
  check_exit(fixture.sweep({"pipeline.seed={1..2}", "--out", "s"}), 0);
  fixture.write("study.ini", small_study + "\n[metric:loss]\nevery = 10\n");
  check_exit(fixture.sweep({"pipeline.seed={1..2}", "--out", "s"}), 0);
  fixture.write("study.ini", replaced(small_study, "steps = 30", "steps = 31"));
  const Said again = fixture.sweep({"pipeline.seed={1..2}", "--out", "s", "--dry-run"});
  check_says(again.out, ":\n      training.steps was 30, is now 31\n  ");
  fixture.write("study.ini", small_study);
  BOOST_TEST(again.out.find("learning_rate was") == std::string::npos);
  BOOST_TEST(fixture.jobs("s").size() == 2u);
  const Said refused = fixture.sweep({"pipeline.seed={1..2}", "--out", "t", "--budget", "0.0000001"});
  check_exit(refused, 2);
  check_says(refused.err, "error: the sweep needs more than the 1e-07 core-hours of --budget; nothing was started\n");
  BOOST_TEST(!fs::exists(fixture.here / "t"));
}

BOOST_AUTO_TEST_CASE(parts_run_all_jobs_once_and_write_no_tables) {
  const SweepFixture fixture;
  const Words words = {"pipeline.seed={1..5}", "--out", "s", "--lean"};
  std::size_t runs = 0;
  for (const std::string part : {"1/3", "2/3", "3/3"}) {
    check_exit(fixture.sweep(words + Words{"--part", part}), 0);
    const std::size_t now = fixture.times("s").size();
    BOOST_TEST(now > runs);
    runs = now;
  }
  BOOST_TEST(runs == 5u);
  BOOST_TEST(!fs::exists(fixture.here / "s/jobs.csv"));
  check_exit(fixture.sweep(words), 0);
  BOOST_TEST(fixture.times("s").size() == 5u);
  check_says(fixture.read("s/comparison.csv"), "accuracy,,l2,plain,5,");
  check_text(fixture.sweep(words + Words{"--part", "4/3"}).err, "error: --part '4/3' is not K/N, such as 2/10\n");
}

BOOST_AUTO_TEST_CASE(the_listed_commands_run_the_jobs) {
  SweepFixture fixture;
  fixture.write("study.ini", small_study + "\n[sweep]\nnetwork.layers = {\"784, 10\", \"784, 16, 10\"}\n");
  const Said said = fixture.run({"sweep", "study.ini", "--out", "it's here", "--list", "--lean"});
  check_exit(said, 0);
  BOOST_TEST(lines(said.out) == 2u);
  fixture.write("commands", said.out);
  check_exit(fixture.bash("bash -e commands"), 0);
  const Said gathered = fixture.run({"sweep", "study.ini", "--out", "it's here", "--lean", "--progress", "none"});
  check_exit(gathered, 0);
  check_says(gathered.out, "  2 done, 0 failed, 0 missing\n");
}

BOOST_AUTO_TEST_CASE(a_slurm_script_is_printed_and_sbatch_is_needed_to_submit_it) {
  const SweepFixture fixture;
  const Words words = {"pipeline.seed={1..5}", "--out", "s", "--slurm", "--sbatch=--time=1:00:00"};
  const Said said = fixture.sweep(words + Words{"--dry-run"});
  check_exit(said, 0);
  check_says(said.out, "#SBATCH --array=1-1\n#SBATCH --cpus-per-task=1\n");
  check_says(said.out, "#SBATCH --signal=B:USR1@120\n#SBATCH --time=1:00:00\n");
  check_says(fixture.tidy(said.out), " sweep <here>/s/sweep.ini --out <here>/s --part $SLURM_ARRAY_TASK_ID/1 ");
  BOOST_TEST(!fs::exists(fixture.here / "s"));
  SweepFixture alone;
  alone.environment["PATH"] = "/nowhere";
  const Said refused = alone.sweep(words);
  check_exit(refused, 1);
  check_says(refused.err, "error: cannot start sbatch: No such file or directory\n  is this a login node");
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_before_anything_runs) {
  const SweepFixture fixture;
  const std::pair<Words, std::string> cases[] = {
      {{}, "study.ini: error: there is nothing to sweep\n"},
      {{"training.stpes={1..3}"}, "command line: training.stpes: error: unknown key 'stpes' in [training]"},
      {{"training.steps={1, x}"}, "(in the job with training.steps = x)"},
      {{"pipeline.seed={3..1}"}, "command line: sweep.pipeline.seed: error: the range 3..1 does not rise\n"},
      {{"pipeline.name={a, b}"}, "are the same: no number depends on what differs"},
      {{"pipeline.seed={1..2}", "pipeline.seed={4..5}"},
       "error: 'pipeline.seed' is given twice; write all of its values"},
      {{"pipeline.seed={1..2}", "sweep.zpi=x"}, "error: unknown key 'zpi' in [sweep]"},
      {{"pipeline.seed={1..2}", "training.steps={3,4}", "sweep.zip=pipeline.seed,training.steps"},
       "error: 'pipeline.seed' alone varies together with nothing\n"},
      {{"seed={1..4}"}, "did you mean 'pipeline.seed={1..4}'?\n"},
      {{"training.learning_rate={0.1..1 lin 3}"}, "error: 'lin' is none of linear, log, whole and random\n"},
      {{"network.layers={784,10,784,16,10}"}, "a value with a comma is quoted: "},
      {{"--seeds", "1,2"}, "chosen seeds are an axis: pipeline sweep FILE 'pipeline.seed={1,2,3}'\n"},
      {{"--seeds", "0"}, "error: --seeds '0' is not a number of seeds\n"},
  };
  for (const auto& [words, message] : cases) {
    const Said said = fixture.sweep(words);
    check_exit(said, 2);
    check_says(said.err, message);
  }
  BOOST_TEST(!fs::exists(fixture.here / "sweeps"));
  check_exit(fixture.run({"run", "study.ini", "--out", "run"}), 0);
  const Said said = fixture.sweep({"pipeline.seed={1..2}", "--out", "run"});
  check_exit(said, 2);
  check_says(fixture.tidy(said.err), "error: --out '<here>/run' is the folder of a run; give another one\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(comparisons)

BOOST_AUTO_TEST_CASE(a_sweep_is_compared_in_words_and_numbers) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..6}", "--out", "s", "--lean"}), 0);
  const Said text = fixture.run({"compare", "s"});
  check_exit(text, 0);
  check_says(text.out, "6 runs, seeds 1 2 3 4 5 6\n\naccuracy (share of the samples; higher is better)\n");
  const Said csv = fixture.run({"compare", "s", "--format", "csv"});
  BOOST_TEST(csv.out == fixture.read("s/comparison.csv"));
  check_says(text.out, "  on other test samples: l2 minus plain ");
  const json j = json::parse(fixture.run({"compare", "s", "--format", "json", "--reference", "l2"}).out);
  BOOST_TEST((j["groups"][0]["comparisons"][0]["test_samples"]["n"] == 200));
  const json& comparison = j["groups"][0]["comparisons"][0];
  BOOST_TEST((comparison["model"] == "plain"));
  BOOST_TEST((comparison["reference"] == "l2"));
  // Recomputed from metrics.csv.
  double difference = 0;
  for (const auto& [job, row] : fixture.jobs("s")) {
    std::map<std::string, double> last;
    std::istringstream in(fixture.read("s/runs/" + job + "/metrics.csv"));
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("30,"))
        last[line.substr(3, line.find(',', 3) - 3)] = std::stod(line.substr(line.rfind(',') + 1));
    difference += last.at("plain") - last.at("l2");
  }
  BOOST_TEST(std::abs(comparison["difference"]["mean"].get<double>() - difference / 6) < 1e-12);
}

BOOST_AUTO_TEST_CASE(predictions_h5_has_the_answers_that_the_accuracy_counts) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  const auto file = read_hdf5(fixture.here / "a/predictions.h5");
  const auto& labels = file.at("/labels").values;
  BOOST_TEST(labels.size() == 200u);
  for (const std::string model : {"control", "plain", "l2"}) {
    const auto& classes = file.at("/predicted/" + model).values;
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) right += labels[i] == classes[i];
    const std::string row = (model == "control" ? "0," : "30,") + model + ",accuracy,,";
    const std::string rows = fixture.read("a/metrics.csv");
    const std::size_t at = rows.find("\n" + row) + 1 + row.size();
    BOOST_TEST(std::abs(std::stod(rows.substr(at)) - right / 200) < 1e-9, model);
  }
}

BOOST_AUTO_TEST_CASE(two_runs_are_compared_by_what_differs) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  check_exit(fixture.run({"run", "study.ini", "training.learning_rate=0.2", "training.steps=25", "--out", "b"}), 0);
  const Said said = fixture.run({"compare", "a", "b"});
  check_exit(said, 0);
  check_says(said.out, "the runs differ in\n  training.learning_rate: 0.1 and 0.2\n  training.steps: 30 and 25\n");
  check_says(said.out, "  accuracy, plain, step 20: ");
  check_says(said.out, "4 rows of one run only are left out\n");  // steps 30 and 25 of two models
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  const auto err = [&](const Words& words, int exit) {
    const Said said = fixture.run(Words{"compare"} + words);
    check_exit(said, exit);
    return fixture.tidy(said.err);
  };
  check_text(err({}, 2), "error: compare needs runs or a sweep: pipeline compare RUN|SWEEP ...\n");
  check_says(err({"nosuch"}, 2), "error: there is no folder 'nosuch'; give the folder of a run or a sweep\n");
  check_says(
      err({"."}, 1),
      "error: . is neither a run (it has no metrics.csv) nor a sweep (it has no jobs.csv)\n  below it are ./a\n");
  fixture.write("b/run.json",
                replaced(fixture.read("a/run.json"), "\"status\": \"finished\"", "\"status\": \"stopped\""));
  fixture.write("b/metrics.csv", fixture.read("a/metrics.csv"));
  check_says(err({"b"}, 1), "error: b has not ended (stopped): its values are not those of its last step\n");
  fs::copy(fixture.here / "a", fixture.here / "c", fs::copy_options::recursive);
  check_says(err({"a", "c"}, 1), "have the same settings and the same seed: they are one run, not two\n");
  fs::create_directory_symlink("a", fixture.here / "latest");
  check_text(err({"a", "latest", "a/"}, 0), "");  // one run
  check_text(err({"a", "--reference", "l3"}, 2), "error: no model 'l3' in these runs\n  (valid: l2, plain)\n");
  check_text(err({"a", "--metric", "los"}, 2), "error: no metric 'los' in these runs\n  (valid: accuracy)\n");
  check_text(err({"a", "--delta", "los=1"}, 2), "error: no metric 'los' in these runs\n  (valid: accuracy)\n");
  check_text(err({"a", "--delta", "accuracy"}, 2),
             "error: --delta 'accuracy' is not METRIC=SIZE, such as accuracy=0.002\n");
}

BOOST_AUTO_TEST_CASE(measures_are_ranked_over_a_sweep_or_a_table) {
  const SweepFixture fixture;
  fixture.write("study.ini", small_study + "\n[metric:loss]\nevery = 10\non = both\n");
  check_exit(fixture.sweep({"pipeline.seed={1..2}", "training.learning_rate={0.01, 0.1, 1}", "--out", "s"}), 0);
  const json j = json::parse(fixture.run({"rank", "s", "--target", "loss", "--format", "json"}).out);
  BOOST_TEST((j["runs"] == 12));
  BOOST_TEST((j["environments"]["training.learning_rate"] == json{{"kept", 4}, {"dropped", 0}}));
  BOOST_TEST((j["environments"]["model"] == json{{"kept", 6}, {"dropped", 0}}));
  BOOST_TEST((j["measures"]["accuracy"]["direction"] == -1));  // should fall where the loss rises
  BOOST_TEST((j["measures"]["loss.train"]["direction"] == 1));
  const json noise =
      json::parse(fixture.run({"rank", "s", "--target", "accuracy", "--drop-noise", "--format", "json"}).out);
  BOOST_TEST(noise["pairs"]["kept"].get<int>() + noise["pairs"]["dropped"].get<int>() > 0);
  check_says(fixture.run({"rank", "s", "--target", "loss", "--drop-noise"}).err,
             "noise can be dropped where the target is the share of right answers on the test set, such as accuracy; "
             "in s/runs/");
  const Said text = fixture.run({"rank", "s", "--target", "loss", "--measures", "-accuracy,loss.train"});
  check_exit(text, 0);
  check_says(text.out, "measures of loss over 12 runs\n");
  // At equal training loss: only runs that reach it.
  const json at =
      json::parse(fixture.run({"rank", "s", "--target", "loss", "--at", "loss.train=2", "--format", "json"}).out);
  BOOST_TEST((at["runs"].get<int>() + at["left_out"].get<int>() == 12));
  BOOST_TEST((at["left_out"].get<int>() > 0));

  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,3,4\n");
  BOOST_TEST((json::parse(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr", "--format", "json"})
                              .out)["measures"]["m"]["tau_b"] == 1));
  fixture.write("gaps.csv", "lr,m,gap\n1,2,3\n2,3,4\n3,,4\n");
  check_says(fixture.run({"rank", "gaps.csv", "--target", "gap", "--axes", "lr"}).out,
             "measures of gap over 2 runs (1 left out: m is missing in 1)\n");
  const std::pair<Words, std::string> mistakes[] = {
      {{"t.csv"}, "error: rank needs --target COLUMN: what the measures should go with\n"},
      {{"t.csv", "--target", "gap", "--axes", "lr", "--drop-noise"},
       "error: a table has no answers to test samples, so --drop-noise takes a sweep only\n"},
      {{"t.csv", "--target", "gap"}, "error: a table needs the columns that are axes: --axes A,B,...\n"},
      {{"t.csv", "--target", "gpa", "--axes", "lr"},
       "error: no column 'gpa'\n  did you mean 'gap'?  (valid: gap, lr, m)\n"},
      {{"s", "--target", "los"}, "error: no column 'los'\n  did you mean 'loss'?"},
      {{"u.csv", "--target", "gap"}, "error: there is no sweep or table 'u.csv'\n"},
  };
  for (const auto& [words, message] : mistakes) {
    const Said said = fixture.run(Words{"rank"} + words);
    check_exit(said, 2);
    check_says(said.err, message);
  }
  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,3\n");
  check_text(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr"}).err,
             "error: t.csv:3: 2 fields where the header has 3\n");
  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,x,4\n");
  check_text(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr"}).err,
             "error: t.csv:3: 'x' in column m is not a number\n");
}

BOOST_AUTO_TEST_SUITE_END()
