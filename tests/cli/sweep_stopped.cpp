// Sweeps that are stopped, killed, planned only, or divided between machines.
#include "cli/sweep_fixture.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(sweeps)

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
  const Said hostile = fixture.sweep({"pipeline.seed={1..5}", "--out", "a\ntouch pwned", "--slurm", "--dry-run"});
  check_exit(hostile, 2);
  check_says(hostile.err, "has a quote, a backslash or a control character in its name");
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

BOOST_AUTO_TEST_CASE(a_job_that_cannot_be_continued_starts_over_and_its_run_is_kept) {
  const SweepFixture fixture;
  const Words words = {"pipeline.seed={1..2}", "training.steps=2000", "--threads", "1", "--out"};
  check_exit(fixture.sweep(words + Words{"whole"}), 0);
  const auto child = fixture.start(Words{"sweep", "study.ini", "--progress", "none"} + words + Words{"s"});
  const auto begun = [&] {
    const fs::path runs = fixture.here / "s/runs";
    return fs::exists(runs) && std::ranges::any_of(fs::directory_iterator(runs), [](const auto& run) {
             return fs::exists(run.path() / "checkpoints/000001.checkpoint");
           });
  };
  BOOST_TEST(child->wait_until(begun));
  child->signal(SIGTERM);
  check_exit(child->finish(), 75);
  fs::path run;
  for (const auto& one : fs::directory_iterator(fixture.here / "s/runs"))
    if (json::parse(read_file(one.path() / "run.json"))["status"] == "stopped") run = one.path();
  for (const auto& checkpoint : fs::directory_iterator(run / "checkpoints"))
    fs::resize_file(checkpoint.path(), fs::file_size(checkpoint.path()) / 2);
  const Said said = fixture.sweep(words + Words{"s"});
  check_exit(said, 0);
  check_says(said.err, " starts over; what there was of it is in " + run.string() + "-unfinished-");
  fixture.check_same_tables("whole", "s");
}

BOOST_AUTO_TEST_SUITE_END()
