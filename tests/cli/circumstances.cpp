// The surroundings of a run: signals, full disks, missing programs, other locales, no terminal.
#include <sys/mount.h>
#include <sys/resource.h>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/csv_rows.hpp"
#include "support/hdf5_file.hpp"
#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

struct EndlessFixture : StudyFixture {
  /// A run that does not end by itself. Returns once it has written some rows.
  std::unique_ptr<Child> endless(const Words& more = {}) const {
    auto child = start(Words{"run", "study.ini", "training.steps=100000000", "--out", "out", "--threads", "2"} + more);
    BOOST_TEST(child->wait_until([&] { return lines_of(read("out/metrics.csv")).size() > 20; }));
    return child;
  }
};

bool whole_lines(const std::string& text) { return text.empty() || text.ends_with('\n'); }

/// No file may be truncated, and no temporary file may be left.
void check_whole_files(const fs::path& run) {
  for (const auto& file : fs::directory_iterator(run)) {
    const std::string name = file.path().filename().string();
    BOOST_TEST(!name.ends_with(".part"), name);
    if (name.ends_with(".json")) BOOST_TEST(json::accept(read_file(file.path())), name);
    if (name.ends_with(".h5")) BOOST_CHECK_NO_THROW(read_hdf5(file.path()));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(a_signal_ends_the_run_and_keeps_the_results) {
  const auto without_checkpoints = [](int number) { return std::pair{number, false}; };
  for (const auto& [number, has_checkpoint] : {std::pair{SIGINT, true},
                                               {SIGTERM, true},
                                               {SIGUSR1, true},
                                               {SIGHUP, true},
                                               without_checkpoints(SIGINT),
                                               without_checkpoints(SIGTERM),
                                               without_checkpoints(SIGUSR1),
                                               without_checkpoints(SIGHUP)}) {
    const EndlessFixture fixture;
    auto child = fixture.endless(
        {"+report:summary.every=50000000", has_checkpoint ? "pipeline.checkpoint=10 min" : "pipeline.checkpoint=0"});
    child->signal(number);
    const Said said = child->finish();
    check_exit(said, has_checkpoint ? 75 : 128 + number);
    BOOST_TEST(said.out.find("step 50000000") == std::string::npos);  // that report was not due yet
    check_says(said.err, has_checkpoint
                             ? "; results so far are kept\n  to continue: pipeline run study.ini training"
                             : "stopped: results so far are kept; there is no checkpoint to continue from\n");
    check_says(said.out,
               "\nsmall, stopped; last measured at step ");  // the final report covers the steps that were made
    BOOST_TEST(said.out.find("after 100000000 updates") == std::string::npos);
    const std::string rows = fixture.read("out/metrics.csv");
    BOOST_TEST(whole_lines(rows));
    std::map<std::string, std::map<std::string, int>> by_step;
    for (const CsvRow& r : csv_rows(rows)) ++by_step[r.step][r.model];
    BOOST_TEST(by_step.size() > 5u);
    const json run = json::parse(fixture.read("out/run.json"));
    BOOST_TEST((run["status"] == "stopped"));
    BOOST_TEST(run.contains("ended"));
    BOOST_TEST(read_hdf5(fixture.here / "out/weights.h5").size() == 12u);
    check_whole_files(fixture.here / "out");
    // The rows start like those of a run that was not stopped.
    check_exit(fixture.run({"run", "study.ini", "training.steps=40", "--out", "whole"}), 0);
    const std::string whole = fixture.read("whole/metrics.csv");
    const std::string first = whole.substr(0, whole.find("\n40,") + 1);
    BOOST_TEST(rows.starts_with(first));
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_inherits_an_ignored_sighup_continues) {
  const StudyFixture fixture;
  fixture.write("nohup.sh", "trap '' HUP\nexec \"$@\"\n");
  const fs::path out = fixture.here.parent_path() / "o", err = fixture.here.parent_path() / "e";
  Child child("/bin/sh",
              {"nohup.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "training.steps=100000000", "--out", "out"},
              fixture.here, fixture.environment, out, err);
  const auto rows = [&] { return lines_of(fixture.read("out/metrics.csv")).size(); };
  BOOST_TEST(child.wait_until([&] { return rows() > 20; }));
  child.signal(SIGHUP);
  BOOST_TEST(child.wait_until([&, more = rows() + 100] { return rows() > more; }));
  child.signal(SIGTERM);
  check_exit(child.finish(), 75);
}

BOOST_AUTO_TEST_CASE(a_closed_output_pipe_does_not_end_the_run) {
  const StudyFixture fixture;
  fixture.write("piped.sh", "(\"$@\"; echo $? > exit) | head -n 1\nwhile [ ! -s exit ]; do sleep .1; done\n");
  const fs::path out = fixture.here.parent_path() / "o", err = fixture.here.parent_path() / "e";
  Child child("/bin/sh",
              {"piped.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "training.steps=3000",
               "+report:summary.every=10", "--out", "out"},
              fixture.here, fixture.environment, out, err);
  check_exit(child.finish(), 0);
  BOOST_TEST(fixture.read("exit") == "0\n");
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_the_run_at_once) {
  // gnuplot hangs, so that the first signal cannot end the run by itself.
  EndlessFixture fixture;
  const fs::path tools = fixture.here / "tools";
  fixture.write("tools/gnuplot", "#!/bin/sh\nsleep 50\ntouch " + (tools / "done").string() + "\n");
  fs::permissions(tools / "gnuplot", fs::perms::owner_all);
  fixture.environment["PATH"] = tools.string() + ":/usr/bin:/bin";
  auto child = fixture.endless({"+report:plots"});
  child->signal(SIGTERM);
  BOOST_TEST((child->wait_until([&] { return json::parse(fixture.read("out/run.json"))["status"] == "stopped"; })));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the same signal twice within a moment counts once
  child->signal(SIGTERM);
  check_exit(child->finish(), 143);
  BOOST_TEST(!fs::exists(tools / "done"));  // the run did not wait for gnuplot
  BOOST_TEST(whole_lines(fixture.read("out/metrics.csv")));
}

BOOST_AUTO_TEST_CASE(a_killed_run_leaves_no_truncated_files) {
  const EndlessFixture fixture;
  auto child = fixture.endless({"+report:summary.every=50", "+metric:snr_optimality.every=10"});
  child->signal(SIGKILL);
  check_exit(child->finish(), 128 + SIGKILL);
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "running"));
  for (const std::string name : {"run.json"}) BOOST_TEST(json::accept(fixture.read("out/" + name)));
  if (fs::exists(fixture.here / "out/nodes.h5")) BOOST_CHECK_NO_THROW(read_hdf5(fixture.here / "out/nodes.h5"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(disks)

BOOST_AUTO_TEST_CASE(a_file_size_limit_causes_a_clear_error_and_no_truncated_file) {
  // A limit on the size of files simulates a full disk: any user can set it, and a write fails in the same way.
  StudyFixture fixture;
  fixture.write("limited.sh", "trap '' XFSZ\nulimit -f 40\nexec \"$@\"\n");  // 20 or 40 kB, depending on the shell
  const fs::path out = fixture.here.parent_path() / "o", err = fixture.here.parent_path() / "e";
  Child child("/bin/sh",
              {"limited.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "--out", "out", "--progress", "none"},
              fixture.here, fixture.environment, out, err);
  const Said said = child.finish();
  check_exit(said, 1);
  check_text(fixture.tidy(said.err), no_room_for_weights("<here>/out", "File too large"));
  BOOST_TEST(!fs::exists(fixture.here / "out/weights.h5"));
  BOOST_TEST(lines_of(fixture.read("out/metrics.csv")).size() == 10u);  // earlier measurements are kept
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "failed"));
  check_whole_files(fixture.here / "out");
}

BOOST_AUTO_TEST_CASE(nodes_that_cannot_grow_end_the_run_and_not_the_program) {
  StudyFixture fixture;
  fixture.write("limited.sh", "trap '' XFSZ\nulimit -f 80\nexec \"$@\"\n");
  const fs::path out = fixture.here.parent_path() / "o", err = fixture.here.parent_path() / "e";
  Child child("/bin/sh",
              {"limited.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "+metric:node_snr.every=1",
               "training.steps=500", "pipeline.checkpoint=0", "--out", "out", "--progress", "none"},
              fixture.here, fixture.environment, out, err);
  const Said said = child.finish();
  check_exit(said, 1);
  const std::string text = fixture.tidy(said.err);
  BOOST_TEST(text.starts_with("error: cannot write <here>/out/nodes.h5: HDF5 cannot write /"), text);
  BOOST_TEST(lines_of(text).size() == 2u, text);  // no second error while the program ends
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "failed"));
  check_whole_files(fixture.here / "out");
}

BOOST_AUTO_TEST_CASE(a_full_disk_causes_a_clear_error_and_no_truncated_file,
                     *boost::unit_test::precondition(support::needs_a_small_disk)) {
  const StudyFixture fixture;
  fs::create_directories(fixture.here / "disk");
  BOOST_TEST_REQUIRE(::mount("tmpfs", (fixture.here / "disk").c_str(), "tmpfs", 0, "size=64k") == 0);
  const Said said = fixture.run({"run", "study.ini", "--out", "disk/out", "--progress", "none"});
  check_exit(said, 1);
  check_text(fixture.tidy(said.err), no_room_for_weights("<here>/disk/out", "No space left on device"));
  BOOST_TEST(!fs::exists(fixture.here / "disk/out/weights.h5"));
  check_whole_files(fixture.here / "disk/out");
  BOOST_TEST(::umount((fixture.here / "disk").c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_an_error) {
  const StudyFixture fixture;
  fixture.write("runs", "a file where the folder should be");
  Said said = fixture.run({"run", "study.ini"});
  check_exit(said, 1);
  check_text(fixture.tidy(said.err),
             "error: cannot create the run folder <here>/runs/small: Not a directory\n"
             "  run from another folder, or name a place for the results: --out DIR\n");
  check_exit(fixture.run({"run", "study.ini", "training.steps=1", "--out", "elsewhere"}), 0);
}

BOOST_AUTO_TEST_CASE(a_folder_without_permission_is_an_error, *boost::unit_test::precondition(support::needs_no_root)) {
  const StudyFixture fixture;
  fs::permissions(fixture.here, fs::perms::owner_read | fs::perms::owner_exec);
  const Said said = fixture.run({"run", "study.ini"});
  fs::permissions(fixture.here, fs::perms::owner_all);
  check_exit(said, 1);
  check_says(said.err, "Permission denied");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(surroundings)

BOOST_AUTO_TEST_CASE(progress_as_json_is_one_object_per_line) {
  const StudyFixture fixture;
  // Everything printed during a run: progress, and a warning about a model that fails.
  const Said said = fixture.run({"run", "study.ini", "model:l2.learning_rate=1e6", "--progress", "json"});
  check_exit(said, 5);
  std::size_t progress = 0, warnings = 0;
  for (const std::string& line : lines_of(said.err)) {
    BOOST_TEST_REQUIRE(json::accept(line), line);
    const json j = json::parse(line);
    BOOST_TEST(j.is_object());
    if (j.contains("warning"))
      ++warnings;
    else
      for (const char* key : {"steps", "seconds", "steps_per_second", "seconds_left", "models"})
        BOOST_TEST(j.contains(key), key);
    progress += j.contains("models");
  }
  BOOST_TEST(progress >= 1u);
  BOOST_TEST(warnings == 1u);
}

BOOST_AUTO_TEST_CASE(progress_none_prints_nothing_and_no_style_changes_the_rows) {
  const StudyFixture fixture;
  std::string rows;
  for (const std::string style : {"auto", "bar", "line", "json", "none"}) {
    const Said said = fixture.run({"run", "study.ini", "--progress", style, "--out", style});
    check_exit(said, 0);
    if (style == "none") BOOST_TEST(said.err == "");
    if (style == "auto") BOOST_TEST(said.err.find('\r') == std::string::npos);  // no bar in a log file
    BOOST_TEST(fixture.read(style + "/metrics.csv") ==
               (rows.empty() ? rows = fixture.read(style + "/metrics.csv") : rows));
  }
}

BOOST_AUTO_TEST_CASE(the_heading_describes_the_run) {
  const StudyFixture fixture;
  const Said said = fixture.run({"run", "study.ini", "--out", "out"});
  check_exit(said, 0);
  for (const std::string part :
       {"pipeline small, seed 1\n", "  dataset    digits: 600 training and 200 test images of 28 x 28, 10 classes\n",
        "  network    784 - 16 - 10, ReLU\n", "  training   30 steps of 20 samples; ",
        "  models     plain: no regulariser; learning rate 0.1\n",
        "             l2: l2 (lambda = 0.001); learning rate 0.1\n", "  metrics    accuracy every 10, on test\n"})
    check_says(said.out, part);
  check_says(fixture.tidy(said.out), "\nresults in <here>/out\n");
}

BOOST_AUTO_TEST_CASE(without_gnuplot_a_warning_names_the_package) {
  StudyFixture fixture;
  fs::create_directories(fixture.here / "no-tools");
  fixture.environment["PATH"] = (fixture.here / "no-tools").string();
  const Said said = fixture.run({"run", "study.ini", "+report:plots", "--out", "out", "--progress", "none"});
  check_exit(said, 0);
  check_says(said.err, "warning: plots: gnuplot is not installed ('sudo apt-get install gnuplot-nox')");
  BOOST_TEST(said.out.find("pictures in") == std::string::npos);
  BOOST_TEST(fs::exists(fixture.here / "out/plots/accuracy.gp"));
  BOOST_TEST(fs::exists(fixture.here / "out/plots/accuracy.tsv"));
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(another_locale_changes_no_byte) {
  StudyFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "+metric:loss.every=10", "--out", "plain"}), 0);
  // If no German locale is installed, this still checks that the variables do no harm.
  for (const std::string locale : {"de_DE.UTF-8", "C.UTF-8", "nonsense"}) {
    fixture.environment["LC_ALL"] = fixture.environment["LANG"] = locale;
    check_exit(fixture.run({"run", "study.ini", "+metric:loss.every=10", "--out", locale}), 0);
    BOOST_TEST(fixture.read(locale + "/metrics.csv") == fixture.read("plain/metrics.csv"));
    BOOST_TEST(fixture.read(locale + "/resolved.ini") == fixture.read("plain/resolved.ini"));
  }
}

BOOST_AUTO_TEST_CASE(the_loader_can_start_the_program,
                     *boost::unit_test::precondition([](auto) { return fs::exists("/lib64/ld-linux-x86-64.so.2"); })) {
  World world;
  world.write("study.ini", small_study);
  world.environment.erase("OPENBLAS_NUM_THREADS");
  const std::string start = "/lib64/ld-linux-x86-64.so.2 ";
  check_exit(world.bash(start + "$P version"), 0);
  check_exit(world.bash("ln -s $P program && " + start + "./program run study.ini --progress none --out out"), 0);
  check_exit(world.bash(start + BUILD_DIR "/lib/pipeline/laws --help"), 0);
}

BOOST_AUTO_TEST_CASE(an_empty_environment_works) {
  StudyFixture fixture;
  fixture.environment.clear();
  check_exit(fixture.run({"run", "study.ini", "training.steps=1", "--out", "out"}), 0);
  check_exit(fixture.run({"plugins", "path"}), 0);
  check_exit(fixture.run({"data", "path", "mnist"}), 0);
}

BOOST_AUTO_TEST_CASE(a_shipped_pipeline_is_found_by_its_bare_name_and_its_path_is_printed) {
  const World world;
  Said said = world.run({"check", "mnist_snr.ini"});
  check_exit(said, 0);
  check_text(world.tidy(said.err), "using the shipped pipeline <source>/pipelines/mnist_snr.ini\n");
  // A file of that name in the working directory takes precedence, without a message.
  world.write("mnist_snr.ini", small_study);
  said = world.run({"check", "mnist_snr.ini"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  check_text(
      said.out,
      "mnist_snr.ini is fine: 2 models, 30 steps, 1 metric, 0 reports\nits data was not read; --data reads it\n");
}

BOOST_AUTO_TEST_CASE(threads_and_other_models_change_no_result) {
  const StudyFixture fixture;
  const auto rows = [&](const std::string& out, const Words& more) {
    check_exit(fixture.run(Words{"run", "study.ini", "--out", out} + more), 0);
    std::string text;
    for (const std::string& line : lines_of(fixture.read(out + "/metrics.csv")))
      if (line.find(",l2,") != std::string::npos) text += line + "\n";
    return text;
  };
  const std::string alone = rows("a", {"--threads", "1", "~model:plain"});
  BOOST_TEST(lines_of(alone).size() == 4u);
  BOOST_TEST(rows("b", {"--threads", "1"}) == alone);
  BOOST_TEST(rows("c", {"--threads", "3", "+model:more.regularisers=dropout"}) == alone);
}

BOOST_AUTO_TEST_SUITE_END()
