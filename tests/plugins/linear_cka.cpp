// Linear CKA: values worked by hand, rotation and scaling, comparison with a failed or stopped model, and identical
// results for any number of threads.
#include <boost/test/unit_test.hpp>

#include <pipeline/hooks.hpp>

#include "support/measured.hpp"
#include "support/small_run.hpp"

using namespace support;
using boost::test_tools::tolerance;

namespace {

// Four samples on which both inputs have variance 1 and covariance 0.
const pipeline::Samples four_samples = samples_of({{0, 2, 0, 2}, {0, 0, 2, 2}});
pipeline::Network hidden(const arma::fmat& W) { return network_of({W, arma::fmat(2, W.n_rows, arma::fill::ones)}); }
double cka(const arma::fmat& one, const arma::fmat& other, const pipeline::Samples& samples = four_samples) {
  return value_of(measured(metric("linear_cka"), hidden(one), samples, samples, hidden(other)), "linear_cka", 1);
}

/// Stops its model at step 100.
struct StopsAt100 final : pipeline::Regulariser, pipeline::Watcher {
  std::string section() const override { return "accuracy"; }
  Decision see(const pipeline::Watched& seen) const override {
    return seen.step < 100 ? Decision::go_on : Decision::stop;
  }
};

std::string text() {
  return small_pipeline(450, 600, 300) +
         "[model:plain]\n[model:l2]\nregularisers = l2\nl2.lambda = 1e-3\n[model:dropout]\nregularisers = dropout\n"
         "[metric:accuracy]\nevery = 50\n[metric:linear_cka]\nevery = 50\n"
         "[metric:beside_l2]\nplugin = linear_cka\nwith = l2\nevery = 150\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linear_cka)

BOOST_AUTO_TEST_CASE(matches_values_worked_by_hand) {
  const arma::fmat both = {{1, 0}, {0, 1}}, first = {{1, 0}, {1, 0}}, second = {{0, 1}, {0, 3}};
  BOOST_TEST(cka(both, both) == 1, tolerance(1e-15));
  BOOST_TEST(cka(first, second) == 0);
  // X'X = [1 0; 0 1], Y'Y = [1 1; 1 1], |Y'X|^2 = 2: 2 / (sqrt 2 * 2).
  BOOST_TEST(cka(both, first) == std::sqrt(.5), tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(is_invariant_under_rotation_and_scaling) {
  BOOST_TEST(cka({{1, 0}, {0, 1}}, {{0, 5}, {5, 0}}) == 1, tolerance(1e-15));
  // (3 4; -4 3) / 5 is a rotation; the second unit stays above 0 on these samples, so ReLU does not change it.
  const pipeline::Samples positive = samples_of({{0, 0, 2, 2}, {4, 6, 4, 6}});
  BOOST_TEST(cka({{1, 0}, {0, 1}}, {{3, 4}, {-4, 3}}, positive) < 1 + 1e-6);
  BOOST_TEST(cka({{1, 0}, {0, 1}}, {{.6f, .8f}, {-.8f, .6f}}, positive) == 1, tolerance(1e-6));  // .6, .8 in float32
}

BOOST_AUTO_TEST_CASE(a_layer_that_does_not_vary_yields_nan) {
  BOOST_TEST(std::isnan(cka({{1, 0}, {0, 1}}, {{0, 0}, {0, 0}})));
  BOOST_TEST(std::isnan(cka({{0, 0}, {0, 0}}, {{1, 0}, {0, 1}})));
}

BOOST_AUTO_TEST_CASE(yields_nan_if_the_other_model_has_failed) {
  const pipeline::measuring::LiveMetric m = metric("linear_cka");
  const pipeline::Network network = hidden({{1, 0}, {0, 1}});
  const pipeline::learning::Entries none;
  pipeline::measuring::Subject subject{"model", network, network, none};
  compare(subject, m, nullptr);
  const pipeline::learning::Inputs inputs(four_samples);
  const auto rows = pipeline::measuring::measure(subject, 0, {&m}, {&inputs, &inputs, &inputs}).rows;
  BOOST_TEST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(std::isnan(rows[0].value));
}

BOOST_AUTO_TEST_CASE(results_are_identical_for_any_number_of_threads) {
  const Scratch scratch;
  const SmallRun run(scratch, text());
  run.in("1", 1);
  const std::string csv = run.file_of("1", "metrics.csv");
  for (const std::size_t threads : {2, 3}) {
    run.in(std::to_string(threads), threads);
    BOOST_TEST((run.file_of(std::to_string(threads), "metrics.csv") == csv), threads << " threads");
  }
  for (const char* layer : {"1", "2"}) {
    BOOST_TEST(last_value(csv, "control", "linear_cka", layer) == 1, tolerance(1e-9));
    BOOST_TEST(last_value(csv, "l2", "beside_l2", layer) == 1, tolerance(1e-9));  // compared with itself
    for (const char* model : {"plain", "dropout"}) {
      const double x = last_value(csv, model, "beside_l2", layer);
      BOOST_TEST((x > .05 && x < .9999), model << " " << x);
    }
  }
}

BOOST_AUTO_TEST_CASE(results_are_identical_if_a_watcher_stops_the_other_model) {
  const Scratch scratch;
  std::string watched = text();
  watched.replace(watched.find("test = 300"), 10, "test = 300\nvalidation = 100");
  watched.replace(watched.find("[metric:accuracy]"), 17, "[metric:accuracy]\non = validation");
  const SmallRun run(scratch, watched, [](pipeline::experiment::Pipeline& d) {
    d.models[1].regularisers.push_back({"stop", {"stop", {}, [] { return std::make_shared<StopsAt100>(); }}, {}, {}});
  });
  run.in("1", 1);
  const std::string csv = run.file_of("1", "metrics.csv");
  // l2 stops at step 100; from then on the others are compared with its weights of that step.
  BOOST_TEST(std::isfinite(last_value(csv, "plain", "beside_l2", "1")));
  BOOST_TEST(rows_where(csv, [](auto& model, auto& m) { return model == "l2" && m == "accuracy"; }).find("150,") ==
             std::string::npos);
  for (const std::size_t threads : {2, 3}) {
    run.in(std::to_string(threads), threads);
    BOOST_TEST((run.file_of(std::to_string(threads), "metrics.csv") == csv), threads << " threads");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_model_is_refused) {
  const Scratch scratch;
  const SmallRun run(scratch, text() + "[metric:wrong]\nplugin = linear_cka\nevery = 1\nwith = l3\n");
  check_says(message_of([&] { run.description(); }), "a model 'l3' that does not exist");
}

BOOST_AUTO_TEST_CASE(a_large_unit_that_does_not_vary_does_not_count) {
  arma::fmat h(2, 1201);
  for (arma::uword n = 0; n < h.n_cols; ++n) h(0, n) = static_cast<float>(n % 7) / 10;
  h.row(1).fill(1e7f);
  BOOST_TEST(cka({{1, 0}, {0, 1}}, {{1, 0}, {0, 0}}, samples_of(h)) == 1, tolerance(1e-9));
  BOOST_TEST(cka({{1, 0}, {0, 0}}, {{1, 0}, {0, 1}}, samples_of(h)) == 1, tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
