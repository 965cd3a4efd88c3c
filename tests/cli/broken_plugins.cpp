// Faulty plugins: refused with the reason, or failing without affecting other models.
#include <nlohmann/json.hpp>
#include <set>

#include "support/csv_rows.hpp"
#include "support/plugin_fixture.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(broken_plugins)

BOOST_AUTO_TEST_CASE(a_plugin_for_another_contract_is_refused) {
  const PluginFixture fixture;
  fixture.put(libraries / "refused.so");
  fixture.refused(
      fixture.swapped("other_contract"),
      R"(error: command line: regulariser 'other_contract' was built for plugin contract 999, but this program has contract 9
  <here>/plugins/refused.so
  rebuild it against this program's headers
)");
}

BOOST_AUTO_TEST_CASE(a_plugin_of_another_build_is_refused_and_both_layouts_are_shown) {
  const PluginFixture fixture;
  fixture.put(libraries / "refused.so");
  const Said said = fixture.with(Words{"check", "study.ini"} + fixture.swapped("other_build"));
  check_exit(said, 3);
  const auto lines = lines_of(fixture.tidy(said.err));
  BOOST_TEST_REQUIRE(lines.size() == 7u);
  BOOST_TEST(lines[0] ==
             "error: command line: regulariser 'other_build' was built with a different layout of C++ objects");
  BOOST_TEST(lines[1] == "  <here>/plugins/refused.so");
  BOOST_TEST(lines[2] == "  plugin:  C++ ABI other, pointers 4");
  BOOST_TEST(lines[3] == "           OldC 1.0");
  BOOST_TEST(lines[4].starts_with("  program: C++ ABI lib"));
  BOOST_TEST(lines[6] == "  rebuild it with the program's compiler and libraries");
  for (const std::string& line : lines) BOOST_TEST(line.size() <= 100u, line);
}

BOOST_AUTO_TEST_CASE(a_refusal_shows_the_line_that_names_the_plugin) {
  const PluginFixture fixture;
  fixture.put(libraries / "refused.so");
  const std::string end = R"( was built for plugin contract 999, but this program has contract 9
  <here>/plugins/refused.so
  rebuild it against this program's headers
)";
  fixture.write("study.ini", replaced(replaced(small_study, "l2.lambda = 1e-3\n", ""), "= l2", "= other_contract"));
  fixture.refused({}, "error: study.ini:21: regulariser 'other_contract'" + end);
  fixture.write("study.ini", replaced(small_study, "l2.lambda = 1e-3", "l2.plugin = other_contract"));
  fixture.refused({}, "error: study.ini:22: regulariser 'other_contract'" + end);
}

BOOST_AUTO_TEST_CASE(a_missing_symbol_is_named_before_the_run_starts) {
  const PluginFixture fixture;
  fixture.put(libraries / "missing_symbol.so");
  fixture.refused(
      fixture.swapped("missing_symbol"),
      R"(error: command line: regulariser 'missing_symbol' cannot be used: the library cannot be loaded: undefined symbol: gone::function_that_no_library_defines(int)
  <here>/plugins/missing_symbol.so
  rebuild it against this program
)");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_cannot_be_created_is_refused) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  fixture.put(libraries / "refused.so");
  fixture.refused(fixture.swapped("make_throws"),
                  R"(error: command line: regulariser 'make_throws' cannot be created: no licence found
  <here>/plugins/misbehaves.so
)");
  fixture.refused(
      fixture.swapped("makes_nothing"),
      R"(error: command line: regulariser 'makes_nothing' cannot be created: its library returns a null pointer
  <here>/plugins/refused.so
)");
}

