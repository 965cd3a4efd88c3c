// The exact contents of the files that a run writes, because users' scripts read them.
#include <nlohmann/json.hpp>
#include <regex>

#include "results/run_results.hpp"
#include "support/csv_rows.hpp"
#include "support/hdf5_file.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// Two models and metrics with every shape of result: a number, one number per layer, vectors and a matrix.
const std::string study = replaced(small_study, "[metric:accuracy]\nevery = 10\n", R"([metric:accuracy]
every = 10
on = both
images = 100

[metric:snr_optimality]
every = 15

[metric:weights_against_c]
every = 15
layer = 1

[metric:loss]
every = 30

[report:summary]
)");

/// One run shared by all tests of this file that only read its files.
struct Run {
  World world;
  Said said;
  Run() {
    world.write("study.ini", study);
    said = world.run({"run", "study.ini", "--out", "out", "--threads", "2"});
    check_exit(said, 0);
  }
  static Run& once() {
    static Run run;
    return run;
  }
  fs::path folder() const { return world.here / "out"; }
  std::string read(const std::string& name) const { return read_file(folder() / name); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(run_folder)

BOOST_AUTO_TEST_CASE(contains_exactly_these_files) {
  const std::vector<std::string> expected = {"checkpoints",    "metrics.csv",  "nodes.h5", "pipeline.ini",
                                             "predictions.h5", "resolved.ini", "run.json", "summary.json",
                                             "summary.txt",    "weights.h5"};
  const auto found = names_in(Run::once().folder());
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_rows_are_ordered_and_complete) {
  const std::string text = Run::once().read("metrics.csv");
  BOOST_TEST(text.ends_with("\n"));
  BOOST_TEST(lines_of(text).front() == "step,model,metric,layer,value");
  std::vector<std::string> keys, expected;
  for (const CsvRow& r : csv_rows(text)) keys.push_back(r.step + "," + r.model + "," + r.metric + "," + r.layer);
  for (int step = 0; step <= 30; ++step)
    for (const std::string model : {"control", "plain", "l2"}) {
      if (model == "control" && step > 0) continue;
      const auto due = [&](int every) { return step % every == 0 || step == 30; };
      const std::string start = std::to_string(step) + "," + model + ",";
      if (due(10)) expected.insert(expected.end(), {start + "accuracy,", start + "accuracy.train,"});
      if (due(15))
        expected.insert(expected.end(),
                        {start + "snr_optimality,1", start + "snr_optimality,2", start + "weights_against_c.node,1",
                         start + "weights_against_c.snr_optimality,1"});
      if (due(30)) expected.insert(expected.end(), {start + "loss,", start + "loss.penalty,"});
    }
  BOOST_TEST(keys == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_have_up_to_nine_digits_and_can_be_read_back) {
  std::size_t longest = 0;
  for (const CsvRow& r : csv_rows(Run::once().read("metrics.csv"))) {
    std::size_t end = 0;
    const double x = std::stod(r.value, &end);
    BOOST_TEST(end == r.value.size());
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", x);
    BOOST_TEST(r.value == text);  // at most nine digits
    std::string digits;
    for (const char c : r.value.substr(0, r.value.find('e')))
      if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
    longest = std::max(longest, digits.substr(std::min(digits.find_first_not_of('0'), digits.size())).size());
  }
  BOOST_TEST(longest == 9u);  // and nine where they are needed
}

BOOST_AUTO_TEST_CASE(every_model_starts_as_the_control) {
  std::map<std::string, std::map<std::string, std::string>> at_0;
  for (const CsvRow& r : csv_rows(Run::once().read("metrics.csv")))
    if (r.step == "0") at_0[r.metric + "," + r.layer][r.model] = r.value;
  BOOST_TEST(at_0.size() == 8u);
  for (const auto& [metric, values] : at_0) {
    BOOST_TEST(values.at("plain") == values.at("control"), metric);
    if (metric != "loss.penalty,") BOOST_TEST(values.at("l2") == values.at("control"), metric);
  }
  // The penalty belongs to the model, not to the network: l2 has one from the first step.
  BOOST_TEST(at_0["loss.penalty,"]["control"] == "0");
  BOOST_TEST(std::stod(at_0["loss.penalty,"]["l2"]) > 0);
}

BOOST_AUTO_TEST_CASE(weights_are_inputs_by_nodes) {
  const auto sets = read_hdf5(Run::once().folder() / "weights.h5");
  std::vector<std::string> names, expected;
  for (const auto& [name, set] : sets) {
    names.push_back(name);
    BOOST_TEST(set.is_float);
    BOOST_TEST(set.bytes == 4u, name);
  }
  for (const std::string group : {"/control", "/models/l2", "/models/plain"})
    for (const std::string set : {"/W1", "/W2", "/b1", "/b2"}) expected.push_back(group + set);
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST((sets.at("/models/l2/W1").size == std::vector<hsize_t>{784, 16}));
  BOOST_TEST((sets.at("/models/l2/W2").size == std::vector<hsize_t>{16, 10}));
  BOOST_TEST((sets.at("/models/l2/b1").size == std::vector<hsize_t>{16}));
  // No image has ink in its first pixel, so that row of W1 has a gradient from the penalty alone. This would fail if
  // rows and columns were swapped.
  const auto &start = sets.at("/control/W1").values, &plain = sets.at("/models/plain/W1").values,
             &l2 = sets.at("/models/l2/W1").values;
  BOOST_TEST((start != plain));
  for (std::size_t node = 0; node < 16; ++node) {
    BOOST_TEST(plain[node] == start[node]);
    BOOST_TEST(std::abs(l2[node]) < std::abs(start[node]));
  }
}

BOOST_AUTO_TEST_CASE(without_output_biases_the_last_b_is_missing) {
  World world;
  world.write("study.ini", small_study);
  check_exit(world.run({"run", "study.ini", "network.output_bias=no", "training.steps=1", "--out", "out"}), 0);
  const auto sets = read_hdf5(world.here / "out/weights.h5");
  BOOST_TEST(sets.contains("/control/b1"));
  BOOST_TEST(!sets.contains("/control/b2"));
}

BOOST_AUTO_TEST_CASE(nodes_are_stacked_by_measurement_with_their_steps) {
  const auto sets = read_hdf5(Run::once().folder() / "nodes.h5");
  const std::vector<std::int64_t> first = {0}, all = {0, 15, 30};
  for (const std::string model : {"control", "plain", "l2"}) {
    const hsize_t times = model == "control" ? 1 : 3;
    const Stored &layer1 = sets.at("/" + model + "/snr_optimality/1"),
                 &layer2 = sets.at("/" + model + "/snr_optimality/2"),
                 &points = sets.at("/" + model + "/weights_against_c/points");
    BOOST_TEST((layer1.size == std::vector<hsize_t>{times, 16}));
    BOOST_TEST((layer2.size == std::vector<hsize_t>{times, 10}));
    BOOST_TEST((points.size == std::vector<hsize_t>{times, 784, 2}));
    for (const Stored* set : {&layer1, &layer2, &points})
      BOOST_TEST(set->steps == (times == 1 ? first : all), boost::test_tools::per_element());
  }
  // The first column of the points is the weights of one node, scaled to length 1; weights.h5 has them as a column.
  const auto weights = read_hdf5(Run::once().folder() / "weights.h5").at("/models/plain/W1").values;
  const auto& points = sets.at("/plain/weights_against_c/points").values;
  std::size_t node = 0;
  for (const CsvRow& r : csv_rows(Run::once().read("metrics.csv")))
    if (r.model == "plain" && r.step == "30" && r.metric == "weights_against_c.node") node = std::stoul(r.value);
  BOOST_TEST_REQUIRE(node >= 1u);
  BOOST_TEST_REQUIRE(node <= 16u);
  double squares = 0;
  for (std::size_t input = 0; input < 784; ++input) squares += std::pow(weights[input * 16 + node - 1], 2);
  for (const std::size_t input : {0u, 300u, 783u})
    BOOST_TEST(points[(2 * 784 + input) * 2] * std::sqrt(squares) == weights[input * 16 + node - 1],
               boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(run_json_records_the_origin_of_the_results) {
  const json j = json::parse(Run::once().read("run.json"));
  for (const char* key :
       {"pipeline", "status", "argv", "directory", "versions", "seed", "host", "cpu", "blas", "threads", "steps",
        "models", "metrics", "plugins", "data", "configuration", "git", "started", "ended"})
    BOOST_TEST(j.contains(key), key);
  BOOST_TEST((j["status"] == "finished"));
  BOOST_TEST((j["argv"] == json({"pipeline", "run", "study.ini", "--out", "out", "--threads", "2"})));
  BOOST_TEST((j["threads"] == 2));
  BOOST_TEST((j["seed"] == 1));
  BOOST_TEST((j["models"] == json({"plain", "l2"})));
  BOOST_TEST(j["git"].is_null());  // the scratch folder is not a repository
  const std::regex utc("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"), sha("[0-9a-f]{64}");
  BOOST_TEST(std::regex_match(j["started"].get<std::string>(), utc));
  BOOST_TEST(std::regex_match(j["configuration"].get<std::string>(), std::regex("[0-9a-f]{12}")));
  BOOST_TEST(!j["blas"]["kernel"].get<std::string>().empty());
  std::vector<std::string> plugins;
  for (const json& p : j["plugins"]) {
    plugins.push_back(p["kind"].get<std::string>() + " " + p["name"].get<std::string>());
    BOOST_TEST(std::regex_match(p["sha256"].get<std::string>(), sha));
    BOOST_TEST(fs::exists(p["path"].get<std::string>()));
  }
  const std::vector<std::string> used = {
      "dataset digits",           "metric accuracy", "metric loss",    "metric snr_optimality",
      "metric weights_against_c", "optimiser sgd",   "regulariser l2", "report summary"};
  BOOST_TEST(plugins == used, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(summary_json_has_last_and_best_of_every_metric) {
  const json j = json::parse(Run::once().read("summary.json"));
  double best = 0, last = 0;
  for (const CsvRow& r : csv_rows(Run::once().read("metrics.csv")))
    if (r.model == "l2" && r.metric == "accuracy") last = std::stod(r.value), best = std::max(best, last);
  BOOST_TEST((j["l2"]["accuracy"]["last"] == last));
  BOOST_TEST((j["l2"]["accuracy"]["best"] == best));
  BOOST_TEST((j["l2"]["accuracy"]["last_step"] == 30));
  BOOST_TEST((j["control"]["accuracy"]["last_step"] == 0));
  BOOST_TEST(j["plain"]["snr_optimality"].contains("1"));  // one number per layer
  BOOST_TEST(j["plain"]["snr_optimality"].contains("2"));
  BOOST_TEST(!j["plain"]["loss.penalty"].contains("best"));  // neither direction is better
}

BOOST_AUTO_TEST_CASE(named_values_have_a_best_only_if_their_metric_declares_a_direction) {
  World world;
  world.write("study.ini",
              small_study + "\n[metric:generalisation_gap]\nevery = 10\n\n[metric:loss]\nevery = 10\non = both\n");
  check_exit(world.run({"run", "study.ini", "--out", "out"}), 0);
  const json j = json::parse(world.read("out/summary.json"))["plain"];
  for (const char* metric : {"loss", "loss.train"}) BOOST_TEST(j[metric].contains("best"), metric);
  for (const char* metric :
       {"loss.penalty", "loss.train.penalty", "generalisation_gap.accuracy", "generalisation_gap.loss"})
    BOOST_TEST(!j[metric].contains("best"), metric);
  BOOST_TEST((j["loss.train"]["best"] <= j["loss.train"]["last"]));
  const auto opened = pipeline::results::open_run(world.here / "out");
  const pipeline::RunResults& run = *opened;
  BOOST_TEST(run.metrics[0].info.on == "test");
  BOOST_TEST(run.metrics[1].info.on == "");  // it uses both
  BOOST_TEST((run.metrics[1].info.better == pipeline::Direction::neither));
  BOOST_TEST(run.metrics[2].info.on == "both");
  BOOST_TEST(run.failures.empty());
}

BOOST_AUTO_TEST_CASE(the_pipeline_file_is_copied_byte_for_byte) {
  World world;
  const std::string given =
      "\xef\xbb\xbf# caf\xc3\xa9\r\n" + replaced(small_study, "\n", "\r\n") + "; no final newline";
  world.write("study.ini", given);
  check_exit(world.run({"run", "study.ini", "training.steps=1", "--out", "out"}), 0);
  BOOST_TEST(world.read("out/pipeline.ini") == given);
}

BOOST_AUTO_TEST_CASE(resolved_ini_runs_again_with_the_same_rows) {
  World world;
  world.write("again.ini", Run::once().read("resolved.ini"));
  check_exit(world.run({"run", "again.ini", "--out", "again", "--threads", "1"}), 0);
  BOOST_TEST(world.read("again/metrics.csv") == Run::once().read("metrics.csv"));
  BOOST_TEST(world.read("again/resolved.ini") == Run::once().read("resolved.ini"));
  BOOST_TEST((json::parse(world.read("again/run.json"))["configuration"] ==
              json::parse(Run::once().read("run.json"))["configuration"]));
  // A model that took its learning rate from [training] still does.
  world.write("study.ini", study);
  check_exit(world.run({"run", "again.ini", "training.learning_rate=0.01", "--out", "slower", "--threads", "1"}), 0);
  check_exit(world.run({"run", "study.ini", "training.learning_rate=0.01", "--out", "as_given", "--threads", "1"}), 0);
  BOOST_TEST(world.read("slower/metrics.csv") == world.read("as_given/metrics.csv"));
  BOOST_TEST(world.read("slower/metrics.csv") != Run::once().read("metrics.csv"));
}

BOOST_AUTO_TEST_CASE(a_models_own_learning_rate_is_kept_in_resolved_ini) {
  World world;  // also in a file whose name starts like the origin "default"
  world.write("default.ini", replaced(small_study, "l2.lambda = 1e-3", "l2.lambda = 1e-3\nlearning_rate = 0.5"));
  check_exit(world.run({"run", "default.ini", "--out", "out"}), 0);
  const std::string resolved = world.read("out/resolved.ini");
  BOOST_TEST(resolved.find("learning_rate = 0.5\n", resolved.find("[model:l2]")) != std::string::npos);
  world.write("again.ini", resolved);
  check_exit(world.run({"run", "again.ini", "--out", "again"}), 0);
  BOOST_TEST(world.read("again/metrics.csv") == world.read("out/metrics.csv"));
}

BOOST_AUTO_TEST_SUITE_END()
