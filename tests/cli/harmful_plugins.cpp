// Libraries that crash, hang or end whoever loads them: found out in a process of their own, and remembered.
#include <nlohmann/json.hpp>

#include <sys/file.h>
#include <sys/stat.h>

#include "support/bench.hpp"

using namespace support;

namespace {

const Words names_harms = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=harms"};

/// The files in which verdicts are remembered.
std::vector<fs::path> memory(const World& world) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(world.home() / ".cache/pipeline/probed", ignored))
    out.push_back(file.path());
  return out;
}

/// "... found on 2026-01-31 12:00 UTC, ..." with the time left out.
std::string timeless(std::string text) {
  const std::string before = "found on ", after = " UTC";
  if (const std::size_t at = text.find(before); at != std::string::npos)
    text.replace(at + before.size(), text.find(after, at) - at - before.size(), "DAY");
  return text;
}

/// Refused by `check`, afresh and remembered, with these words; the shipped plugins are not disturbed.
void check_refused(Bench& bench, const std::string& library, const std::string& cause, const std::string& remedy,
                   std::source_location where = std::source_location::current()) {
  bench.put(libraries / (library + ".so"));
  const std::string file = "\n  <here>/plugins/" + library + ".so\n  ", end = remedy + "\n";
  Said said = bench.with(names_harms);
  check_exit(said, 3, where);
  check_text(bench.tidy(said.err), "error: command line: " + cause + file + end, where);
  said = bench.with(names_harms);
  check_exit(said, 3, where);
  check_text(timeless(bench.tidy(said.err)),
             "error: command line: " + cause + file +
                 "found on DAY UTC, remembered until the file changes or `pipeline plugins doctor` tries it again\n  " +
                 end,
             where);
  check_exit(bench.with({"check", "study.ini"}), 0, where);
}

/// Nobody holds the lock, or whoever holds it ends soon.
bool set_free(const fs::path& lock) {
  const int file = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
  bool free = false;
  for (int tries = 0; file >= 0 && !free && tries < 400; ++tries) {
    free = ::flock(file, LOCK_EX | LOCK_NB) == 0;
    if (!free) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::close(file);
  return free;
}

const std::string mend = "mend the plugin or take its library away";

}  // namespace

BOOST_AUTO_TEST_SUITE(harmful_plugins)

BOOST_AUTO_TEST_CASE(a_crash_while_loading) {
  Bench bench;
  check_refused(
      bench, "crashes_loading",
      "regulariser 'harms' cannot be used: the library crashes while it is loaded (SIGSEGV, Segmentation fault)", mend);
}

BOOST_AUTO_TEST_CASE(a_hang_while_loading) {
  Bench bench;
  bench.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  check_refused(bench, "hangs_loading",
                "regulariser 'harms' cannot be used: the library hangs while it is loaded: no answer within 0.5 s",
                mend + "; PIPELINE_PROBE_SECONDS gives it longer");
  // What was too slow before is given the longer time that it has now.
  bench.environment["PIPELINE_PROBE_SECONDS"] = "0.75";
  check_says(bench.with(names_harms).err, "hangs while it is loaded: no answer within 0.75 s\n");
}

BOOST_AUTO_TEST_CASE(what_a_library_starts_ends_with_its_trial) {
  for (const std::string library : {"forks_loading", "forks_and_hangs_loading"}) {
    Bench bench;
    const fs::path lock = bench.here / "lock";
    bench.environment["PIPELINE_PROBE_SECONDS"] = "3";
    bench.environment["HARMS_LOCK"] = lock.string();
    bench.put(libraries / (library + ".so"));
    bench.with({"plugins", "doctor"});
    BOOST_TEST(fs::exists(lock));
    BOOST_TEST(set_free(lock), library);
  }
}

BOOST_AUTO_TEST_CASE(an_end_of_the_program_while_loading) {
  Bench bench;
  check_refused(bench, "exits_loading",
                "regulariser 'harms' cannot be used: the library ends the program while it is loaded, with exit code 7",
                mend);
}

BOOST_AUTO_TEST_CASE(an_exception_while_loading) {
  Bench bench;
  check_refused(
      bench, "throws_loading",
      "regulariser 'harms' cannot be used: the library ends the program while it is loaded: nobody catches its "
      "exception, no licence found",
      mend);
}

BOOST_AUTO_TEST_CASE(a_crash_while_it_is_made_names_the_plugin) {
  Bench bench;
  check_refused(bench, "crashes_making", "regulariser 'harms' crashes while it is made (SIGSEGV, Segmentation fault)",
                mend);
  // Its neighbour would share the process with it.
  const Said said = bench.with({"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=neighbour"});
  check_exit(said, 3);
  check_says(said.err,
             "error: command line: regulariser 'neighbour' cannot be used: regulariser 'harms' crashes while it is "
             "made (SIGSEGV");
}

BOOST_AUTO_TEST_CASE(a_hang_while_it_declares) {
  Bench bench;
  bench.environment["PIPELINE_PROBE_SECONDS"] = "3";  // it must come as far on a busy machine too
  check_refused(bench, "hangs_declaring",
                "regulariser 'harms' hangs while it declares its parameters: no answer within 3 s",
                mend + "; PIPELINE_PROBE_SECONDS gives it longer");
}

BOOST_AUTO_TEST_CASE(a_crash_at_the_end_would_spoil_the_exit_code) {
  Bench bench;
  check_refused(
      bench, "crashes_ending",
      "regulariser 'harms' cannot be used: the library crashes when the program ends (SIGSEGV, Segmentation fault)",
      mend);
}

