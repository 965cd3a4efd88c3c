// Stop and continue, with real processes: signals, refusals, more steps, two processes, damaged files. Whatever
// happens, a run that is continued ends with the bytes of one that was never stopped, or is refused and left as it is.
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/plugin_fixture.hpp"
#include "support/same_run.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// 300 steps; the model `waits` waits at step 150 until the file `gate` exists, so that a test can act in between.
const std::string study = replaced(replaced(small_study, "steps = 30\n", "steps = 300\n"), "[metric:accuracy]\n", R"(
[model:waits]
regularisers = dropout, hook_waits

[metric:node_snr]
every = 50

[report:summary]

[metric:accuracy]
)");

struct ResumeFixture : PluginFixture {
  ResumeFixture() {
    write("study.ini", study);
    put(libraries / "waits.so");
  }
  static Words command(const Words& more) {
    return Words{"run", "study.ini", "--plugin-path", "plugins", "--progress", "none"} + more;
  }
  Said study_with(const Words& more) const { return run(command(more)); }
  bool waits() const { return fs::exists(here / "gate.waits"); }
  void open_gate() const { write("gate", "\n"); }
  void close_gate() const { fs::remove(here / "gate"), fs::remove(here / "gate.waits"); }

  /// Returns once the run is inside the hook.
  std::unique_ptr<Child> started(const Words& more) const {
    close_gate();
    auto child = start(command(more));
    BOOST_TEST(child->wait_until([&] { return waits(); }), child->err_so_far());
    return child;
  }
  /// Stops at step 150 of the model that waits. The gate is open afterwards.
  Said stop(const Words& more, int number = SIGTERM) const {
    const auto child = started(more);
    child->signal(number);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));  // a busy machine may take a while to deliver it
    open_gate();
    Said said = child->finish();
    check_exit(said, 75);
    return said;
  }
  /// A run that nothing disturbs.
  void whole(const std::string& out, const Words& more = {}) const {
    open_gate();
    check_exit(study_with(Words{"--out", out} + more), 0);
  }
  void check_same(const std::string& a, const std::string& b,
                  std::source_location where = std::source_location::current()) const {
    check_same_run(here / a, here / b, where);
    BOOST_TEST(read(a + "/summary.txt") == read(b + "/summary.txt"), where.line());
  }
  std::string status(const std::string& out) const { return json::parse(read(out + "/run.json"))["status"]; }
  std::vector<fs::path> checkpoints(const std::string& out) const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(here / out / "checkpoints")) files.push_back(file.path());
    std::ranges::sort(files);
    return files;
  }
};

/// Every file of a folder and its content.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) files[file.path().string()] = read_file(file.path());
  return files;
}

void change_byte(const fs::path& file) {
  std::string text = read_file(file);
  text[text.size() / 2] ^= 1;
  std::ofstream(file, std::ios::binary) << text;
}

/// The whole number that follows the mark in a text.
std::size_t whole_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  BOOST_TEST_REQUIRE(at != text.npos, text);
  return std::stoul(text.substr(at + mark.size()));
}

/// Long enough that a second signal does not count as the same one, sent twice.
void wait_a_moment() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

}  // namespace

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
             "is now '999999'; a run can be given more steps, not fewer\n  --allow-changed continues all the same; ");
  check_says(fixture.study_with({"training.steps=2", "--resume", "long"}).err,
             "is now '2'; a run can be given more steps, not fewer\n  without --resume a new run is started");
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

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resume_damage)

BOOST_AUTO_TEST_CASE(what_follows_the_checkpoint_in_metrics_is_replaced) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  for (const std::string tail : {"150,pla", "150,plain,accuracy,,0.5\n\n\n", "x"}) {
    fixture.stop({"--out", "out"});
    std::ofstream(fixture.here / "out/metrics.csv", std::ios::app) << tail;
    check_exit(fixture.study_with({"--out", "out", "--resume"}), 0);
    fixture.check_same("whole", "out");
    fs::remove_all(fixture.here / "out");
  }
  fixture.stop({"--out", "zeros"});
  std::ofstream(fixture.here / "zeros/metrics.csv", std::ios::app) << std::string(5000, '\0');  // after a power loss
  check_exit(fixture.study_with({"--out", "zeros", "--resume"}), 0);
  fixture.check_same("whole", "zeros");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_shorter_than_the_newest_checkpoint_goes_back_to_the_one_before) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  const auto damages = std::vector<std::function<void()>>{
      [&] { fs::resize_file(fixture.here / "out/metrics.csv", 40); },
      [&] { change_byte(fixture.here / "out/metrics.csv"); },
      [&] { change_byte(fixture.checkpoints("out").back()); },
      [&] { fs::resize_file(fixture.checkpoints("out").back(), 100); },
      [&] { fs::resize_file(fixture.checkpoints("out").back(), 0); },
      [&] { fs::remove(fixture.here / "out/nodes.h5"); },
      [&] { fs::resize_file(fixture.here / "out/nodes.h5", 1000); },
      [&] {  // one number of a measurement, which HDF5 reads without an error
        std::string bytes = fixture.read("out/nodes.h5");
        const auto values = read_hdf5(fixture.here / "out/nodes.h5").begin()->second.values;
        const std::string first(reinterpret_cast<const char*>(values.data()), sizeof(double));
        const std::size_t at = bytes.find(first);
        BOOST_TEST_REQUIRE(at != bytes.npos);
        bytes[at] ^= 1;
        std::ofstream(fixture.here / "out/nodes.h5", std::ios::binary) << bytes;
      },
  };
  for (const auto& damage : damages) {
    fixture.stop({"--out", "out"});
    damage();
    const Said said = fixture.study_with({"--out", "out", "--resume"});
    check_exit(said, 0);
    check_says(said.err, "warning: goes back to an older checkpoint: ");
    check_says(said.out, "\n  resumes    at step 0 of 300\n");
    fixture.check_same("whole", "out");
    fs::remove_all(fixture.here / "out");
  }
}

