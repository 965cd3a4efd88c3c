// The surroundings of a run that is continued: full and read-only disks, no home, few descriptors, little memory, many
// processes at once.
#include <sys/mount.h>

#include <nlohmann/json.hpp>

#include "base/utc.hpp"
#include "support/plugin_fixture.hpp"
#include "support/requirements.hpp"
#include "support/same_run.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// A run that was stopped while data was loading is the shortest one: all of its training is still to come.
struct StoppedFixture : World {
  StoppedFixture() {
    write("study.ini",
          replaced(small_study, "[metric:accuracy]\n", "[metric:node_snr]\nevery = 10\n\n[metric:accuracy]\n"));
    check_exit(run({"run", "study.ini", "--out", "whole"}), 0);
    auto child = start({"run", "study.ini", "training.steps=100000000", "--out", "out", "--threads", "1"});
    BOOST_TEST(child->wait_until([&] { return lines_of(read("out/metrics.csv")).size() > 8; }));
    child->signal(SIGKILL);
    child->finish();
    // The first checkpoint is that of step 0. More steps are allowed, and fewer with this word.
    words = {"run", "study.ini", "--resume", "--out", "out", "--allow-changed", "--progress", "none"};
  }
  void check_same() const {
    check_same_run(here / "whole", here / "out");
    for (const auto& file : fs::recursive_directory_iterator(here / "out"))
      BOOST_TEST(file.path().extension() != ".part", file.path());
  }
  Words words;
};

std::size_t pages_of(const fs::path& folder) {
  std::size_t pages = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    pages += 1 + (entry.is_regular_file() ? (entry.file_size() + 4095) / 4096 : 0);
  return pages;
}

/// A small disk at `out`, which begins as a copy of the run.
class SmallDisk {
 public:
  SmallDisk(const fs::path& folder, const std::string& size) : folder_(folder) {
    const fs::path aside = folder.parent_path() / "aside";
    fs::rename(folder, aside);
    fs::create_directory(folder);
    BOOST_TEST_REQUIRE(::mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0);
    fs::copy(aside, folder, fs::copy_options::recursive);
  }
  ~SmallDisk() { ::umount2(folder_.c_str(), MNT_DETACH); }
  void change(unsigned long flags, const std::string& size) const {
    BOOST_TEST_REQUIRE(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | flags, ("size=" + size).c_str()) == 0);
  }

 private:
  fs::path folder_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(resume_surroundings)

BOOST_AUTO_TEST_CASE(a_disk_that_fills_up_during_a_resume_and_then_has_room,
                     *boost::unit_test::precondition(support::needs_a_small_disk)) {
  // With so much room, in kB, other files are the first that do not fit.
  std::size_t failed = 0;
  for (const std::size_t room : {12, 60, 100, 180, 300, 500}) {
    const StoppedFixture fixture;
    const std::string size = std::to_string(pages_of(fixture.here / "out") * 4 + room) + "k";
    const SmallDisk disk(fixture.here / "out", size);
    const Said said = fixture.run(fixture.words);
    BOOST_TEST((said.exit == 0 || said.exit == 1), size << ": " << said.err);
    failed += said.exit == 1;
    if (said.exit == 1)
      BOOST_TEST((said.err.find("No space left on device") != said.err.npos ||
                  said.err.find("\n  is there room?") != said.err.npos),
                 said.err);
    BOOST_TEST(json::accept(fixture.read("out/run.json")), size);
    disk.change(0, "4m");
    check_exit(fixture.run(fixture.words), 0);
    fixture.check_same();
  }
  BOOST_TEST(failed >= 3u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_refused_with_the_reason,
                     *boost::unit_test::precondition(support::needs_a_small_disk)) {
  const StoppedFixture fixture;
  const SmallDisk disk(fixture.here / "out", "4m");
  disk.change(MS_RDONLY, "4m");
  const Said said = fixture.run(fixture.words);
  check_exit(said, 6);
  check_text(fixture.tidy(said.err),
             "error: cannot resume <here>/out: cannot open <here>/out/metrics.csv: Read-only file system\n");
  disk.change(0, "4m");
  check_exit(fixture.run(fixture.words), 0);
  fixture.check_same();
}

BOOST_AUTO_TEST_CASE(without_permission_the_reason_is_told, *boost::unit_test::precondition(support::needs_no_root)) {
  const StoppedFixture fixture;
  fs::permissions(fixture.here / "out/metrics.csv", fs::perms::owner_read);
  const Said said = fixture.run(fixture.words);
  check_exit(said, 6);
  check_says(said.err, "metrics.csv: Permission denied");
}

BOOST_AUTO_TEST_CASE(without_a_home_it_continues) {
  StoppedFixture fixture;
  fixture.environment.clear();
  check_exit(fixture.run(fixture.words), 0);
  fixture.check_same();
}

BOOST_AUTO_TEST_CASE(with_few_descriptors_and_little_memory_it_continues,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  for (const std::string limit : {"ulimit -n 16", "ulimit -v 260000"}) {
    const StoppedFixture fixture;
    check_exit(fixture.bash(limit + "; $P run study.ini --resume --out out --allow-changed --threads 1"), 0);
    fixture.check_same();
  }
}

BOOST_AUTO_TEST_CASE(rows_that_a_disk_refused_once_end_the_run,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  const StoppedFixture whole;
  // The last sync is that before run.json says that the run is finished.
  for (const std::string which : {"1", "2"}) {
    StoppedFixture fixture;
    fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
    fixture.environment["FAULTS_BELOW"] = fixture.here.string();
    fixture.environment["FAULTS_OF"] = "fsync " + (fixture.here / "out/metrics.csv").string();
    fixture.environment["FAULTS_AT"] = which;
    fixture.environment["FAULTS_DO"] = std::to_string(EIO);
    const Said said = fixture.run(fixture.words);
    check_exit(said, 1);
    check_says(fixture.tidy(said.err), "error: cannot write <here>/out/metrics.csv: Input/output error\n");
    BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "failed"));
    fixture.environment.erase("LD_PRELOAD");
    check_exit(fixture.run(fixture.words), 0);
    fixture.check_same();
  }
}

