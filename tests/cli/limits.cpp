// Limits of memory, threads and file size: a command ends, at once or with words that say which limit it met.
#include <nlohmann/json.hpp>

#include "support/csv_rows.hpp"
#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(one_thread_of_openblas_from_load_to_exit,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  // A second one takes 140 MB of address space, and asks for it for ever where that is limited.
  const StudyFixture fixture;
  const std::string limited = "ulimit -v 180000; export PIPELINE_PROBE_SECONDS=20; ";
  check_exit(fixture.bash(limited + "timeout 20 $P version"), 0);
  check_exit(fixture.bash(limited + "export OPENBLAS_NUM_THREADS=2; timeout 20 $P version"), 0);
  check_exit(fixture.bash(limited + "timeout 20 $P check study.ini"), 0);
  check_exit(fixture.bash(limited + "timeout 20 $P plugins inspect l2"), 0);
  check_exit(fixture.bash(limited + "timeout 20 " BUILD_DIR "/lib/pipeline/laws --help"), 0);
  const Said probed = fixture.bash(limited + "timeout 20 " BUILD_DIR "/lib/pipeline/probe " BUILD_DIR
                                             "/lib/pipeline/template/example_regulariser.so");
  check_exit(probed, 0);
  check_says(probed.out, "example_regulariser");
}

BOOST_AUTO_TEST_CASE(a_run_under_a_limit_of_address_space_gives_the_same_rows,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  const StudyFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "free"}), 0);
  check_exit(fixture.bash("ulimit -v 600000; timeout 60 $P run study.ini --threads 1 --out limited"), 0);
  BOOST_TEST(fixture.read("limited/metrics.csv") == fixture.read("free/metrics.csv"));
}