BOOST_AUTO_TEST_CASE(keys_of_a_refused_plugin_cause_no_further_errors) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  fixture.refused(
      fixture.swapped("declare_throws") + Words{"model:l2.declare_throws.strength=1"},
      "error: command line: regulariser 'declare_throws' fails while it declares its parameters: declared too much\n");
  fixture.refused(fixture.swapped("make_throws") + Words{"model:l2.make_throws.strength=1"},
                  R"(error: command line: regulariser 'make_throws' cannot be created: no licence found
  <here>/plugins/misbehaves.so
)");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_throws_before_the_run_is_named_with_the_place_that_uses_it) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const auto check_blamed = [&](const Words& words, const std::string& text) {
    const Said said = fixture.with(words);
    check_exit(said, 3);
    check_text(fixture.tidy(said.err), text);
  };
  check_blamed(
      {"check", "study.ini", "+metric:describe_throws.every=10"},
      "error: command line: metric 'describe_throws' fails while it describes what it measures: no words for it\n");
  check_blamed({"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=section_throws"},
               "error: command line: regulariser 'section_throws' fails in Watcher::section: nothing to watch\n");
  check_blamed({"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=check_throws"},
               "error: command line: regulariser 'check_throws' fails in Regulariser::check: share of nothing\n");
  check_blamed(
      {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=depends_on_nothing"},
      "error: command line: regulariser 'depends_on_nothing' fails while it declares its parameters: parameter "
      "'share' depends on 'form', which is not declared\n");
}

BOOST_AUTO_TEST_CASE(types_of_one_name_in_two_libraries_are_not_shared) {
  const PluginFixture fixture;
  fixture.put(libraries / "same_type_sum.so");
  fixture.put(libraries / "same_type_count.so");
  check_exit(fixture.with({"run", "study.ini", "+metric:same_type_sum.every=30", "+metric:same_type_count.every=30",
                           "--out", "out", "--progress", "none"}),
             0);
  // If the libraries shared one object, one of them would read the bits of the other's number.
  const std::string rows = fixture.read("out/metrics.csv");
  const auto value = [&](const std::string& metric) {
    const std::string key = "\n30,l2," + metric + ",,";
    const std::size_t at = rows.find(key);
    return at == std::string::npos ? "" : rows.substr(at + key.size(), rows.find('\n', at + 1) - at - key.size());
  };
  BOOST_TEST(value("same_type_sum") != "");
  BOOST_TEST(value("same_type_sum") == value("same_type_count"));
}

