// Other models, metrics and threads do not change a single bit of a model's results.
#include <boost/test/unit_test.hpp>

#include "results/metrics_csv.hpp"
#include "support/small_run.hpp"

using namespace pipeline;
using namespace support;

namespace {

const std::string metrics =
    "[metric:accuracy]\nevery = 50\non = both\nimages = 600\n[metric:loss]\nevery = 100\n"
    "[metric:snr_optimality]\nevery = 100\n[metric:weights_against_c]\nevery = 100\nlayer = 3\n";
const std::string plain = "[model:plain]\n", l2 = "[model:l2]\nregularisers = l2\nl2.lambda = 1e-3\n",
                  dropout = "[model:dropout]\nregularisers = dropout, max_norm\nmax_norm.limit = 2\n";
// More than two slices of 200 steps, so that models move from thread to thread.
std::string text(const std::string& models, const std::string& more = "") {
  return small_pipeline(450, 2000, 700) + models + metrics + more;
}

std::string rows_of(const std::string& csv, const std::string& wanted) {
  return rows_where(csv, [&](const std::string& model, const std::string&) { return model == wanted; });
}

/// Counts how often it measures.
struct Counting final : Metric {
  mutable std::atomic<int> count = 0;
  MetricInfo describe() const override { return {.looks = Looks::at_weights}; }
  void measure(const Evaluation& e, Results& out) const override {
    ++count;
    out.value(arma::norm(e.network().layer(1).W, "fro"));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(side_by_side)

BOOST_AUTO_TEST_CASE(any_number_of_threads_writes_the_same_files) {
  const Scratch scratch;
  const SmallRun run(scratch, text(plain + l2 + dropout));
  run.in("1", 1);
  const std::string csv = run.file_of("1", "metrics.csv");
  // 4 sections; accuracy at 0, 50 .. 400 and 450 on two splits for three models, once for control.
  BOOST_TEST(std::ranges::count(
                 rows_where(csv, [](auto&, auto& m) { return m == "accuracy" || m == "accuracy.train"; }), '\n') ==
             2 * (3 * 10 + 1));
  for (const std::size_t threads : {2, 3, 8}) {
    const std::string name = std::to_string(threads);
    run.in(name, threads);
    BOOST_TEST((run.file_of(name, "metrics.csv") == csv), name << " threads");
    for (const char* file : {"weights.h5", "nodes.h5"}) {
      BOOST_TEST(run.file_of("1", file).size() > 1000u);
      BOOST_TEST((run.file_of(name, file) == run.file_of("1", file)), file << ", " << name << " threads");
    }
  }
}

BOOST_AUTO_TEST_CASE(at_step_0_the_control_is_measured_for_all_models_that_do_not_change_what_is_measured) {
  const Scratch scratch;
  Counting counting;
  const auto with = [&](const std::string& models) {
    return SmallRun(scratch,
                    small_pipeline(0, 2000, 700) + plain + models + metrics +
                        "[metric:linear_cka]\nevery = 1\nwith = plain\n[metric:learning_rate]\n",
                    [&](experiment::Pipeline& p) {
                      experiment::MetricConfig counted;
                      counted.name = "counting";
                      counted.every = 1;
                      counted.plugin.make = [&] { return std::shared_ptr<Metric>(std::shared_ptr<void>(), &counting); };
                      p.metrics.push_back(counted);
                    });
  };
  const auto measurements = [&](const std::string& models, const std::string& folder) {
    const int before = counting.count;
    with(models).in(folder, 1);  // the control is measured first
    return counting.count - before;
  };
  const int of_one = measurements("", "one");
  BOOST_TEST(measurements(l2 + dropout, "alike") == of_one);
  const std::string changing =
      "[model:normed]\nregularisers = batch_norm\n[model:averaged]\nregularisers = weight_average\n";
  BOOST_TEST(measurements(l2 + dropout + changing, "all") == of_one + 2);

  const SmallRun all = with(l2 + dropout + changing);
  std::map<std::string, std::set<std::string>> values;  // by column
  for (const Row& row : results::read_metrics(scratch.path() / "all" / "metrics.csv"))
    if (row.model != "normed") values[row.metric].insert(std::to_string(row.value));
  BOOST_TEST(values.at("accuracy").size() == 1u);
  BOOST_TEST(values.at("loss.penalty").size() == 2u);
  BOOST_TEST(values.at("learning_rate").size() == 2u);  // NaN for the control, which is not trained
  // With many threads all models are measured at once, each by itself.
  for (const std::size_t threads : {4, 8, 16}) {
    const std::string name = std::to_string(threads);
    all.in(name, threads);
    for (const char* file : {"metrics.csv", "nodes.h5"})
      BOOST_TEST((all.file_of(name, file) == all.file_of("all", file)), file << ", " << name << " threads");
  }
}

BOOST_AUTO_TEST_CASE(threads_that_help_the_only_model_do_not_change_the_files) {
  const Scratch scratch;
  std::string wide = text(dropout);  // wide enough for its products to be divided among threads
  const std::string narrow = "784, 32, 16, 10";
  wide.replace(wide.find(narrow), narrow.size(), "784, 900, 300, 10");
  const SmallRun run(scratch, wide);
  for (const std::size_t threads : {1, 4}) run.in(std::to_string(threads), threads);
  for (const char* file : {"metrics.csv", "weights.h5"})
    BOOST_TEST((run.file_of("1", file) == run.file_of("4", file)), file);
}

BOOST_AUTO_TEST_CASE(another_model_does_not_change_the_rows_of_the_others) {
  const Scratch scratch;
  const SmallRun alone(scratch, text(dropout));
  alone.in("alone");
  const SmallRun beside(scratch, text(l2 + plain + dropout));  // also at another place in the file
  beside.in("beside", 2);
  for (const char* model : {"control", "dropout"}) {
    const std::string rows = rows_of(alone.file_of("alone", "metrics.csv"), model);
    BOOST_TEST(!rows.empty());
    BOOST_TEST((rows == rows_of(beside.file_of("beside", "metrics.csv"), model)), model);
  }
}

BOOST_AUTO_TEST_CASE(another_metric_does_not_change_the_rows_of_the_others) {
  const Scratch scratch;
  const SmallRun few(scratch, text(dropout));
  few.in("few");
  const SmallRun more(scratch, text(dropout,
                                    "[metric:sign_disagreement]\nevery = 7\nrate = "
                                    "above_mean\n[metric:sparsity]\nevery = 30\non = train\nimages = 100\n"));
  more.in("more", 2);
  const auto shared = [](const std::string&, const std::string& metric) {
    return metric != "sign_disagreement" && metric != "sparsity";
  };
  const std::string all = more.file_of("more", "metrics.csv");
  BOOST_TEST((rows_where(all, shared) == rows_where(few.file_of("few", "metrics.csv"), shared)));
  BOOST_TEST(all.size() > few.file_of("few", "metrics.csv").size());
}

BOOST_AUTO_TEST_CASE(the_name_of_a_model_changes_its_masks_but_not_the_control) {
  const Scratch scratch;
  const SmallRun one(scratch, text(dropout));
  one.in("one");
  const SmallRun renamed(scratch, text("[model:other]\nregularisers = dropout, max_norm\nmax_norm.limit = 2\n"));
  renamed.in("renamed");
  const std::string a = one.file_of("one", "metrics.csv"), b = renamed.file_of("renamed", "metrics.csv");
  BOOST_TEST((rows_of(a, "control") == rows_of(b, "control")));
  BOOST_TEST(last_value(a, "dropout", "loss") != last_value(b, "other", "loss"));  // another name draws other masks
}

BOOST_AUTO_TEST_SUITE_END()