BOOST_AUTO_TEST_CASE(a_program_is_known_by_its_name) {
  // It starts itself again, and must be found by what looks for its name.
  const StudyFixture fixture;
  const auto child = fixture.start({"run", "study.ini", "training.steps=100000000", "--out", "out"});
  BOOST_TEST(child->wait_until([&] { return fs::exists(fixture.here / "out/metrics.csv"); }));
  BOOST_TEST(read_file("/proc/" + std::to_string(child->pid()) + "/comm") == "pipeline\n");
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_size_does_not_kill) {
  const StudyFixture fixture;
  // 20 kB: weights.h5 does not fit. SIGXFSZ has its default action.
  Said said = fixture.bash("ulimit -f 20; $P run study.ini --out out --progress none");
  check_exit(said, 1);
  check_text(fixture.tidy(said.err), no_room_for_weights("<here>/out", "File too large"));
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "failed"));
  // metrics.csv itself reaches the limit.
  said = fixture.bash(
      "ulimit -f 20; $P run study.ini training.steps=3000 metric:accuracy.every=1 --out rows --progress none");
  check_exit(said, 1);
  check_says(fixture.tidy(said.err), "error: cannot write <here>/rows/metrics.csv: File too large\n");
  const std::string rows = fixture.read("rows/metrics.csv");
  BOOST_TEST(rows.ends_with("\n"));
  BOOST_TEST(rows.size() > 20'000u);
  for (const CsvRow& row : csv_rows(rows)) BOOST_TEST(!row.value.empty());
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_whole_rows_and_the_status_failed,
                     *boost::unit_test::precondition(support::needs_a_small_disk)) {
  const StudyFixture fixture;
  fs::create_directories(fixture.here / "disk");
  for (const std::string size : {"24k", "28k", "32k"}) {
    BOOST_TEST_REQUIRE(::mount("tmpfs", (fixture.here / "disk").c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0);
    const Said said = fixture.run({"run", "study.ini", "training.steps=3000", "metric:accuracy.every=1", "--out",
                                   "disk/out", "--progress", "none"});
    check_exit(said, 1);
    check_says(fixture.tidy(said.err), "error: cannot write <here>/disk/out/metrics.csv: No space left on device\n");
    const std::string rows = fixture.read("disk/out/metrics.csv");
    BOOST_TEST(rows.size() > 100u);
    BOOST_TEST(rows.ends_with("\n"));
    for (const CsvRow& row : csv_rows(rows)) BOOST_TEST(!row.value.empty());
    const json run = json::parse(fixture.read("disk/out/run.json"));
    BOOST_TEST((run["status"] == "failed"));
    check_says(run["failures"]["run"].get<std::string>(), "metrics.csv: No space left on device");
    BOOST_TEST(run.contains("ended"));
    BOOST_TEST(::umount((fixture.here / "disk").c_str()) == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_thread_that_cannot_be_started_is_named_and_nobody_is_blamed,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  const StudyFixture fixture;
  // Stacks of 400 MB, of which only few fit.
  const std::string limited = "ulimit -s 400000; ulimit -v 1500000; ";
  const std::string expected =
      "error: cannot start a thread: Resource temporarily unavailable\n"
      "  use fewer (--threads 1), or raise the limits of processes and memory (ulimit -u, -v)\n";
  Said said = fixture.bash(limited + "$P run study.ini dataset.train=4000 --threads 64 --out out --progress none");
  check_exit(said, 1);
  check_text(said.err, expected);
  // Where the dataset needs no threads, it is the run that cannot start them.
  fixture.write("t.csv", "a,b\n1,x\n2,y\n1,x\n2,y\n");
  fixture.write("csv.ini",
                "[dataset]\nplugin = csv\ntrain = t.csv\nheader = yes\ntest_rows = 2\n[network]\nlayers = 1, 1000, 2\n"
                "[training]\nsteps = 1\nbatch_size = 1\n[model:plain]\n");
  said = fixture.bash(limited + "$P run csv.ini --threads 64 --out out2 --progress none");
  check_exit(said, 1);
  check_text(said.err, expected);
  said = fixture.bash(limited + "$P sweep study.ini 'pipeline.seed={1..64}' --threads 64 --out s --progress none");
  check_exit(said, 1);
  check_says(said.err, expected);
  // The remedy works.
  check_exit(fixture.bash(limited + "$P run study.ini dataset.train=4000 --threads 1 --out out3 --progress none"), 0);
}

BOOST_AUTO_TEST_CASE(memory_is_reckoned_before_any_work, *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  const StudyFixture fixture;
  const std::string layers = "network.layers=784,1000000,1000000,10";
  for (const std::string command : {"check", "run"}) {
    const Said said = fixture.run({command, "study.ini", layers});
    check_exit(said, 2);
    check_says(said.err,
               "command line: network.layers: error: these layers have 4.0 TB of weights, and 4 networks start "
               "(control, models and what all start from): 16 TB, which is too much: ");
    BOOST_TEST(!fs::exists(fixture.here / "runs"));
  }
  // A product beyond 64 bits.
  check_exit(fixture.run({"check", "study.ini",
                          "network.layers=784,1000000,1000000,1000000,1000000,1000000,1000000,1000000,10"}),
             2);
  Said said = fixture.bash("ulimit -v 2000000; $P check study.ini network.layers=784,20000,20000,10");
  check_exit(said, 2);
  check_says(said.err, "these layers have 1.7 GB of weights");
  check_says(said.err, ": 6.7 GB, which is too much: ulimit -v allows 2.0 GB");
  said = fixture.bash(
      "ulimit -v 2000000; $P check study.ini network.layers=784,100000,10 dataset.train=60000 "
      "training.batch_size=50000");
  check_exit(said, 2);
  check_says(said.err, "the units of a batch of 50000 take 20 GB");
  said = fixture.bash("ulimit -v 2000000; $P check study.ini dataset.train=10000000");
  check_exit(said, 2);
  check_says(said.err, "dataset 'digits' has 7.8 GB of samples");
  // A table is read whole.
  std::ofstream(fixture.here / "t.csv") << "a,b\n";
  fs::resize_file(fixture.here / "t.csv", 3'000'000'000);  // a hole, which takes no room on the disk
  fixture.write("csv.ini",
                "[dataset]\nplugin = csv\ntrain = t.csv\nheader = yes\ntest_rows = 2\n[network]\nlayers = 1, 2\n"
                "[training]\nsteps = 1\nbatch_size = 1\n[model:plain]\n");
  for (const std::string command : {"check", "run"}) {
    said = fixture.bash("ulimit -v 2000000; $P " + command + " csv.ini");
    check_exit(said, 2);
    check_says(said.err,
               "csv.ini:3:9: error: [dataset]: train is a file of 3.0 GB, which is too much: ulimit -v allows 2.0 GB");
  }
  // What fits is not refused.
  check_exit(fixture.bash("ulimit -v 2000000; $P check study.ini network.layers=784,3000,3000,10"), 0);
}

BOOST_AUTO_TEST_SUITE_END()