BOOST_AUTO_TEST_CASE(two_libraries_with_the_same_plugin_are_refused_and_both_are_named) {
  const PluginFixture fixture;
  fixture.put(shipped / "l2.so");
  fixture.refused({}, R"(error: study.ini:21: two libraries contain a regulariser named 'l2'
  <here>/plugins/l2.so
  <build>/lib/pipeline/plugins/l2.so
  remove or rename one, or take its folder out of the search path (see pipeline plugins path)
)");
  // A refused plugin that no model uses does no harm.
  check_exit(fixture.with({"check", "study.ini", "~model:l2"}), 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_a_plugin_is_passed_over) {
  const PluginFixture fixture;
  fixture.write("plugins/notes.txt", "not a library");
  fixture.write("plugins/text.so", "not a library either");
  fixture.write("plugins/empty.so", "");
  fixture.write("plugins/half.so", read_file(shipped / "l2.so").substr(0, 3000));
  fs::create_directories(fixture.here / "plugins/folder.so");
  fs::create_symlink("nowhere", fixture.here / "plugins/dangling.so");
  fixture.put(BUILD_DIR "/lib/libpipeline.so", "stranger.so");  // a library without plugins
  check_exit(fixture.with({"check", "study.ini"}), 0);
  check_exit(fixture.with({"plugins", "list"}), 0);
  // It is an error only when a study names it.
  fixture.refused(
      fixture.swapped("text"),
      R"(error: command line: <here>/plugins/text.so is not a valid ELF file, so it has no regulariser 'text'
  rebuild it, or remove it if it is not a plugin library
)");
  const Said said = fixture.with(Words{"check", "study.ini"} + fixture.swapped("stranger"));
  check_exit(said, 2);
  check_says(said.err, "unknown regulariser 'stranger'");
}

BOOST_AUTO_TEST_CASE(the_list_shows_why_a_plugin_is_refused) {
  const PluginFixture fixture;
  fixture.put(libraries / "refused.so");
  const Said said = fixture.with({"plugins", "list"});
  check_exit(said, 3);
  check_says(said.out, "refused: regulariser 'other_contract' was built for plugin contract 999");
  check_says(said.out, "\n  l2 ");  // the others are still listed
  // All summaries start in the same column, even after the longest name.
  std::set<std::size_t> columns;
  for (const std::string& line : lines_of(said.out))
    if (line.starts_with("  ") && line[2] != ' ') columns.insert(line.find_first_not_of(' ', line.find(' ', 2)));
  BOOST_TEST(columns.size() == 1u);
  BOOST_TEST(said.out.find("largest_singular_value  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_from_a_hook_stops_only_its_model) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  check_exit(fixture.run({"run", "study.ini", "--out", "healthy"}), 0);
  const Said said = fixture.run_with_regulariser("hook_throws", {"--progress", "none"});
  check_exit(said, 5);
  check_text(
      said.err,
      "warning: model l2 stopped: command line: regulariser 'hook_throws', hook GradientChange::change, step 5: the "
      "moon is full\n");
  const std::string rows = fixture.read("out/metrics.csv");
  BOOST_TEST(rows_of(rows, "plain") == rows_of(fixture.read("healthy/metrics.csv"), "plain"));
  BOOST_TEST(lines_of(rows_of(rows, "l2")).size() == 1u);  // what it measured at step 0 is kept
  const json j = json::parse(fixture.read("out/run.json"));
  BOOST_TEST((j["status"] == "finished, some models failed"));
  BOOST_TEST((j["failures"]["l2"] ==
              "command line: regulariser 'hook_throws', hook GradientChange::change, step 5: the moon is full"));
}

BOOST_AUTO_TEST_CASE(a_thrown_value_that_is_not_an_exception_stops_only_its_model) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Said said = fixture.run_with_regulariser("hook_throws_number", {"--progress", "none"});
  check_exit(said, 5);
  check_says(
      said.err,
      "warning: model l2 stopped: command line: regulariser 'hook_throws_number', hook GradientChange::change, step "
      "0: threw ");
}

BOOST_AUTO_TEST_CASE(a_nan_from_a_hook_stops_only_its_model) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Said said = fixture.run_with_regulariser("hook_gives_nan", {"--progress", "none"});
  check_exit(said, 5);
  check_says(said.err, "warning: model l2 stopped: ");
  BOOST_TEST(fixture.read("out/metrics.csv").find("nan") == std::string::npos);
  BOOST_TEST(lines_of(rows_of(fixture.read("out/metrics.csv"), "plain")).size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_exit_code_blames_the_plugin_if_no_model_finished) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  check_exit(fixture.run_with_regulariser("hook_throws", {"~model:plain"}), 3);
}

BOOST_AUTO_TEST_CASE(a_metric_that_fails_ends_the_run_and_is_named) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Said said =
      fixture.with({"run", "study.ini", "+metric:measure_throws.every=10", "--out", "out", "--progress", "none"});
  check_exit(said, 3);
  check_says(said.err, "error: ");
  check_says(said.err, "measure_throws");
  check_says(said.err, "the scale is broken");
  const json run = json::parse(fixture.read("out/run.json"));
  BOOST_TEST((run["status"] == "failed"));
  check_says(run["failures"]["run"].get<std::string>(), "the scale is broken");
  // It fails at step 10: what was measured at step 0 is kept.
  const std::string rows = fixture.read("out/metrics.csv");
  check_says(rows, "\n0,control,measure_throws,,1\n");
  check_says(rows, "\n0,plain,measure_throws,,1\n");
  for (const std::string metric : {"measure_gives_inf", "layer_out_of_range"}) {
    const Said other = fixture.with({"run", "study.ini", "+metric:" + metric + ".every=10", "--progress", "none"});
    check_exit(other, 3);
    check_says(other.err, metric);
  }
}

