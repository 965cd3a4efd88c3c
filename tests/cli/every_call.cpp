// Every call into a plugin, in each way that it can go wrong: the plugin is named with the call, the run does not
// return 0, and what the plugin leaves changed for everybody is restored and reported.
#include <csignal>
#include <map>
#include <set>

#include "support/plugin_fixture.hpp"

using namespace support;

namespace {

const std::string study = R"([dataset]
plugin = every_load
wrappers = every_wrap
validation = 10

[network]
layers = 4, 3, 2

[training]
steps = 12
batch_size = 5

[model:plain]

[model:hooks]
regularisers = every_hook

[model:watches]
regularisers = every_watch

[model:steps]
optimiser = every_step

[model:square]
regularisers = every_square

[metric:every_measure]
every = 5
on = validation

[report:every_page]
)";

/// The calls of each plugin, by its title.
const std::map<std::string, Words> calls = {
    {"regulariser 'every_hook'",
     {"make",
      "declare",
      "destructor",
      "Regulariser::biases_by_default",
      "Regulariser::acts_on_biases",
      "Regulariser::check",
      "Regulariser::check_training",
      "Regulariser::remark",
      "declare_state",
      "BatchChange::change",
      "ActivationChange::where",
      "ActivationChange::forward",
      "ActivationChange::backward",
      "ActivationChange::measure",
      "WeightChange::forward",
      "WeightChange::backward",
      "WeightChange::measure",
      "WeightPenalty::value",
      "WeightPenalty::add_gradient",
      "LayerPenalty::value",
      "LayerPenalty::add_gradient",
      "ActivationPenalty::penalised",
      "ActivationPenalty::value",
      "ActivationPenalty::add_gradient",
      "GradientChange::change",
      "NetworkGradientChange::change",
      "LookAhead::displace",
      "BeforeUpdate::before_update",
      "AfterUpdate::after_update",
      "AfterLayerUpdate::after_update",
      "MeasuredWeights::measured"}},
    {"regulariser 'every_watch'", {"Watcher::section", "Watcher::see"}},
    {"regulariser 'every_square'", {"SquaredPenalty::factor"}},
    {"optimiser 'every_step'",
     {"Optimiser make", "Optimiser declare", "Optimiser destructor", "Optimiser::default_rate",
      "Optimiser::is_plain_descent", "Optimiser declare_state", "Optimiser::direction"}},
    {"metric 'every_measure'",
     {"Metric make", "Metric declare", "Metric destructor", "Metric::describe", "Metric::check", "Metric::prepare",
      "Metric::measure", "Gatherer::see", "Gatherer::~Gatherer", "destructor of a shared object"}},
    {"dataset 'every_load'",
     {"Dataset make", "Dataset declare", "Dataset destructor", "Dataset::check", "Dataset::files", "Dataset::shape",
      "Dataset::load", "DataAccess::parallel"}},
    {"wrapper 'every_wrap'", {"Wrapper::changed_shape", "Wrapper::change"}},
    {"report 'every_page'", {"Report make", "Report declare", "Report destructor", "Report::write"}}};

/// "Metric make" is the call `make` of a metric; others are made inside another one.
std::string hook_of(const std::string& call) {
  if (call == "DataAccess::parallel") return "Dataset::load";
  if (call == "SquaredPenalty::factor") return "WeightPenalty::value";  // which a metric asks for first
  const std::size_t space = call.find(' ');
  return call.starts_with("destructor of") || space == std::string::npos ? call : call.substr(space + 1);
}

/// The exit code where this call throws.
int exit_of(const std::string& plugin, const std::string& call) {
  static const std::set<std::string> before_work = {"make",
                                                    "declare",
                                                    "Regulariser::biases_by_default",
                                                    "Regulariser::acts_on_biases",
                                                    "Regulariser::check",
                                                    "Regulariser::check_training",
                                                    "ActivationChange::where",
                                                    "ActivationPenalty::penalised",
                                                    "Watcher::section",
                                                    "Optimiser::default_rate",
                                                    "Dataset::check"};
  if (call == "Report::write" || call == "Regulariser::remark") return 0;  // a warning
  if (before_work.contains(hook_of(call)) || plugin.starts_with("metric")) return 3;
  return plugin.starts_with("regulariser") || plugin.starts_with("optimiser") ? 5 : 4;  // only its model ends; no data
}

