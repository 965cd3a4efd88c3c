// A run that fails before its first step leaves either no folder, or a run.json that states why.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <pipeline/metric.hpp>

#include "config/complaint.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Makes the last validation sample negative.
struct NegativeAtTheEnd final : Wrapper {
  DataShape changed_shape(DataShape inner) const override { return inner; }
  Data change(Data data) const override {
    for (Samples* s : {&data.train, &data.validation, &data.test}) {
      s->floats = arma::conv_to<arma::fmat>::from(s->bytes);
      s->bytes.reset();
    }
    data.validation.floats(0, data.validation.size() - 1) = -1;
    return data;
  }
};

std::string text(const std::string& in_dataset = "", const std::string& more = "") {
  std::string out = small_pipeline(2, 100, 50);
  return out.insert(out.find("[network]"), in_dataset) + "[model:plain]\n" + more;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(failed_starts)

BOOST_AUTO_TEST_CASE(a_model_that_cannot_be_made_leaves_no_folder) {
  const Scratch scratch;
  const SmallRun run(scratch, text(), [](experiment::Pipeline& p) {
    const auto fail = []() -> std::shared_ptr<Regulariser> { throw std::runtime_error("out of stock"); };
    p.models[0].regularisers.push_back({"mine", {"mine", {}, fail}, {}, {}});
  });
  BOOST_TEST(message_of([&] { run.in("out"); }).find("out of stock") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(scratch.path() / "out"));
}

BOOST_AUTO_TEST_CASE(a_failure_after_the_folder_was_created_is_in_run_json) {
  struct Fails final : Metric {
    MetricInfo describe() const override { return {}; }
    void measure(const Evaluation&, Results&) const override { throw std::runtime_error("the scale is broken"); }
  };
  const Scratch scratch;
  const SmallRun run(scratch, text(), [](experiment::Pipeline& p) {
    experiment::MetricConfig& m = p.metrics.emplace_back();
    m.name = "mine", m.every = 1;
    m.plugin = {"mine", {}, [] { return std::make_shared<Fails>(); }};
  });
  const std::string message = message_of([&] { run.in("out"); });
  BOOST_TEST(message.find("the scale is broken") != std::string::npos);
  const auto record = nlohmann::json::parse(run.file_of("out", "run.json"));
  BOOST_TEST((record["status"] == "failed"));
  BOOST_TEST((record["failures"]["run"] == message));
}

BOOST_AUTO_TEST_CASE(validation_samples_count_where_a_metric_needs_inputs_that_are_not_negative) {
  const Scratch scratch;
  const auto run = [&](const std::string& on) {
    const SmallRun small(
        scratch, text("validation = 10\n", "[metric:signal_factor]\nevery = 1\non = " + on + "\n"),
        [](experiment::Pipeline& p) {
          p.wrappers.push_back({{"mine", {}, [] { return std::make_shared<NegativeAtTheEnd>(); }}, {}});
        });
    return message_of([&] { small.in("out"); });
  };
  // The metric is refused before the run, not in the middle of it.
  BOOST_TEST(run("validation").find("rate") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(scratch.path() / "out"));
}

BOOST_AUTO_TEST_SUITE_END()
