// What happens around a run: signals, full disks, missing programs, other locales, no terminal.
#include <sys/mount.h>
#include <sys/resource.h>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/csv_rows.hpp"
#include "support/hdf5_file.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

struct Place : World {
  Place() { write("study.ini", small_study); }
  /// A run that does not end by itself, once it has measured a while.
  std::unique_ptr<Child> endless(const Words& more = {}) const {
    auto child = start(Words{"run", "study.ini", "training.steps=100000000", "--out", "out", "--threads", "2"} + more);
    BOOST_TEST(child->wait_until([&] { return lines_of(read("out/metrics.csv")).size() > 20; }));
    return child;
  }
};

bool whole_lines(const std::string& text) { return text.empty() || text.ends_with('\n'); }

/// No file under its final name may be cut off, and no leftovers may lie about.
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

BOOST_AUTO_TEST_CASE(a_signal_ends_the_run_and_keeps_what_was_measured) {
  for (const auto& [number, exit] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGUSR1, 138}, {SIGHUP, 129}}) {
    const Place place;
    auto child = place.endless({"+report:summary.every=50000000"});
    child->signal(number);
    const Said said = child->finish();
    check_exit(said, exit);
    BOOST_TEST(said.out.find("step 50000000") == std::string::npos);  // nobody came there
    check_says(said.err, "stopped: what was measured is kept\n");
    check_says(said.out, "\nsmall after ");  // the report speaks of as far as it came
    BOOST_TEST(said.out.find("after 100000000 updates") == std::string::npos);
    const std::string rows = place.read("out/metrics.csv");
    BOOST_TEST(whole_lines(rows));
    std::map<std::string, std::map<std::string, int>> by_step;
    for (const CsvRow& r : csv_rows(rows)) ++by_step[r.step][r.model];
    BOOST_TEST(by_step.size() > 5u);
    const json run = json::parse(place.read("out/run.json"));
    BOOST_TEST((run["status"] == "stopped"));
    BOOST_TEST(run.contains("ended"));
    BOOST_TEST(read_hdf5(place.here / "out/weights.h5").size() == 12u);
    check_whole_files(place.here / "out");
    // Up to there the rows are those of a run that nobody stopped.
    check_exit(place.run({"run", "study.ini", "training.steps=40", "--out", "whole"}), 0);
    const std::string whole = place.read("whole/metrics.csv");
    const std::string first = whole.substr(0, whole.find("\n40,") + 1);
    BOOST_TEST(rows.starts_with(first));
  }
}

