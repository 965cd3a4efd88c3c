// Requirements on every shipped pipeline: it passes `check`, states its question, and a shortened version runs, also on
// other datasets.
#include <nlohmann/json.hpp>
#include <pipeline/dataset.hpp>

#include "data/access.hpp"
#include "support/csv_rows.hpp"
#include "support/load_plugin.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(SOURCE_DIR "/pipelines"))
    if (file.path().extension() == ".ini") names.push_back(file.path().filename().string());
  std::ranges::sort(names);
  return names;
}

/// Overrides that shorten any shipped pipeline: 20 steps, and every metric every ten steps.
Words shortened(const World& world, const std::string& file) {
  Words words;
  for (const std::string& line : lines_of(world.run({"show", file}).out))
    if (line.starts_with("[metric:")) words.push_back(line.substr(1, line.size() - 2) + ".every=10");
  BOOST_TEST(!words.empty(), file);
  // With few samples, the validation set and the subset must be smaller too.
  const std::string shown = world.run({"show", file}).out;
  if (shown.find("\nvalidation = 5000\n") != std::string::npos) words.push_back("dataset.validation=100");
  if (shown.find("\nsubset.per_class = 500\n") != std::string::npos) words.push_back("dataset.subset.per_class=30");
  return words + Words{"training.steps=20", "training.batch_size=20"};
}

/// Checks that a run is complete: rows of each model and metric up to the last step, none infinite, and all pictures.
void check_whole_run(const fs::path& run, const std::string& last_step) {
  const json about = json::parse(read_file(run / "run.json"));
  BOOST_TEST((about["status"] == "finished"));
  std::map<std::string, std::size_t> last;
  for (const CsvRow& r : csv_rows(read_file(run / "metrics.csv"))) {
    if (r.step == last_step) ++last[r.model + " " + r.metric.substr(0, r.metric.find('.'))];
    BOOST_TEST(r.value.find("inf") == std::string::npos, r.metric);
  }
  for (const json& model : about["models"])
    for (const json& metric : about["metrics"]) {
      const std::string section = metric["section"];
      BOOST_TEST(last[model.get<std::string>() + " " + section] > 0u, model << " " << section);
    }
  for (const json& metric : about["metrics"])
    for (const char* kind : {".svg", ".png", ".gp", ".tsv"}) {
      const std::string section = metric["section"];
      // One for each quantity, if the metric has several: generalisation_gap.loss.
      const bool is_drawn = std::ranges::any_of(fs::directory_iterator(run / "plots"), [&](const auto& entry) {
        const std::string name = entry.path().filename().string();
        return name == section + kind || (name.starts_with(section + ".") && name.ends_with(kind));
      });
      BOOST_TEST(is_drawn, section << kind);
    }
}

/// Handwritten digits of 8 x 8 pixels between 0 and 1: the inner 24 x 24 pixels of the dataset `digits`, each 3 x 3
/// averaged.
std::string csv_of_small_digits(std::size_t rows) {
  const auto digits = load<pipeline::Dataset>("dataset", "digits");
  set(*digits, {{"train", std::to_string(rows)}, {"test", "1"}});
  const pipeline::Samples samples = digits->load(pipeline::data::Access({}, 1)).train;
  std::string text = "label";
  for (int p = 0; p < 64; ++p) text += ",p" + std::to_string(p);
  text += "\n";
  for (std::size_t n = 0; n < rows; ++n) {
    text += std::to_string(samples.labels[n]);
    for (std::size_t p = 0; p < 64; ++p) {
      unsigned sum = 0;
      for (std::size_t q = 0; q < 9; ++q) sum += samples.bytes((2 + p / 8 * 3 + q / 3) * 28 + 2 + p % 8 * 3 + q % 3, n);
      text += "," + std::to_string(sum / (9 * 255.0));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shipped_pipelines)

BOOST_AUTO_TEST_CASE(checks_and_opens_with_a_question_or_statement_and_is_named_after_its_file) {
  const World world;
  BOOST_TEST(shipped().size() >= 3u);
  for (const std::string& file : shipped()) {
    check_exit(world.run({"check", file}), 0);
    const std::string first = lines_of(read_file(fs::path(SOURCE_DIR "/pipelines") / file)).front();
    BOOST_TEST(first.starts_with("# "), file);
    BOOST_TEST(first.size() > 20u, file);
    BOOST_TEST((first.find('?') != std::string::npos || first.ends_with('.') || first.find(": ") != std::string::npos),
               file);
    check_says(world.run({"show", file}).out, "\nname = " + fs::path(file).stem().string() + "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_shortened_run_finishes_and_draws_its_pictures) {
  for (const std::string& file : shipped()) {
    const World world;
    const Said said = world.run(Words{"run", file, "dataset.plugin=digits", "dataset.train=600", "dataset.test=200",
                                      "network.layers=784,16,12,10", "--out", "out"} +
                                shortened(world, file));
    check_exit(said, 0);
    for (const std::string& line : lines_of(said.err))  // in so few steps a limit may not be reached
      BOOST_TEST((!line.starts_with("warning") || line.find(": never acted: ") != line.npos), file << ": " << line);
    check_whole_run(world.here / "out", "20");
    for (const std::string& line : lines_of(said.out))
      if (!line.starts_with("  results ") && !line.starts_with("results in") && !line.starts_with("pictures in") &&
          !line.starts_with("plots: "))
        BOOST_TEST(line.size() <= 100u, line);
  }
}

BOOST_AUTO_TEST_CASE(mnist_snr_runs_on_a_csv_table_of_smaller_images) {
  const World world;
  world.write("small digits.csv", csv_of_small_digits(500));
  const Said said = world.run(Words{"run", "mnist_snr.ini", "dataset.plugin=csv", "dataset.train=small digits.csv",
                                    "dataset.header=yes", "dataset.label=label", "dataset.test_rows=100",
                                    "dataset.image=8,8", "network.layers=64,16,12,10", "--out", "out"} +
                              shortened(world, "mnist_snr.ini") + Words{"training.steps=1000"});
  check_exit(said, 0);
  check_says(said.out, "  dataset    csv: 400 training and 100 test images of 8 x 8, 10 classes\n");
  check_whole_run(world.here / "out", "1000");
  // Guessing yields .1; a small network trained on 400 blurred digits classifies most of them correctly.
  double accuracy = 0;
  for (const CsvRow& r : csv_rows(world.read("out/metrics.csv")))
    if (r.model == "noreg" && r.metric == "accuracy" && r.step == "1000") accuracy = std::stod(r.value);
  BOOST_TEST(accuracy > 0.6);
  const json data = json::parse(world.read("out/run.json"))["data"];
  BOOST_TEST_REQUIRE(data.size() == 1u);
  BOOST_TEST((data[0]["file"] == "small digits.csv"));
  BOOST_TEST((data[0]["sha256"].get<std::string>().size() == 64u));
}

BOOST_AUTO_TEST_SUITE_END()
