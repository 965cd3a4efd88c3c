// A hook that ends the process: the last message names plugin, hook, model and step, and earlier measurements are kept.
#include "support/plugin_fixture.hpp"

#include <csignal>
#include <nlohmann/json.hpp>

using namespace support;

namespace {

/// The run is long enough that the rows of the first slice are written to disk while the hook waits for them.
Said crash(const PluginFixture& fixture, const std::string& way) {
  return fixture.run_with_regulariser(
      "hook_crashes",
      {"model:l2.hook_crashes.way=" + way, "model:l2.hook_crashes.rows=out/metrics.csv",
       "model:l2.hook_crashes.row=190,l2,accuracy,,", "training.steps=400", "--progress", "none", "--threads", "2"});
}

void check_last_message(const std::string& way, int exit, const std::string& how) {
  BOOST_TEST_CONTEXT(way) {
    const PluginFixture fixture;
    fixture.put(libraries / "crashes.so");
    const Said said = crash(fixture, way);
    check_exit(said, exit);
    check_text(said.err, "error: regulariser 'hook_crashes' " + how +
                             " in hook GradientChange::change, model l2, step 300\n"
                             "  the program ends; everything written so far is kept. Remove the plugin from the "
                             "pipeline to run without it.\n");
    const std::string rows = fixture.read("out/metrics.csv");
    check_says(rows, "step,model,metric,layer,value\n0,control,accuracy,,");
    check_says(rows, "\n190,l2,accuracy,,");
    BOOST_TEST(rows.ends_with('\n'));
    const auto run = nlohmann::json::parse(fixture.read("out/run.json"));
    BOOST_TEST((run["status"] == "failed"));
    BOOST_TEST(run["failures"]["run"].get<std::string>() ==
               "regulariser 'hook_crashes' " + how + " in hook GradientChange::change, model l2, step 300");
    BOOST_TEST((run["models"].size() == 2u));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crashes)

BOOST_AUTO_TEST_CASE(every_way_to_end_names_the_plugin) {
  // The exit status still shows the signal.
  check_last_message("segv", 128 + SIGSEGV, "crashes (SIGSEGV, invalid memory access)");
  check_last_message("bus", 128 + SIGBUS, "crashes (SIGBUS, invalid memory access)");
  check_last_message("fpe", 128 + SIGFPE, "crashes (SIGFPE, integer division by zero)");
  check_last_message("ill", 128 + SIGILL, "crashes (SIGILL, illegal instruction)");
  check_last_message("abort", 128 + SIGABRT, "crashes (SIGABRT, abort)");
  check_last_message("terminate", 128 + SIGABRT, "throws where no exception is allowed (the moon is full)");
}

BOOST_AUTO_TEST_CASE(an_entry_with_a_name_of_its_own_is_named_with_its_plugin) {
  const PluginFixture fixture;
  fixture.put(libraries / "crashes.so");
  const Said said = fixture.with({"run", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=boom",
                                  "model:l2.boom.plugin=hook_crashes", "model:l2.boom.rows=study.ini",
                                  "model:l2.boom.row=[model:l2]", "training.steps=400", "--progress", "none"});
  check_exit(said, 128 + SIGSEGV);
  check_says(said.err, "error: regulariser 'boom' (plugin hook_crashes) crashes (SIGSEGV, ");
}

BOOST_AUTO_TEST_CASE(a_stack_overflow_is_reported) {
  check_last_message("stack", 128 + SIGSEGV, "crashes (SIGSEGV, invalid memory access)");
}

BOOST_AUTO_TEST_CASE(a_hook_that_exits_with_0_makes_the_run_fail) {
  check_last_message("exit", 3, "ends the program (it calls exit)");
  check_last_message("quick_exit", 3, "ends the program (it calls quick_exit)");
}

BOOST_AUTO_TEST_CASE(a_hook_that_does_not_return_is_named_after_a_signal) {
  const PluginFixture fixture;
  fixture.put(libraries / "crashes.so");
  const auto child = fixture.start({"run", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=hook_crashes",
                                    "model:l2.hook_crashes.way=hang", "model:l2.hook_crashes.rows=out/metrics.csv",
                                    "model:l2.hook_crashes.row=190,l2,accuracy,,", "training.steps=400", "--threads",
                                    "2", "--out", "out", "--progress", "none", "--plugin-path", "plugins"});
  BOOST_TEST_REQUIRE(child->wait_until([&] { return fs::exists(fixture.here / "out/metrics.csv.hangs"); }));
  child->signal(SIGTERM);
  BOOST_TEST(child->wait_until([&] {
    return child->err_so_far() ==
           "warning: waiting for every model to end its step; send the signal again to end at once\n"
           "regulariser 'hook_crashes' is still working in hook GradientChange::change, model l2, step 300\n"
           "  the run stops when it returns; send the signal again to end at once\n";
  }));
  child->signal(SIGTERM);
  check_exit(child->finish(), 143);
  const auto run = nlohmann::json::parse(fixture.read("out/run.json"));
  BOOST_TEST((run["status"] == "stopped"));
  BOOST_TEST((run["failures"]["run"] == "a second signal ended the run at once"));
}

BOOST_AUTO_TEST_CASE(crashing_metrics_and_reports_are_named) {
  const PluginFixture fixture;
  fixture.put(libraries / "crashes.so");
  Said said = fixture.with({"run", "study.ini", "+metric:measure_crashes.every=10", "--progress", "none"});
  check_exit(said, 128 + SIGSEGV);
  check_says(said.err, "error: metric 'measure_crashes' crashes (SIGSEGV, ");
  check_says(said.err, " in hook Metric::measure, model ");
  check_says(said.err, ", step 10\n");
  said = fixture.with({"run", "study.ini", "+report:report_crashes", "--out", "out", "--progress", "none"});
  check_exit(said, 128 + SIGABRT);
  check_says(said.err, "error: report 'report_crashes' crashes (SIGABRT, abort) in hook Report::write\n");
  check_says(fixture.read("out/metrics.csv"), "\n30,l2,accuracy,,");
}

BOOST_AUTO_TEST_CASE(a_dataset_that_crashes_on_a_helper_thread_is_named) {
  for (const std::string name : {"parallel_crashes", "parallel_recurses"}) {
    const PluginFixture fixture;
    fixture.put(libraries / "crashes.so");
    const std::string study =
        "[dataset]\nplugin = " + name + "\n[network]\nlayers = 4, 2\n[training]\nsteps = 1\n[model:plain]\n";
    fixture.write("study.ini", study);
    const Said said = fixture.with({"run", "study.ini", "--threads", "2", "--progress", "none"});
    check_exit(said, 128 + SIGSEGV);
    check_says(said.err,
               "error: dataset '" + name + "' crashes (SIGSEGV, invalid memory access) in hook Dataset::load\n");
  }
}

BOOST_AUTO_TEST_SUITE_END()
