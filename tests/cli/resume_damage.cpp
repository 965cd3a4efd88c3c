// Runs with torn or damaged files: repaired to a checkpoint, or refused and left as they are.
#include "cli/resume_fixture.hpp"
#include "support/requirements.hpp"

using namespace support;

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
  check_says(said.err, ": it is finished, and has no checkpoint\n");
  BOOST_TEST((content(fixture.here / "out") == before));
}

BOOST_AUTO_TEST_CASE(a_finished_run_with_damaged_rows_is_never_misread) {
  const ResumeFixture fixture;
  fixture.whole("whole");
  const fs::path metrics = fixture.here / "out/metrics.csv";
  const std::string rows = fixture.read("whole/metrics.csv");
  const std::string without_the_last = rows.substr(0, rows.rfind('\n', rows.size() - 2) + 1);
  const auto damages = std::vector<std::pair<bool, std::string>>{
      // Its checkpoint has the rows of the last step: only damage before them is beyond repair.
      {true, rows.substr(0, rows.size() - 4)},
      {true, without_the_last},
      {true, rows + "1,a,b,,2\n"},
      {true, replaced(rows, "\n300,", "\n299,")},
      {false, replaced(rows, "\n10,", "\n11,")},
      {false, rows.substr(0, rows.size() / 2)},
      {false, ""}};
  for (const auto& [can_be_repaired, damaged] : damages) {
    fs::copy(fixture.here / "whole", fixture.here / "out", fs::copy_options::recursive);
    std::ofstream(metrics) << damaged;
    for (const Words& reads : {Words{"report", "out"}, Words{"compare", "out"}, Words{"compare", "whole", "out"}}) {
      const Said said = fixture.run(reads);
      BOOST_TEST(said.exit != 0, said.out);
      check_says(said.err, damaged.size() == rows.size()
                               ? "out/metrics.csv is not as the run left it: its SHA-256 is not that in run.json\n"
                               : "out/metrics.csv is not as the run left it: it has " + std::to_string(damaged.size()) +
                                     " bytes, not " + std::to_string(rows.size()) + "\n");
    }
    const auto before_resume = content(fixture.here / "out");
    // More steps continue it in another folder, as they do one that is not damaged.
    const Said more = fixture.study_with({"--resume", "out", "--out", "more", "training.steps=310"});
    check_exit(more, can_be_repaired ? 0 : 6);
    BOOST_TEST((content(fixture.here / "out") == before_resume));
    fs::remove_all(fixture.here / "more");
    const Said said = fixture.study_with({"--out", "out", "--resume"});
    if (can_be_repaired) {
      check_exit(said, 0);
      check_says(said.err, "/metrics.csv is not as the run left it\n");
      fixture.check_same("whole", "out");
    } else {
      check_exit(said, 6);
      check_says(said.err,
                 damaged.size() < rows.size() ? "metrics.csv was cut short: it has " : "metrics.csv: its first ");
      check_says(said.err, " that were written before ");
      BOOST_TEST((content(fixture.here / "out") == before_resume));
    }
    // Without its checkpoints nothing can repair it.
    fs::remove_all(fixture.here / "out/checkpoints");
    std::ofstream(metrics) << damaged;
    const auto before = content(fixture.here / "out");
    const Said refused = fixture.study_with({"--out", "out", "--resume"});
    check_exit(refused, 6);
    check_says(refused.err, "metrics.csv is not as the run left it, and there is no checkpoint\n");
    BOOST_TEST((content(fixture.here / "out") == before));
    fs::remove_all(fixture.here / "out");
  }
}

BOOST_AUTO_TEST_CASE(rows_of_a_failed_run_are_checked_too) {
  const ResumeFixture fixture;
  fixture.open_gate();
  const Words fails = {"--out", "out", "model:l2.learning_rate=1e9", "training.on_nan=stop_run"};
  BOOST_TEST(fixture.study_with(fails).exit != 0);
  BOOST_TEST(fixture.status("out") == "failed");
  check_exit(fixture.run({"report", "out"}), 0);
  const std::string rows = fixture.read("out/metrics.csv");
  std::ofstream(fixture.here / "out/metrics.csv") << rows.substr(0, rows.rfind('\n', rows.size() - 2) + 1);
  for (const std::string reads : {"report", "compare"})
    check_says(fixture.run({reads, "out"}).err, "out/metrics.csv is not as the run left it: ");
}

BOOST_AUTO_TEST_CASE(a_resume_that_fails_leaves_a_run_that_can_be_read,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  ResumeFixture fixture;
  fixture.stop({"--out", "out"});
  std::ofstream(fixture.here / "out/metrics.csv", std::ios::app) << "150,pla";  // is cut off
  fixture.environment["LD_PRELOAD"] = BUILD_DIR "/lib/test_libraries/faults.so";
  fixture.environment["FAULTS_BELOW"] = fixture.here.string();
  fixture.environment["FAULTS_OF"] = "ftruncate";
  fixture.environment["FAULTS_AT"] = "1";
  fixture.environment["FAULTS_DO"] = "kill-after";
  check_exit(fixture.study_with({"--out", "out", "--resume"}), 128 + SIGKILL);
  fixture.environment.erase("LD_PRELOAD");
  check_exit(fixture.run({"report", "out"}), 0);
  check_exit(fixture.study_with({"--out", "out", "--resume"}), 0);
  fixture.whole("whole");
  fixture.check_same("whole", "out");
}

BOOST_AUTO_TEST_CASE(a_damaged_run_is_not_passed_over_in_silence) {
  const ResumeFixture fixture;
  fixture.stop({});
  const std::string first = "runs/small/" + fs::read_symlink(fixture.here / "runs/small/latest").string();
  for (const fs::path& file : fixture.checkpoints(first)) change_byte(file);
  const Said said = fixture.study_with({"--resume"});
  check_exit(said, 6);
  check_says(fixture.tidy(said.err), "error: cannot resume <here>/" + first + ": ");
  check_says(said.err, "is damaged: its content does not have the SHA-256 that its first line states");
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
