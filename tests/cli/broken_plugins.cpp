// Plugins that are not what they should be: refused with their reason, or failing without taking others along.
#include <nlohmann/json.hpp>
#include <set>

#include "support/bench.hpp"
#include "support/csv_rows.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(broken_plugins)

BOOST_AUTO_TEST_CASE(another_contract_is_refused) {
  const Bench bench;
  bench.put(libraries / "refused.so");
  bench.refused(
      bench.swapped("other_contract"),
      R"(error: command line: regulariser 'other_contract' was built for plugin contract 999, this program has contract 5
  <here>/plugins/refused.so
  build it again, against this program's headers
)");
}

BOOST_AUTO_TEST_CASE(another_build_is_refused_with_both_sides) {
  const Bench bench;
  bench.put(libraries / "refused.so");
  const Said said = bench.with(Words{"check", "study.ini"} + bench.swapped("other_build"));
  check_exit(said, 3);
  const auto lines = lines_of(bench.tidy(said.err));
  BOOST_TEST_REQUIRE(lines.size() == 7u);
  BOOST_TEST(lines[0] == "error: command line: regulariser 'other_build' was built with another layout of C++ objects");
  BOOST_TEST(lines[1] == "  <here>/plugins/refused.so");
  BOOST_TEST(lines[2] == "  plugin:  C++ ABI other, pointers 4");
  BOOST_TEST(lines[3] == "           OldC 1.0");
  BOOST_TEST(lines[4].starts_with("  program: C++ ABI lib"));
  BOOST_TEST(lines[6] == "  build it again with the program's compiler and libraries");
  for (const std::string& line : lines) BOOST_TEST(line.size() <= 100u, line);
}

BOOST_AUTO_TEST_CASE(the_line_that_names_a_refused_plugin_is_said) {
  const Bench bench;
  bench.put(libraries / "refused.so");
  const std::string end = R"( was built for plugin contract 999, this program has contract 5
  <here>/plugins/refused.so
  build it again, against this program's headers
)";
  bench.write("study.ini", replaced(replaced(small_study, "l2.lambda = 1e-3\n", ""), "= l2", "= other_contract"));
  bench.refused({}, "error: study.ini:21: regulariser 'other_contract'" + end);
  bench.write("study.ini", replaced(small_study, "l2.lambda = 1e-3", "l2.plugin = other_contract"));
  bench.refused({}, "error: study.ini:22: regulariser 'other_contract'" + end);
}

BOOST_AUTO_TEST_CASE(a_missing_symbol_is_found_at_once_and_named) {
  const Bench bench;
  bench.put(libraries / "missing_symbol.so");
  bench.refused(
      bench.swapped("missing_symbol"),
      R"(error: command line: regulariser 'missing_symbol' cannot be used: the library cannot be loaded: undefined symbol: gone::function_that_nobody_has(int)
  <here>/plugins/missing_symbol.so
  build it again, against this program
)");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_cannot_be_made_is_refused) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  bench.put(libraries / "refused.so");
  bench.refused(bench.swapped("make_throws"),
                R"(error: command line: regulariser 'make_throws' cannot be made: no licence found
  <here>/plugins/misbehaves.so
)");
  bench.refused(bench.swapped("makes_nothing"),
                R"(error: command line: regulariser 'makes_nothing' cannot be made: its library returns no object
  <here>/plugins/refused.so
)");
}

BOOST_AUTO_TEST_CASE(a_refused_plugin_is_the_complaint_even_where_its_keys_are_set) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  bench.refused(
      bench.swapped("declare_throws") + Words{"model:l2.declare_throws.strength=1"},
      "error: command line: regulariser 'declare_throws' fails while it declares its parameters: declared too much\n");
  bench.refused(bench.swapped("make_throws") + Words{"model:l2.make_throws.strength=1"},
                R"(error: command line: regulariser 'make_throws' cannot be made: no licence found
  <here>/plugins/misbehaves.so
)");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_throws_before_the_run_is_named_with_the_place_that_asks_for_it) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const auto check_blamed = [&](const Words& words, const std::string& text) {
    const Said said = bench.with(words);
    check_exit(said, 3);
    check_text(bench.tidy(said.err), text);
  };
  check_blamed({"check", "study.ini", "+metric:describe_throws.every=10"},
               "error: command line: metric 'describe_throws' fails while it says what it measures: no words for it\n");
  check_blamed({"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=section_throws"},
               "error: command line: regulariser 'section_throws' fails in Watcher::section: nothing to watch\n");
}

