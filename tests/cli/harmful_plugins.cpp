// Libraries that crash, hang or end the process that loads them: detected in a separate process, and the result is
// remembered.
#include <nlohmann/json.hpp>

#include <sys/file.h>
#include <sys/stat.h>

#include "support/plugin_fixture.hpp"

using namespace support;

namespace {

const Words names_harms = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=harms"};

/// The files in which probe results are remembered.
std::vector<fs::path> remembered(const World& world) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(world.home() / ".cache/pipeline/probed", ignored))
    out.push_back(file.path());
  return out;
}

/// "... found on 2026-01-31 12:00 UTC, ..." with the time replaced by DAY.
std::string without_time(std::string text) {
  const std::string before = "found on ", after = " UTC";
  if (const std::size_t at = text.find(before); at != std::string::npos)
    text.replace(at + before.size(), text.find(after, at) - at - before.size(), "DAY");
  return text;
}

/// `check` must refuse the library with this message, both when it probes and when it remembers; a study that uses only
/// shipped plugins must still pass.
void check_refused(PluginFixture& fixture, const std::string& library, const std::string& cause,
                   const std::string& remedy, std::source_location where = std::source_location::current()) {
  fixture.put(libraries / (library + ".so"));
  const std::string file = "\n  <here>/plugins/" + library + ".so\n  ", end = remedy + "\n";
  Said said = fixture.with(names_harms);
  check_exit(said, 3, where);
  check_text(fixture.tidy(said.err), "error: command line: " + cause + file + end, where);
  said = fixture.with(names_harms);
  check_exit(said, 3, where);
  check_text(
      without_time(fixture.tidy(said.err)),
      "error: command line: " + cause + file +
          "found on DAY UTC, remembered until the file changes or `pipeline plugins doctor` probes it again\n  " + end,
      where);
  check_exit(fixture.with({"check", "study.ini"}), 0, where);
}

/// Whether the lock is free, or its holder ends soon.
bool becomes_free(const fs::path& lock) {
  const int file = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
  bool free = false;
  for (int tries = 0; file >= 0 && !free && tries < 400; ++tries) {
    free = ::flock(file, LOCK_EX | LOCK_NB) == 0;
    if (!free) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::close(file);
  return free;
}

const std::string remedy_text = "fix the plugin or remove its library";

}  // namespace

BOOST_AUTO_TEST_SUITE(harmful_plugins)

BOOST_AUTO_TEST_CASE(a_crash_while_loading) {
  PluginFixture fixture;
  check_refused(
      fixture, "crashes_loading",
      "regulariser 'harms' cannot be used: the library crashes while it is loaded (SIGSEGV, Segmentation fault)",
      remedy_text);
}

BOOST_AUTO_TEST_CASE(a_hang_while_loading) {
  PluginFixture fixture;
  fixture.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  check_refused(fixture, "hangs_loading",
                "regulariser 'harms' cannot be used: the library hangs while it is loaded: no answer within 0.5 s",
                remedy_text + "; PIPELINE_PROBE_SECONDS sets another time limit");
  // With a longer limit, a library that was too slow before is probed again.
  fixture.environment["PIPELINE_PROBE_SECONDS"] = "0.75";
  check_says(fixture.with(names_harms).err, "hangs while it is loaded: no answer within 0.75 s\n");
}

BOOST_AUTO_TEST_CASE(processes_started_by_a_library_end_with_its_probe) {
  for (const std::string library : {"forks_loading", "forks_and_hangs_loading"}) {
    PluginFixture fixture;
    const fs::path lock = fixture.here / "lock";
    fixture.environment["PIPELINE_PROBE_SECONDS"] = "3";
    fixture.environment["HARMS_LOCK"] = lock.string();
    fixture.put(libraries / (library + ".so"));
    fixture.with({"plugins", "doctor"});
    BOOST_TEST(fs::exists(lock));
    BOOST_TEST(becomes_free(lock), library);
  }
}

BOOST_AUTO_TEST_CASE(an_exit_while_loading) {
  PluginFixture fixture;
  check_refused(fixture, "exits_loading",
                "regulariser 'harms' cannot be used: the library ends the program while it is loaded (exit code 7)",
                remedy_text);
}

BOOST_AUTO_TEST_CASE(an_exception_while_loading) {
  PluginFixture fixture;
  check_refused(fixture, "throws_loading",
                "regulariser 'harms' cannot be used: the library throws an uncaught exception while it is loaded: no "
                "licence found",
                remedy_text);
}