BOOST_AUTO_TEST_CASE(who_was_told_to_ignore_hup_goes_on) {
  const Place place;
  place.write("nohup.sh", "trap '' HUP\nexec \"$@\"\n");
  const fs::path out = place.here.parent_path() / "o", err = place.here.parent_path() / "e";
  Child child("/bin/sh",
              {"nohup.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "training.steps=100000000", "--out", "out"},
              place.here, place.environment, out, err);
  const auto rows = [&] { return lines_of(place.read("out/metrics.csv")).size(); };
  BOOST_TEST(child.wait_until([&] { return rows() > 20; }));
  child.signal(SIGHUP);
  BOOST_TEST(child.wait_until([&, more = rows() + 100] { return rows() > more; }));
  child.signal(SIGTERM);
  check_exit(child.finish(), 143);
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_away_does_not_end_the_run) {
  const Place place;
  place.write("piped.sh", "(\"$@\"; echo $? > exit) | head -n 1\nwhile [ ! -s exit ]; do sleep .1; done\n");
  const fs::path out = place.here.parent_path() / "o", err = place.here.parent_path() / "e";
  Child child("/bin/sh",
              {"piped.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "training.steps=3000",
               "+report:summary.every=10", "--out", "out"},
              place.here, place.environment, out, err);
  check_exit(child.finish(), 0);
  BOOST_TEST(place.read("exit") == "0\n");
  BOOST_TEST((json::parse(place.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_it_at_once) {
  // gnuplot hangs, so that the first signal cannot end the run by itself.
  Place place;
  const fs::path tools = place.here / "tools";
  place.write("tools/gnuplot", "#!/bin/sh\nexec sleep 50\n");
  fs::permissions(tools / "gnuplot", fs::perms::owner_all);
  place.environment["PATH"] = tools.string() + ":/usr/bin:/bin";
  auto child = place.endless({"+report:plots"});
  child->signal(SIGTERM);
  BOOST_TEST((child->wait_until([&] { return json::parse(place.read("out/run.json"))["status"] == "stopped"; })));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the same signal twice in one breath counts once
  child->signal(SIGTERM);
  const auto before = std::chrono::steady_clock::now();
  check_exit(child->finish(), 143);
  // Not a limit on speed: a run that waits for its report would need fifty seconds.
  BOOST_TEST((std::chrono::steady_clock::now() - before < std::chrono::seconds(30)));
  BOOST_TEST(whole_lines(place.read("out/metrics.csv")));
}

BOOST_AUTO_TEST_CASE(a_killed_run_leaves_whole_lines_and_files) {
  const Place place;
  auto child = place.endless({"+report:summary.every=50", "+metric:snr_optimality.every=10"});
  child->signal(SIGKILL);
  check_exit(child->finish(), 128 + SIGKILL);
  BOOST_TEST((json::parse(place.read("out/run.json"))["status"] == "running"));
  for (const std::string name : {"run.json"}) BOOST_TEST(json::accept(place.read("out/" + name)));
  if (fs::exists(place.here / "out/nodes.h5")) BOOST_CHECK_NO_THROW(read_hdf5(place.here / "out/nodes.h5"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(disks)

BOOST_AUTO_TEST_CASE(a_file_that_cannot_grow_is_a_clear_error_and_no_half_file) {
  // A limit on the size of files stands in for a full disk: any user can set it, and a write fails the same way.
  Place place;
  place.write("limited.sh", "trap '' XFSZ\nulimit -f 40\nexec \"$@\"\n");  // 20 or 40 kB, as the shell counts
  const fs::path out = place.here.parent_path() / "o", err = place.here.parent_path() / "e";
  Child child("/bin/sh",
              {"limited.sh", BUILD_DIR "/bin/pipeline", "run", "study.ini", "--out", "out", "--progress", "none"},
              place.here, place.environment, out, err);
  const Said said = child.finish();
  check_exit(said, 1);
  check_text(place.tidy(said.err),
             "error: cannot write <here>/out/weights.h5.part: File too large\n"
             "  make room there, or name another place for the results: --out DIR\n");
  BOOST_TEST(!fs::exists(place.here / "out/weights.h5"));
  BOOST_TEST(lines_of(place.read("out/metrics.csv")).size() == 10u);  // what was measured is kept
  BOOST_TEST((json::parse(place.read("out/run.json"))["status"] == "failed"));
  check_whole_files(place.here / "out");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_a_clear_error_and_no_half_file) {
  const Place place;
  fs::create_directories(place.here / "disk");
  if (::mount("tmpfs", (place.here / "disk").c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("skipped: only root may mount a small disk");
    return;
  }
  const Said said = place.run({"run", "study.ini", "--out", "disk/out", "--progress", "none"});
  check_exit(said, 1);
  check_text(place.tidy(said.err),
             "error: cannot write <here>/disk/out/weights.h5.part: No space left on device\n"
             "  make room there, or name another place for the results: --out DIR\n");
  BOOST_TEST(!fs::exists(place.here / "disk/out/weights.h5"));
  check_whole_files(place.here / "disk/out");
  BOOST_TEST(::umount((place.here / "disk").c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_place_where_nothing_can_be_written) {
  const Place place;
  place.write("runs", "a file where the folder should be");
  Said said = place.run({"run", "study.ini"});
  check_exit(said, 1);
  check_text(place.tidy(said.err),
             "error: cannot create the run folder <here>/runs/small: Not a directory\n"
             "  run from another folder, or name a place for the results: --out DIR\n");
  check_exit(place.run({"run", "study.ini", "training.steps=1", "--out", "elsewhere"}), 0);
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("skipped: root may write everywhere");
    return;
  }
  fs::remove(place.here / "runs");
  fs::permissions(place.here, fs::perms::owner_read | fs::perms::owner_exec);
  said = place.run({"run", "study.ini"});
  fs::permissions(place.here, fs::perms::owner_all);
  check_exit(said, 1);
  check_says(said.err, "Permission denied");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(surroundings)

BOOST_AUTO_TEST_CASE(progress_as_json_is_an_object_a_line) {
  const Place place;
  // Everything that is told on the way: progress, a model that fails.
  const Said said = place.run({"run", "study.ini", "model:l2.learning_rate=1e6", "--progress", "json"});
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

BOOST_AUTO_TEST_CASE(progress_none_is_silent_and_no_style_changes_the_rows) {
  const Place place;
  std::string rows;
  for (const std::string style : {"auto", "bar", "line", "json", "none"}) {
    const Said said = place.run({"run", "study.ini", "--progress", style, "--out", style});
    check_exit(said, 0);
    if (style == "none") BOOST_TEST(said.err == "");
    if (style == "auto") BOOST_TEST(said.err.find('\r') == std::string::npos);  // no bar in a job's log
    BOOST_TEST(place.read(style + "/metrics.csv") == (rows.empty() ? rows = place.read(style + "/metrics.csv") : rows));
  }
}

BOOST_AUTO_TEST_CASE(the_heading_says_what_will_run_within_100_columns) {
  const Place place;
  const Said said = place.run({"run", "study.ini", "--out", "out"});
  check_exit(said, 0);
  for (const std::string part :
       {"pipeline small, seed 1\n", "  data set   digits: 600 training and 200 test images of 28 x 28, 10 classes\n",
        "  network    784 - 16 - 10, ReLU\n", "  training   30 steps of 20 samples; ",
        "  models     plain: no regulariser; learning rate 0.1\n",
        "             l2: l2 (lambda = 0.001); learning rate 0.1\n", "  metrics    accuracy every 10, on test\n"})
    check_says(said.out, part);
  check_says(place.tidy(said.out), "\nresults in <here>/out\n");
}

BOOST_AUTO_TEST_CASE(without_gnuplot_there_is_a_warning_that_names_the_package) {
  Place place;
  fs::create_directories(place.here / "no-tools");
  place.environment["PATH"] = (place.here / "no-tools").string();
  const Said said = place.run({"run", "study.ini", "+report:plots", "--out", "out", "--progress", "none"});
  check_exit(said, 0);
  check_says(said.err, "warning: plots: gnuplot is not installed ('sudo apt-get install gnuplot-nox')");
  BOOST_TEST(said.out.find("pictures in") == std::string::npos);
  BOOST_TEST(fs::exists(place.here / "out/plots/accuracy.gp"));
  BOOST_TEST(fs::exists(place.here / "out/plots/accuracy.tsv"));
  BOOST_TEST((json::parse(place.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(another_locale_gives_the_same_bytes) {
  Place place;
  check_exit(place.run({"run", "study.ini", "+metric:loss.every=10", "--out", "plain"}), 0);
  // Where no German locale is installed, this still checks that the variable does no harm.
  for (const std::string locale : {"de_DE.UTF-8", "C.UTF-8", "nonsense"}) {
    place.environment["LC_ALL"] = place.environment["LANG"] = locale;
    check_exit(place.run({"run", "study.ini", "+metric:loss.every=10", "--out", locale}), 0);
    BOOST_TEST(place.read(locale + "/metrics.csv") == place.read("plain/metrics.csv"));
    BOOST_TEST(place.read(locale + "/resolved.ini") == place.read("plain/resolved.ini"));
  }
}

BOOST_AUTO_TEST_CASE(no_environment_at_all) {
  Place place;
  place.environment.clear();
  check_exit(place.run({"run", "study.ini", "training.steps=1", "--out", "out"}), 0);
  check_exit(place.run({"plugins", "path"}), 0);
  check_exit(place.run({"data", "path", "mnist"}), 0);
}

BOOST_AUTO_TEST_CASE(a_shipped_pipeline_is_found_by_its_bare_name_and_told) {
  const World world;
  Said said = world.run({"check", "mnist_snr.ini"});
  check_exit(said, 0);
  check_text(world.tidy(said.err), "using the shipped <source>/pipelines/mnist_snr.ini\n");
  // A file of one's own wins, and nothing needs to be told.
  world.write("mnist_snr.ini", small_study);
  said = world.run({"check", "mnist_snr.ini"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  check_text(said.out, "mnist_snr.ini is fine: 2 models, 30 steps, 1 metric, 0 reports\n");
}

BOOST_AUTO_TEST_CASE(threads_and_neighbours_change_no_number) {
  const Place place;
  const auto rows = [&](const std::string& out, const Words& more) {
    check_exit(place.run(Words{"run", "study.ini", "--out", out} + more), 0);
    std::string text;
    for (const std::string& line : lines_of(place.read(out + "/metrics.csv")))
      if (line.find(",l2,") != std::string::npos) text += line + "\n";
    return text;
  };
  const std::string alone = rows("a", {"--threads", "1", "~model:plain"});
  BOOST_TEST(lines_of(alone).size() == 4u);
  BOOST_TEST(rows("b", {"--threads", "1"}) == alone);
  BOOST_TEST(rows("c", {"--threads", "3", "+model:more.regularisers=dropout"}) == alone);
}

BOOST_AUTO_TEST_SUITE_END()