struct Misbehaving : PluginFixture {
  Misbehaving() {
    put(libraries / "every_call.so");
    write("study.ini", study);
  }
  Said run_that(const std::string& call, const std::string& how, const Words& more = {}) {
    environment["MISBEHAVES_IN"] = call;
    environment["MISBEHAVES_HOW"] = how;
    fs::remove_all(here / "out");
    return with(Words{"run", "study.ini", "--out", "out", "--progress", "none"} + more);
  }
  /// `plugins test` fails with this text.
  void fails_a_law(const std::string& plugin, const std::string& call, const std::string& how,
                   const std::string& text) {
    environment["MISBEHAVES_IN"] = call;
    environment["MISBEHAVES_HOW"] = how;
    const Said said = with({"plugins", "test", plugin});
    BOOST_TEST_CONTEXT(plugin << ", " << how) {
      check_exit(said, 3);
      check_says(said.out, text);
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(every_call)

BOOST_AUTO_TEST_CASE(the_study_is_fine_while_no_call_misbehaves) {
  Misbehaving world;
  check_exit(world.run_that("nothing", "exit"), 0);
}

BOOST_AUTO_TEST_CASE(a_call_that_ends_the_program_is_named) {
  Misbehaving world;
  for (const auto& [plugin, all] : calls)
    for (const std::string& call : all) BOOST_TEST_CONTEXT(call) {
        const Said said = world.run_that(call, "exit");
        check_exit(said, 3);
        check_says(said.err, plugin + " ends the program (it calls exit) in hook " + hook_of(call));
      }
}

BOOST_AUTO_TEST_CASE(a_call_that_crashes_is_named) {
  Misbehaving world;
  for (const auto& [plugin, all] : calls)
    for (const std::string& call : {all.front(), all.at(all.size() / 2), all.back()}) BOOST_TEST_CONTEXT(call) {
        const Said said = world.run_that(call, "segv");
        check_exit(said, 128 + SIGSEGV);
        check_says(said.err, plugin + " crashes (SIGSEGV, invalid memory access) in hook " + hook_of(call));
      }
}

BOOST_AUTO_TEST_CASE(a_call_that_throws_a_number_is_named) {
  Misbehaving world;
  for (const auto& [plugin, all] : calls)
    for (const std::string& call : all) BOOST_TEST_CONTEXT(call) {
        if (call.find("estructor") != std::string::npos || call.find('~') != std::string::npos) continue;
        const Said said = world.run_that(call, "throw_number");
        check_exit(said, exit_of(plugin, call));
        check_says(said.err, plugin);
        check_says(said.err, "threw something that is not a std::exception");
      }
}

BOOST_AUTO_TEST_CASE(every_way_to_end_the_program_is_noticed) {
  Misbehaving world;
  const std::map<std::string, std::string> functions = {{"_exit", "_exit"},
                                                        {"_Exit", "_exit"},
                                                        {"quick_exit", "quick_exit"},
                                                        {"pthread_exit", "pthread_exit"},
                                                        {"exit_group", "exit_group"},
                                                        {"daemon", "daemon"},
                                                        {"execl", "execv"},
                                                        {"execv", "execv"},
                                                        {"execveat", "execveat"},
                                                        {"syscall exit", "the system call exit"},
                                                        {"syscall execve", "the system call execve"},
                                                        {"syscall execveat", "the system call execveat"},
                                                        {"errx", "a function that exits"}};
  for (const auto& [how, function] : functions)
    for (const std::string call : {"GradientChange::change", "Report::write"}) BOOST_TEST_CONTEXT(how) {
        const Said said = world.run_that(call, how);
        check_exit(said, 3);
        check_says(said.err, " ends the program (it calls " + function + ") in hook " + call);
      }
  // The first of two threads is still reporting when the second one ends the program.
  for (int times = 0; times < 10; ++times)
    check_exit(world.run_that("GradientChange::change", "_exit",
                              {"~model:square", "+model:more.regularisers=every_hook", "--threads", "2"}),
               3);
  // A process that the plugin started may end.
  for (const std::string how : {"child", "spawn"}) check_exit(world.run_that("BatchChange::change", how), 0);
}

BOOST_AUTO_TEST_CASE(what_a_hook_leaves_changed_ends_its_model_and_nothing_else) {
  Misbehaving world;
  check_exit(world.run_that("nothing", "rounding"), 0);
  const std::string rows = rows_of(world.read("out/metrics.csv"), "plain");
  BOOST_TEST(!rows.empty());
  const std::map<std::string, std::string> changes = {
    {"rounding", "the rounding of floating-point numbers"},
#if defined(__x86_64__)
    {"subnormal", "the treatment of subnormal numbers"},
    {"traps", "which floating-point exceptions trap"},
#endif
    {"folder", "the working directory"},
    {"umask", "the umask"},
    {"locale", "the locale"},
    {"stream_locale", "the locale"},
    {"handler", "the handler of SIGINT"},
    {"crash_handler", "the handler of SIGSEGV"},
    {"mask", "which signals are blocked"},
    {"environment", "the environment variable TZ"},
    {"limit", "a resource limit"},
    {"prlimit", "a resource limit"},
    {"syscall umask", "the umask"},
    {"syscall folder", "the working directory"}
  };
  for (const auto& [how, what] : changes) BOOST_TEST_CONTEXT(how) {
      const Said said = world.run_that("GradientChange::change", how, {"--threads", "1"});
      check_exit(said, 5);
      check_says(said.err, "regulariser 'every_hook', hook GradientChange::change, step 0: changes " + what +
                               " and must restore it");
      BOOST_TEST(rows_of(world.read("out/metrics.csv"), "plain") == rows);
      BOOST_TEST(fs::exists(world.here / "out/weights.h5"));  // a relative path still means the same
    }
  check_exit(world.run_that("GradientChange::change", "restores"), 0);
}

BOOST_AUTO_TEST_CASE(what_other_plugins_leave_changed_is_reported_as_their_failure) {
  Misbehaving world;
  for (const std::string how : {"rounding", "umask"}) BOOST_TEST_CONTEXT(how) {
      const std::string what = how == "umask" ? "the umask" : "the rounding of floating-point numbers",
                        leaves = "changes " + what + " and must restore it";
      const auto says = [&](const std::string& call, int exit) {
        const Said said = world.run_that(call, how);
        BOOST_TEST_CONTEXT(call) {
          check_exit(said, exit);
          check_says(said.err, leaves);
        }
      };
      says("make", 3), says("declare", 3), says("Metric::measure", 3), says("Gatherer::see", 3);
      says("Dataset::load", 4), says("DataAccess::parallel", 4), says("Wrapper::change", 4), says("Report::write", 0);
    }
}

BOOST_AUTO_TEST_CASE(a_law_tries_what_a_plugin_leaves_changed) {
  Misbehaving world;
  for (const std::string how : {"rounding", "folder", "umask", "stream_locale", "handler", "mask", "environment"})
    world.fails_a_law("every_hook", "GradientChange::change", how, " and must restore it");
  world.fails_a_law("every_hook", "GradientChange::change", "output",
                    "GradientChange::change changes what standard output is");
  world.fails_a_law("every_measure", "Metric::measure", "umask", "changes the umask and must restore it");
  world.fails_a_law("every_load", "Dataset::load", "umask", "changes the umask and must restore it");
  world.fails_a_law("every_wrap", "Wrapper::change", "umask", "changes the umask and must restore it");
  world.fails_a_law("every_page", "Report::write", "umask", "changes the umask and must restore it");
  world.fails_a_law("every_hook", "GradientChange::change", "_exit",
                    "ends the program, with exit code 0 in hook GradientChange::change");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_fails_hides_no_complaint) {
  Misbehaving world;
  for (const std::string call : {"make", "declare", "Regulariser::biases_by_default", "Regulariser::check_training",
                                 "ActivationChange::where", "Watcher::section", "Metric make", "Metric::describe",
                                 "Metric::check", "Dataset make", "Dataset::check", "Dataset::shape", "Report declare"})
    for (const std::string how : {"throw", "throw_number", "umask"}) BOOST_TEST_CONTEXT(call << ", " << how) {
        const Said said = world.run_that(call, how, {"training.batch_size=0"});
        check_exit(said, 2);
        check_says(said.err, "value '0' of batch_size ");
      }
}

BOOST_AUTO_TEST_CASE(the_commands_on_plugins_name_the_call_too) {
  Misbehaving world;
  world.environment["MISBEHAVES_HOW"] = "exit";
  const auto named = [&](const std::string& call, const Words& command, const std::string& plugin) {
    world.environment["MISBEHAVES_IN"] = call;
    const Said said = world.with(command);
    BOOST_TEST_CONTEXT(call) {
      check_exit(said, 3);
      check_says(said.err, plugin + " ends the program (it calls exit) in hook " + hook_of(call));
    }
  };
  for (const std::string call :
       {"make", "declare", "destructor", "Regulariser::biases_by_default", "ActivationChange::where"})
    named(call, {"plugins", "inspect", "every_hook"}, "regulariser 'every_hook'");
  named("Dataset make", {"plugins", "inspect", "every_load", "--ini"}, "dataset 'every_load'");
  named("Dataset::files", {"data", "verify", "every_load"}, "dataset 'every_load'");
  named("Dataset declare", {"data", "fetch", "every_load"}, "dataset 'every_load'");
  named("Metric::check", {"check", "study.ini"}, "metric 'every_measure'");
}

// Programs that start others sometimes ignore SIGCHLD, and the ended children of such a process leave no exit status.
BOOST_AUTO_TEST_CASE(a_caller_that_ignores_the_end_of_its_children_changes_nothing) {
  Misbehaving world;
  world.put(libraries / "crashes_loading.so");
  const auto ignoring = [&](const Words& words) {
    return world.run("/bin/sh", Words{"-c", "trap '' CHLD; exec \"$@\"", "sh", BUILD_DIR "/bin/pipeline"} + words +
                                    Words{"--plugin-path", "plugins"});
  };
  check_exit(ignoring({"run", "study.ini", "--out", "out", "--progress", "none"}), 0);
  const Said said = ignoring({"plugins", "doctor"});
  check_exit(said, 3);
  check_says(said.out, "the library crashes while it is loaded (SIGSEGV, Segmentation fault)");
  check_says(said.out, "accepted: regulariser every_hook");
  check_exit(ignoring({"plugins", "test", "every_square"}), 0);
}

BOOST_AUTO_TEST_SUITE_END()