BOOST_AUTO_TEST_CASE(a_crash_while_a_plugin_is_created_names_the_plugin) {
  PluginFixture fixture;
  check_refused(fixture, "crashes_making",
                "regulariser 'harms' crashes while it is created (SIGSEGV, Segmentation fault)", remedy_text);
  // Another plugin of the same library is refused too: using it would load the harmful one.
  const Said said = fixture.with({"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=neighbour"});
  check_exit(said, 3);
  check_says(said.err,
             "error: command line: regulariser 'neighbour' cannot be used: regulariser 'harms' crashes while it is "
             "created (SIGSEGV");
}

BOOST_AUTO_TEST_CASE(a_hang_while_declaring_parameters) {
  PluginFixture fixture;
  fixture.environment["PIPELINE_PROBE_SECONDS"] = "3";  // long enough to get as far as declare() on a busy machine
  check_refused(fixture, "hangs_declaring",
                "regulariser 'harms' hangs while it declares its parameters: no answer within 3 s",
                remedy_text + "; PIPELINE_PROBE_SECONDS sets another time limit");
}

BOOST_AUTO_TEST_CASE(a_crash_at_the_end_of_the_program_is_refused) {
  PluginFixture fixture;
  check_refused(
      fixture, "crashes_ending",
      "regulariser 'harms' cannot be used: the library crashes when the program ends (SIGSEGV, Segmentation fault)",
      remedy_text);
}

BOOST_AUTO_TEST_CASE(a_run_stops_before_it_starts_work) {
  PluginFixture fixture;
  fixture.put(libraries / "crashes_loading.so");
  const Said said = fixture.run_with_regulariser("harms");
  check_exit(said, 3);
  check_says(said.err, "the library crashes while it is loaded");
  BOOST_TEST(!fs::exists(fixture.here / "out"));
}

BOOST_AUTO_TEST_CASE(a_library_that_no_pipeline_names_is_not_loaded) {
  PluginFixture fixture;
  for (const char* library : {"crashes_loading.so", "hangs_loading.so", "exits_loading.so"})
    fixture.put(libraries / library);
  check_exit(fixture.with({"run", "study.ini", "--out", "out", "--progress", "none"}), 0);
  BOOST_TEST(remembered(fixture).empty());  // not even probed
}

BOOST_AUTO_TEST_CASE(the_list_continues_after_a_harmful_library) {
  PluginFixture fixture;
  fixture.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  fixture.put(libraries / "hangs_loading.so");
  const Said said = fixture.with({"plugins", "list"});
  check_exit(said, 3);
  check_says(said.out, " refused: regulariser 'harms' cannot be used: the library hangs while it is");
  check_says(said.out, "\n  l2 ");
  check_says(said.out, "\nreports\n");
}