BOOST_AUTO_TEST_CASE(without_locks_it_continues_and_warns,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  StoppedFixture fixture;
  fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
  fixture.environment["FAULTS_LOCKS"] = "none";
  const Said said = fixture.run(fixture.words);
  check_exit(said, 0);
  check_says(
      fixture.tidy(said.err),
      "warning: the file system of <here>/out has no locks, so nothing keeps a second process from writing this run "
      "too\n  resume it only when no process is writing it\n");
  fixture.check_same();
  check_says(fixture.run({"run", "study.ini", "--out", "new"}).err, "/new has no locks");
}

BOOST_AUTO_TEST_CASE(a_time_of_day_that_jumps_moves_no_result,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  StoppedFixture fixture;
  fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
  fixture.environment["FAULTS_CLOCK"] = "jumps";
  check_exit(fixture.run(fixture.words), 0);
  fixture.check_same();
  const std::string this_year = pipeline::base::utc_now("%Y");
  BOOST_TEST(std::string(json::parse(fixture.read("out/run.json"))["ended"]).substr(0, 4) != this_year);
  // An hour does not pass because the time of day says so: a checkpoint at the start, and one after the last update.
  check_exit(fixture.run({"run", "study.ini", "pipeline.checkpoint=1 h", "--out", "new"}), 0);
  BOOST_TEST(int(json::parse(fixture.read("new/run.json"))["checkpoints"]["written"]) == 2);
}

BOOST_AUTO_TEST_CASE(an_error_before_the_first_row_keeps_no_run_from_starting,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  StoppedFixture fixture;
  fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
  fixture.environment["FAULTS_BELOW"] = fixture.here.string();
  fixture.environment["FAULTS_OF"] = "/new/resolved.ini";
  fixture.environment["FAULTS_AT"] = "1";
  fixture.environment["FAULTS_DO"] = std::to_string(EIO);
  const Words words = {"run", "study.ini", "--resume", "--out", "new", "--progress", "none"};
  check_exit(fixture.run(words), 1);
  fixture.environment.erase("LD_PRELOAD");
  check_exit(fixture.run(words), 0);
  check_same_run(fixture.here / "whole", fixture.here / "new");
}

BOOST_AUTO_TEST_CASE(forty_runs_started_at_once_get_a_folder_each_and_the_same_rows) {
  const StoppedFixture fixture;
  std::vector<std::unique_ptr<Child>> all;
  for (int i = 0; i < 40; ++i) all.push_back(fixture.start({"run", "study.ini", "--threads", "1"}));
  for (const auto& child : all) check_exit(child->finish(), 0);
  std::size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(fixture.here / "runs/small")) {
    BOOST_TEST((entry.is_symlink() == (entry.path().filename() == "latest")), entry.path());
    if (entry.is_symlink()) continue;
    ++folders;
    check_same_run(fixture.here / "whole", entry.path());
  }
  BOOST_TEST(folders == 40u);
  BOOST_TEST(fs::exists(fixture.here / "runs/small/latest/metrics.csv"));
}

BOOST_AUTO_TEST_CASE(forty_that_start_or_continue_one_run_at_once_end_with_one_run) {
  const StoppedFixture fixture;
  std::vector<std::unique_ptr<Child>> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(
        fixture.start({"run", "study.ini", "--threads", "1", "--out", "new", "--resume", "--progress", "none"}));
  std::size_t trained = 0;
  for (const auto& child : all) {
    const Said said = child->finish();
    BOOST_TEST((said.exit == 0 || said.exit == 1 || said.exit == 6), said.err);
    if (said.exit == 0) trained += said.out.find("finished already") == said.out.npos;
    if (said.exit == 1)  // depending on when it saw the other one
      BOOST_TEST((said.err.find("another run has just begun in ") != said.err.npos ||
                  said.err.find("--out new is not empty; ") != said.err.npos),
                 said.err);
  }
  BOOST_TEST(trained == 1u);
  check_same_run(fixture.here / "whole", fixture.here / "new");
}

BOOST_AUTO_TEST_SUITE_END()