BOOST_AUTO_TEST_CASE(two_libraries_with_one_plugin_are_refused_by_both_names) {
  const Bench bench;
  bench.put(shipped / "l2.so");
  bench.refused({}, R"(error: study.ini:21: two libraries hold a regulariser named 'l2'
  <here>/plugins/l2.so
  <build>/lib/pipeline/plugins/l2.so
  remove or rename one, or leave its folder out of the search (pipeline plugins path)
)");
  // What is not asked for hurts nobody.
  check_exit(bench.with({"check", "study.ini", "~model:l2"}), 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_plugin_is_passed_over) {
  const Bench bench;
  bench.write("plugins/notes.txt", "not a library");
  bench.write("plugins/text.so", "not a library either");
  bench.write("plugins/empty.so", "");
  bench.write("plugins/half.so", read_file(shipped / "l2.so").substr(0, 3000));
  fs::create_directories(bench.here / "plugins/folder.so");
  fs::create_symlink("nowhere", bench.here / "plugins/dangling.so");
  bench.put(BUILD_DIR "/lib/libpipeline.so", "stranger.so");  // a library that holds no plugin
  check_exit(bench.with({"check", "study.ini"}), 0);
  check_exit(bench.with({"plugins", "list"}), 0);
  // Until somebody names it.
  bench.refused(
      bench.swapped("text"),
      R"(error: command line: <here>/plugins/text.so is no library that can be read, so it holds no regulariser 'text'
  build it again, or take it away if it is something else
)");
  const Said said = bench.with(Words{"check", "study.ini"} + bench.swapped("stranger"));
  check_exit(said, 2);
  check_says(said.err, "unknown regulariser 'stranger'");
}

BOOST_AUTO_TEST_CASE(the_list_keeps_the_reason_of_a_refused_plugin) {
  const Bench bench;
  bench.put(libraries / "refused.so");
  const Said said = bench.with({"plugins", "list"});
  check_exit(said, 3);
  check_says(said.out, "refused: regulariser 'other_contract' was built for plugin contract 999");
  check_says(said.out, "\n  l2 ");  // the others are listed all the same
  // However long a name is, its summary stands in one column with the others.
  std::set<std::size_t> columns;
  for (const std::string& line : lines_of(said.out))
    if (line.starts_with("  ") && line[2] != ' ') columns.insert(line.find_first_not_of(' ', line.find(' ', 2)));
  BOOST_TEST(columns.size() == 1u);
  BOOST_TEST(said.out.find("largest_singular_value  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_from_a_hook_stops_its_model_only) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  check_exit(bench.run({"run", "study.ini", "--out", "healthy"}), 0);
  const Said said = bench.run_with_regulariser("hook_throws", {"--progress", "none"});
  check_exit(said, 5);
  check_text(
      said.err,
      "warning: model l2 stopped: command line: regulariser 'hook_throws', hook GradientChange::change, step 5: the "
      "moon is full\n");
  const std::string rows = bench.read("out/metrics.csv");
  BOOST_TEST(rows_of(rows, "plain") == rows_of(bench.read("healthy/metrics.csv"), "plain"));
  BOOST_TEST(lines_of(rows_of(rows, "l2")).size() == 1u);  // what it measured at step 0 is kept
  const json j = json::parse(bench.read("out/run.json"));
  BOOST_TEST((j["status"] == "finished, some models failed"));
  BOOST_TEST((j["failures"]["l2"] ==
              "command line: regulariser 'hook_throws', hook GradientChange::change, step 5: the moon is full"));
}

BOOST_AUTO_TEST_CASE(what_is_no_exception_stops_its_model_only) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const Said said = bench.run_with_regulariser("hook_throws_number", {"--progress", "none"});
  check_exit(said, 5);
  check_says(
      said.err,
      "warning: model l2 stopped: command line: regulariser 'hook_throws_number', hook GradientChange::change, step "
      "0: threw ");
}

BOOST_AUTO_TEST_CASE(a_nan_from_a_hook_stops_its_model_only) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const Said said = bench.run_with_regulariser("hook_gives_nan", {"--progress", "none"});
  check_exit(said, 5);
  check_says(said.err, "warning: model l2 stopped: ");
  BOOST_TEST(bench.read("out/metrics.csv").find("nan") == std::string::npos);
  BOOST_TEST(lines_of(rows_of(bench.read("out/metrics.csv"), "plain")).size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_plugin_is_to_blame_where_no_model_finished) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  check_exit(bench.run_with_regulariser("hook_throws", {"~model:plain"}), 3);
}

BOOST_AUTO_TEST_CASE(a_metric_that_fails_ends_the_run_and_is_named) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const Said said =
      bench.with({"run", "study.ini", "+metric:measure_throws.every=10", "--out", "out", "--progress", "none"});
  check_exit(said, 3);
  check_says(said.err, "error: ");
  check_says(said.err, "measure_throws");
  check_says(said.err, "the scale is broken");
  const json run = json::parse(bench.read("out/run.json"));
  BOOST_TEST((run["status"] == "failed"));
  check_says(run["failures"]["run"].get<std::string>(), "the scale is broken");
  // It fails at step 10: what was measured at step 0 is kept.
  const std::string rows = bench.read("out/metrics.csv");
  check_says(rows, "\n0,control,measure_throws,,1\n");
  check_says(rows, "\n0,plain,measure_throws,,1\n");
  for (const std::string metric : {"measure_gives_inf", "layer_out_of_range"}) {
    const Said other = bench.with({"run", "study.ini", "+metric:" + metric + ".every=10", "--progress", "none"});
    check_exit(other, 3);
    check_says(other.err, metric);
  }
}