BOOST_AUTO_TEST_CASE(a_report_that_fails_causes_only_a_warning) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Said said = fixture.with({"run", "study.ini", "+report:report_throws", "--out", "out", "--progress", "none"});
  check_exit(said, 0);
  check_text(said.err, "warning: report 'report_throws' in [report:report_throws] (command line) failed: out of ink\n");
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "finished"));
}

BOOST_AUTO_TEST_CASE(a_dataset_that_breaks_its_promise_is_named) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const auto run = [&](const std::string& name) {
    return fixture.with(
        {"run", "study.ini", "dataset.plugin=" + name, "network.layers=4, 3, 2", "training.batch_size=2"});
  };
  Said said = run("load_throws");
  check_exit(said, 4);
  check_text(said.err, "error: dataset 'load_throws' in [dataset] (command line): the shelf is empty\n");
  said = run("label_out_of_range");
  check_exit(said, 4);
  check_text(said.err,
             "error: dataset 'label_out_of_range' in [dataset] (command line): has the training label 7 but only 2 "
             "classes\n");
  said = run("breaks_promise");
  check_exit(said, 4);
  check_text(said.err,
             "error: dataset 'breaks_promise' in [dataset] (command line): promised 8 + 8 samples of 4 features "
             "in 2 classes, but loaded 6 + 6 samples of 4 features in 2 classes\n");
}

// Such a dataset was believed, and shift wrote past the end of the batch.
BOOST_AUTO_TEST_CASE(an_image_shape_that_is_not_the_features_is_refused_before_training) {
  const PluginFixture fixture;
  fixture.put(libraries / "misbehaves.so");
  const Words study = {"study.ini", "network.layers=4, 3, 2", "training.batch_size=2", "~model:l2.l2.lambda",
                       "model:l2.regularisers=shift"};
  const std::string wrong = "' in [dataset] (command line): has images of 3 x 3 x 1 pixels but 4 features\n";
  for (const std::string command : {"check", "run"}) {
    const Said said = fixture.with(Words{command} + study + Words{"dataset.plugin=wrong_image"});
    check_exit(said, 4);
    check_text(said.err, "error: dataset 'wrong_image" + wrong);
  }
  const Said said = fixture.with(Words{"run"} + study + Words{"dataset.plugin=loads_wrong_image"});
  check_exit(said, 4);
  check_text(said.err, "error: dataset 'loads_wrong_image" + wrong);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(diverging)

BOOST_AUTO_TEST_CASE(a_model_that_diverges_does_not_affect_the_others) {
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

BOOST_AUTO_TEST_CASE(the_whole_run_stops_there_if_it_is_told_to) {
  World world;
  world.write("study.ini", small_study);
  const Words words = {"run",
                       "study.ini",
                       "model:l2.learning_rate=1e6",
                       "training.steps=100000000",
                       "training.on_nan=stop_run",
                       "--out",
                       "out",
                       "--progress",
                       "none"};
  const Said said = world.run(words);
  check_exit(said, 1);
  check_says(said.err, "error: model l2 diverged: ");
  check_says(said.err, "\n  the run stops there because on_nan = stop_run\n");
  const json run = json::parse(world.read("out/run.json"));
  BOOST_TEST((run["status"] == "failed"));
  BOOST_TEST(run["failures"]["run"].get<std::string>().starts_with("model l2 diverged: "));
  BOOST_TEST(rows_of(world.read("out/metrics.csv"), "plain").starts_with("0,plain,accuracy,,"));
}

BOOST_AUTO_TEST_CASE(the_exit_code_is_1_if_every_model_diverged) {
  World world;
  world.write("study.ini", small_study);
  const Said said = world.run(
      {"run", "study.ini", "model:l2.learning_rate=1e6", "~model:plain", "--out", "out", "--progress", "none"});
  check_exit(said, 1);
  check_says(said.err, "warning: model l2 stopped: diverged: ");
  BOOST_TEST(rows_of(world.read("out/metrics.csv"), "control").starts_with("0,control,accuracy,,"));
}

BOOST_AUTO_TEST_SUITE_END()