BOOST_AUTO_TEST_CASE(what_fits_no_checkpoint_is_refused_and_left_as_it_is) {
  const ResumeFixture fixture;
  const auto damages = std::vector<std::function<void()>>{
      [&] { fs::resize_file(fixture.here / "out/metrics.csv", 10); },
      [&] { fs::resize_file(fixture.here / "out/metrics.csv", 0); },
      [&] {
        for (const fs::path& file : fixture.checkpoints("out")) change_byte(file);
      },
      [&] {
        for (const fs::path& file : fixture.checkpoints("out")) fs::resize_file(file, 0);
      },
      [&] { fs::remove_all(fixture.here / "out/checkpoints"); },
  };
  for (const auto& damage : damages) {
    fixture.stop({"--out", "out"});
    damage();
    const auto before = content(fixture.here / "out");
    const Said said = fixture.study_with({"--resume", "out"});
    check_exit(said, 6);
    check_says(fixture.tidy(said.err), "error: cannot resume <here>/out: ");
    check_says(said.err, "\n  without --resume a new run is started, and this one stays as it is\n");
    BOOST_TEST((content(fixture.here / "out") == before));
    fs::remove_all(fixture.here / "out");
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_holds_something_else_is_left_as_it_is) {
  const ResumeFixture fixture;
  fixture.open_gate();
  for (const std::string& metrics : Words{"a,b\n1,2\n", "step,model,metric,layer,value\n"}) {
    fixture.write("other/metrics.csv", metrics);
    for (const std::string name : {"nodes.h5", "weights.h5", "pipeline.ini", "sub/film.part"})
      fixture.write("other/" + name, "mine");
    const auto before = content(fixture.here / "other");
    check_exit(fixture.study_with({"--out", "other", "--resume"}), 6);
    check_exit(fixture.study_with({"--resume", "other"}), 6);
    BOOST_TEST((content(fixture.here / "other") == before));
  }
}

BOOST_AUTO_TEST_CASE(a_finished_run_without_its_checkpoints_is_still_finished) {
  const ResumeFixture fixture;
  fixture.whole("out");
  fs::remove_all(fixture.here / "out/checkpoints");
  const auto before = content(fixture.here / "out");
  Said said = fixture.study_with({"--out", "out", "--resume"});
  check_exit(said, 0);
  check_says(said.out, "the run is finished already\n");
  said = fixture.study_with({"--resume", "out", "training.steps=400"});
  check_exit(said, 6);
  check_says(said.err, ": it is finished, and its checkpoints have been removed\n");
  BOOST_TEST((content(fixture.here / "out") == before));
}

BOOST_AUTO_TEST_CASE(a_damaged_run_is_not_passed_over_in_silence) {
  const ResumeFixture fixture;
  fixture.stop({});
  const std::string first = "runs/small/" + fs::read_symlink(fixture.here / "runs/small/latest").string();
  for (const fs::path& file : fixture.checkpoints(first)) change_byte(file);
  const Said said = fixture.study_with({"--resume"});
  check_exit(said, 6);
  check_says(fixture.tidy(said.err), "error: cannot resume <here>/" + first + ": ");
  check_says(said.err, "is damaged: its SHA-256 is another");
  // An older run that can be continued is.
  const fs::path older = fixture.here / "runs/small/20200101T000000Z-older";
  fixture.stop({"--out", older.string()});
  const Said again = fixture.study_with({"--resume"});
  check_exit(again, 0);
  check_says(fixture.tidy(again.err),
             "warning: continues an older run: no checkpoint of <here>/" + first + " can be read\n");
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_cannot_be_used_is_gone_once_the_run_continues) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  fixture.started({"--out", "out"})->signal(SIGKILL);
  fs::copy_file(fixture.checkpoints("out").back(), fixture.here / "out/checkpoints/999999.checkpoint");
  change_byte(fixture.here / "out/checkpoints/999999.checkpoint");
  const auto child = fixture.started({"--out", "out", "--resume"});
  BOOST_TEST(!fs::exists(fixture.here / "out/checkpoints/999999.checkpoint"));
  fixture.open_gate();
  check_exit(child->finish(), 0);
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_aside_is_removed) {
  const ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  for (const std::string name : {"nodes.h5.part", "checkpoints/000009.checkpoint.12-3.part", "plots/a.tsv.12-3.part"})
    fixture.write("out/" + name, "half");
  check_exit(fixture.study_with({"--out", "out", "--resume"}), 0);
  for (const auto& [name, bytes] : content(fixture.here / "out")) BOOST_TEST(!name.ends_with(".part"), name);
}

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_CASE(an_invalid_interval_is_a_complaint_with_its_place) {
  const ResumeFixture fixture;
  for (const std::string interval :
       {"5", "-1 s", "5 weeks", "0 s", "steps", "5 steps,", "1 s 2 s", "5 steps, 6 steps"}) {
    fixture.write("bad.ini", replaced(study, "name = small\n", "name = small\ncheckpoint = " + interval + "\n"));
    const Said said = fixture.run({"check", "bad.ini", "--plugin-path", "plugins"});
    check_exit(said, 2);
    check_says(said.err, "bad.ini:4:14: error: ");
  }
}

BOOST_AUTO_TEST_SUITE_END()