BOOST_AUTO_TEST_CASE(a_report_that_fails_is_a_warning) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const Said said = bench.with({"run", "study.ini", "+report:report_throws", "--out", "out", "--progress", "none"});
  check_exit(said, 0);
  check_text(said.err, "warning: report 'report_throws' in [report:report_throws] (command line) failed: out of ink\n");
  BOOST_TEST((json::parse(bench.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(a_data_set_that_breaks_its_word_is_named) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  const auto run = [&](const std::string& name) {
    return bench.with(
        {"run", "study.ini", "dataset.plugin=" + name, "network.layers=4, 3, 2", "training.batch_size=2"});
  };
  Said said = run("load_throws");
  check_exit(said, 4);
  check_text(said.err, "error: data set 'load_throws' in [dataset] (command line): the shelf is empty\n");
  said = run("label_out_of_range");
  check_exit(said, 4);
  check_text(said.err,
             "error: data set 'label_out_of_range' in [dataset] (command line): has the training label 7 but only 2 "
             "classes\n");
  said = run("breaks_promise");
  check_exit(said, 4);
  check_text(said.err,
             "error: data set 'breaks_promise' in [dataset] (command line): promised 8 + 8 samples of 4 features, but "
             "handed over 6 + 6 samples of 4 features\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(diverging)

BOOST_AUTO_TEST_CASE(one_model_diverges_and_the_others_are_fine) {
  World world;
  world.write("study.ini", small_study);
  check_exit(world.run({"run", "study.ini", "--out", "healthy"}), 0);
  const Said said = world.run({"run", "study.ini", "model:l2.learning_rate=1e6", "--out", "out", "--progress", "none"});
  check_exit(said, 5);
  check_says(said.err, "warning: model l2 stopped: diverged: ");
  check_says(said.err, "at step ");
  const std::string rows = world.read("out/metrics.csv");
  BOOST_TEST(rows_of(rows, "plain") == rows_of(world.read("healthy/metrics.csv"), "plain"));
  BOOST_TEST(rows_of(rows, "control") == rows_of(world.read("healthy/metrics.csv"), "control"));
  BOOST_TEST(rows_of(rows, "l2").starts_with("0,l2,accuracy,,"));
  const json j = json::parse(world.read("out/run.json"));
  BOOST_TEST((j["failures"].size() == 1u));
  BOOST_TEST((json::parse(world.read("out/summary.json"))["plain"]["accuracy"]["last_step"] == 30));
}

BOOST_AUTO_TEST_CASE(nothing_trained_is_another_exit_code) {
  World world;
  world.write("study.ini", small_study);
  const Said said = world.run(
      {"run", "study.ini", "model:l2.learning_rate=1e6", "~model:plain", "--out", "out", "--progress", "none"});
  check_exit(said, 1);
  check_says(said.err, "warning: model l2 stopped: diverged: ");
  BOOST_TEST(rows_of(world.read("out/metrics.csv"), "control").starts_with("0,control,accuracy,,"));
}

BOOST_AUTO_TEST_SUITE_END()
