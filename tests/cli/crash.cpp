// A hook that takes the process along: the last words name plugin, hook, model and step, and what was measured stays.
#include "support/bench.hpp"

#include <csignal>

using namespace support;

namespace {

/// Long enough that the rows of the first slice are on the disk while the hook waits for them.
Said crash(const Bench& bench, const std::string& way) {
  return bench.run_with_regulariser(
      "hook_crashes",
      {"model:l2.hook_crashes.way=" + way, "model:l2.hook_crashes.rows=out/metrics.csv",
       "model:l2.hook_crashes.row=190,l2,accuracy,,", "training.steps=400", "--progress", "none", "--threads", "2"});
}

void check_last_words(const std::string& way, int exit, const std::string& how) {
  BOOST_TEST_CONTEXT(way) {
    const Bench bench;
    bench.put(libraries / "crashes.so");
    const Said said = crash(bench, way);
    check_exit(said, exit);
    check_text(said.err, "error: regulariser 'hook_crashes' " + how +
                             " in hook GradientChange::change, model l2, step 300\n"
                             "  the program ends; what was written before is kept. Leave the plugin out to run "
                             "without it.\n");
    const std::string rows = bench.read("out/metrics.csv");
    check_says(rows, "step,model,metric,layer,value\n0,control,accuracy,,");
    check_says(rows, "\n190,l2,accuracy,,");
    BOOST_TEST(rows.ends_with('\n'));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crashes)

BOOST_AUTO_TEST_CASE(every_way_to_end_names_who_spoke) {
  // The signal is told by the status, as ever.
  check_last_words("segv", 128 + SIGSEGV, "crashes (SIGSEGV, it touches memory that is not there)");
  check_last_words("bus", 128 + SIGBUS, "crashes (SIGBUS, it touches memory that cannot be reached)");
  check_last_words("fpe", 128 + SIGFPE, "crashes (SIGFPE, it divides whole numbers by zero)");
  check_last_words("ill", 128 + SIGILL, "crashes (SIGILL, the processor does not know an instruction)");
  check_last_words("abort", 128 + SIGABRT, "crashes (SIGABRT, it gives up)");
  check_last_words("terminate", 128 + SIGABRT, "throws where nothing may be thrown (the moon is full)");
}

BOOST_AUTO_TEST_CASE(an_entry_of_another_name_is_named_with_its_plugin) {
  const Bench bench;
  bench.put(libraries / "crashes.so");
  const Said said = bench.with({"run", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=boom",
                                "model:l2.boom.plugin=hook_crashes", "model:l2.boom.rows=study.ini",
                                "model:l2.boom.row=[model:l2]", "training.steps=400", "--progress", "none"});
  check_exit(said, 128 + SIGSEGV);
  check_says(said.err, "error: regulariser 'boom' (plugin hook_crashes) crashes (SIGSEGV, ");
}

BOOST_AUTO_TEST_CASE(a_hook_without_end_runs_out_of_stack_and_still_says_so) {
  check_last_words("stack", 128 + SIGSEGV, "crashes (SIGSEGV, it touches memory that is not there)");
}

BOOST_AUTO_TEST_CASE(a_hook_that_ends_the_program_is_no_success) {
  check_last_words("exit", 3, "ends the program (it calls exit)");
  check_last_words("quick_exit", 3, "ends the program (it calls exit)");
}

BOOST_AUTO_TEST_CASE(metrics_and_reports_are_named_as_well) {
  const Bench bench;
  bench.put(libraries / "crashes.so");
  Said said = bench.with({"run", "study.ini", "+metric:measure_crashes.every=10", "--progress", "none"});
  check_exit(said, 128 + SIGSEGV);
  check_says(said.err, "error: metric 'measure_crashes' crashes (SIGSEGV, ");
  check_says(said.err, " in hook Metric::measure, model ");
  check_says(said.err, ", step 10\n");
  said = bench.with({"run", "study.ini", "+report:report_crashes", "--out", "out", "--progress", "none"});
  check_exit(said, 128 + SIGABRT);
  check_says(said.err, "error: report 'report_crashes' crashes (SIGABRT, it gives up) in hook Report::write\n");
  check_says(bench.read("out/metrics.csv"), "\n30,l2,accuracy,,");
}

BOOST_AUTO_TEST_SUITE_END()