BOOST_AUTO_TEST_CASE(a_run_is_stopped_before_any_work) {
  Bench bench;
  bench.put(libraries / "crashes_loading.so");
  const Said said = bench.run_with_regulariser("harms");
  check_exit(said, 3);
  check_says(said.err, "the library crashes while it is loaded");
  BOOST_TEST(!fs::exists(bench.here / "out"));
}

BOOST_AUTO_TEST_CASE(nobody_loads_what_no_pipeline_names) {
  Bench bench;
  for (const char* library : {"crashes_loading.so", "hangs_loading.so", "exits_loading.so"})
    bench.put(libraries / library);
  check_exit(bench.with({"run", "study.ini", "--out", "out", "--progress", "none"}), 0);
  BOOST_TEST(memory(bench).empty());  // not even tried
}

BOOST_AUTO_TEST_CASE(the_list_goes_on_past_every_broken_library) {
  Bench bench;
  bench.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  bench.put(libraries / "hangs_loading.so");
  const Said said = bench.with({"plugins", "list"});
  check_exit(said, 3);
  check_says(said.out, " refused: regulariser 'harms' cannot be used: the library hangs while it is");
  check_says(said.out, "\n  l2 ");
  check_says(said.out, "\nreports\n");
}

BOOST_AUTO_TEST_CASE(a_verdict_is_forgotten_when_the_file_changes) {
  Bench bench;
  bench.put(libraries / "crashes_loading.so", "harms.so");
  check_exit(bench.with(names_harms), 3);
  BOOST_TEST_REQUIRE(memory(bench).size() == 1u);
  bench.put(libraries / "crashes_ending.so", "harms.so");
  Said said = bench.with(names_harms);
  check_says(said.err, "the library crashes when the program ends");
  BOOST_TEST(said.err.find("remembered") == std::string::npos);
  // The same bytes, written again, are another file as far as anybody can tell without reading them.
  const fs::path library = bench.here / "plugins/harms.so";
  check_says(bench.with(names_harms).err, "remembered");
  struct stat was {};
  BOOST_TEST_REQUIRE(::stat(library.c_str(), &was) == 0);
  const timespec times[2] = {was.st_atim, {was.st_mtim.tv_sec, (was.st_mtim.tv_nsec + 1) % 1'000'000'000}};
  BOOST_TEST_REQUIRE(::utimensat(AT_FDCWD, library.c_str(), times, 0) == 0);  // one nanosecond
  BOOST_TEST(bench.with(names_harms).err.find("remembered") == std::string::npos);
  BOOST_TEST(memory(bench).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_verdict_is_forgotten_with_another_engine_and_half_a_file_is_none) {
  Bench bench;
  bench.put(libraries / "crashes_loading.so");
  check_exit(bench.with(names_harms), 3);
  BOOST_TEST_REQUIRE(memory(bench).size() == 1u);
  const fs::path file = memory(bench)[0];
  nlohmann::json known = nlohmann::json::parse(read_file(file));
  BOOST_TEST((known["refused"]["cause"] == "the library crashes while it is loaded (SIGSEGV, Segmentation fault)"));
  BOOST_TEST(known["engine"]["path"].get<std::string>().starts_with(BUILD_DIR "/lib/libpipeline.so"));
  // Remembered words are shown as they stand: so it is the memory that speaks.
  known["refused"]["cause"] = "the library is as we remember it";
  std::ofstream(file) << known;
  check_says(bench.with(names_harms).err, "cannot be used: the library is as we remember it\n");
  known["engine"]["mtime_ns"] = 1;
  std::ofstream(file) << known;
  check_says(bench.with(names_harms).err, "the library crashes while it is loaded");
  std::ofstream(file) << known.dump().substr(0, 40);
  check_says(bench.with(names_harms).err, "the library crashes while it is loaded");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_passed_is_not_tried_again) {
  Bench bench;
  bench.put(libraries / "misbehaves.so");
  const Words words = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=hook_throws"};
  check_exit(bench.with(words), 0);
  BOOST_TEST_REQUIRE(memory(bench).size() == 1u);
  const auto written = fs::last_write_time(memory(bench)[0]);
  BOOST_TEST(nlohmann::json::parse(read_file(memory(bench)[0]))["refused"].is_null());
  check_exit(bench.with(words), 0);
  BOOST_TEST((fs::last_write_time(memory(bench)[0]) == written));
}

BOOST_AUTO_TEST_CASE(what_another_file_may_mend_is_not_remembered) {
  Bench bench;
  bench.put(libraries / "missing_symbol.so");
  check_exit(bench.with(Words{"check", "study.ini"} + bench.swapped("missing_symbol")), 3);
  BOOST_TEST(memory(bench).empty());
}

BOOST_AUTO_TEST_CASE(a_home_that_takes_no_files_hurts_nobody) {
  Bench bench;
  bench.write("no_folder", "");
  bench.put(libraries / "misbehaves.so");
  const Words words = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=hook_throws"};
  bench.environment["XDG_CACHE_HOME"] = (bench.here / "no_folder/cache").string();  // cannot be made, by root either
  check_exit(bench.with(words), 0);
  bench.environment["XDG_CACHE_HOME"] = "relative";  // does not count
  check_exit(bench.with(words), 0);
  BOOST_TEST(!fs::exists(bench.here / "relative"));
  BOOST_TEST(memory(bench).size() == 1u);
  bench.environment["XDG_CACHE_HOME"] = (bench.here / "cache").string();
  check_exit(bench.with(words), 0);
  BOOST_TEST(fs::exists(bench.here / "cache/pipeline/probed"));
}

BOOST_AUTO_TEST_SUITE_END()