BOOST_AUTO_TEST_CASE(a_result_is_forgotten_when_the_file_changes) {
  PluginFixture fixture;
  fixture.put(libraries / "crashes_loading.so", "harms.so");
  check_exit(fixture.with(names_harms), 3);
  BOOST_TEST_REQUIRE(remembered(fixture).size() == 1u);
  fixture.put(libraries / "crashes_ending.so", "harms.so");
  Said said = fixture.with(names_harms);
  check_says(said.err, "the library crashes when the program ends");
  BOOST_TEST(said.err.find("remembered") == std::string::npos);
  // The same bytes with another time count as a changed file, because the file is not read to compare it.
  const fs::path library = fixture.here / "plugins/harms.so";
  check_says(fixture.with(names_harms).err, "remembered");
  struct stat was {};
  BOOST_TEST_REQUIRE(::stat(library.c_str(), &was) == 0);
  const timespec times[2] = {was.st_atim, {was.st_mtim.tv_sec, (was.st_mtim.tv_nsec + 1) % 1'000'000'000}};
  BOOST_TEST_REQUIRE(::utimensat(AT_FDCWD, library.c_str(), times, 0) == 0);  // one nanosecond
  BOOST_TEST(fixture.with(names_harms).err.find("remembered") == std::string::npos);
  BOOST_TEST(remembered(fixture).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_library_that_is_replaced_while_it_is_probed_is_probed_again) {
  PluginFixture fixture;
  fixture.put(libraries / "is_replaced_loading.so", "harms.so");
  fs::copy_file(libraries / "crashes_loading.so", fixture.here / "other.so");
  fixture.environment["HARMS_REPLACEMENT"] = (fixture.here / "other.so").string();
  fixture.environment["HARMS_FILE"] = (fixture.here / "plugins/harms.so").string();
  check_exit(fixture.with({"plugins", "doctor"}), 0);
  BOOST_TEST_REQUIRE(!fs::exists(fixture.here / "other.so"));
  const Said said = fixture.with(names_harms);
  check_exit(said, 3);
  check_says(said.err, "the library crashes while it is loaded");
}

BOOST_AUTO_TEST_CASE(a_library_that_changes_while_it_is_loaded_is_refused) {
  // Otherwise run.json would name the SHA-256 of another file than the one that was used.
  PluginFixture fixture;
  fixture.put(libraries / "is_touched_loading.so");
  fixture.environment["HARMS_FILE"] = (fixture.here / "plugins/is_touched_loading.so").string();
  const Said said = fixture.run_with_regulariser("harms");
  check_exit(said, 3);
  check_text(fixture.tidy(said.err),
             "error: command line: regulariser 'harms' cannot be used: the library was changed while it was in use\n  "
             "<here>/plugins/is_touched_loading.so\n  start again once it is complete\n");
  BOOST_TEST(!fs::exists(fixture.here / "out"));
}

BOOST_AUTO_TEST_CASE(a_library_that_leaves_the_process_changed_is_refused) {
  PluginFixture fixture;
  fixture.put(libraries / "changes_loading.so");
  const Said said = fixture.with(names_harms);
  check_exit(said, 3);
  check_text(fixture.tidy(said.err),
             "error: command line: regulariser 'harms' cannot be used: the library changes the umask while it is "
             "loaded and must restore it\n  <here>/plugins/changes_loading.so\n  " +
                 remedy_text + "\n");
}

BOOST_AUTO_TEST_CASE(a_result_is_forgotten_with_another_engine_and_a_truncated_file_is_ignored) {
  PluginFixture fixture;
  fixture.put(libraries / "crashes_loading.so");
  check_exit(fixture.with(names_harms), 3);
  BOOST_TEST_REQUIRE(remembered(fixture).size() == 1u);
  const fs::path file = remembered(fixture)[0];
  nlohmann::json known = nlohmann::json::parse(read_file(file));
  BOOST_TEST((known["refused"]["cause"] == "the library crashes while it is loaded (SIGSEGV, Segmentation fault)"));
  BOOST_TEST(known["engine"]["path"].get<std::string>().starts_with(BUILD_DIR "/lib/libpipeline.so"));
  // The remembered text is printed unchanged, which shows that the message comes from the file.
  known["refused"]["cause"] = "the library is as we remember it";
  std::ofstream(file) << known;
  check_says(fixture.with(names_harms).err, "cannot be used: the library is as we remember it\n");
  known["engine"]["mtime_ns"] = 1;
  std::ofstream(file) << known;
  check_says(fixture.with(names_harms).err, "the library crashes while it is loaded");
  std::ofstream(file) << known.dump().substr(0, 40);
  check_says(fixture.with(names_harms).err, "the library crashes while it is loaded");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_passed_is_not_probed_again) {
  PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Words words = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=hook_throws"};
  check_exit(fixture.with(words), 0);
  BOOST_TEST_REQUIRE(remembered(fixture).size() == 1u);
  const auto written = fs::last_write_time(remembered(fixture)[0]);
  BOOST_TEST(nlohmann::json::parse(read_file(remembered(fixture)[0]))["refused"].is_null());
  check_exit(fixture.with(words), 0);
  BOOST_TEST((fs::last_write_time(remembered(fixture)[0]) == written));
}

BOOST_AUTO_TEST_CASE(a_failure_that_another_file_may_fix_is_not_remembered) {
  PluginFixture fixture;
  fixture.put(libraries / "missing_symbol.so");
  check_exit(fixture.with(Words{"check", "study.ini"} + fixture.swapped("missing_symbol")), 3);
  BOOST_TEST(remembered(fixture).empty());
}

BOOST_AUTO_TEST_CASE(a_cache_folder_that_cannot_be_written_does_no_harm) {
  PluginFixture fixture;
  fixture.write("no_folder", "");
  fixture.put(libraries / "misbehaves.so");
  const Words words = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=hook_throws"};
  // This folder cannot be created, not even by root.
  fixture.environment["XDG_CACHE_HOME"] = (fixture.here / "no_folder/cache").string();
  check_exit(fixture.with(words), 0);
  fixture.environment["XDG_CACHE_HOME"] = "relative";  // relative paths are ignored
  check_exit(fixture.with(words), 0);
  BOOST_TEST(!fs::exists(fixture.here / "relative"));
  BOOST_TEST(remembered(fixture).size() == 1u);
  fixture.environment["XDG_CACHE_HOME"] = (fixture.here / "cache").string();
  check_exit(fixture.with(words), 0);
  BOOST_TEST(fs::exists(fixture.here / "cache/pipeline/probed"));
}

BOOST_AUTO_TEST_SUITE_END()
