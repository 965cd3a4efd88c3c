// early_stopping: decisions against sequences worked by hand; in a run it stops its own model, restores the best
// weights and leaves the other models unchanged.
#include <boost/test/unit_test.hpp>

#include "config/complaint.hpp"
#include "support/small_model.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;
using Decision = Watcher::Decision;

namespace {

std::vector<Decision> decisions(const char* patience, bool higher, const std::vector<double>& values) {
  const learning::Entry e = plugin("early_stopping", {{"metric", "m"}, {"patience", patience}});
  const Network network = {{{{1}, {}}}};
  learning::States states(network);
  states.declare(e);
  states.complete();
  std::vector<Decision> out;
  for (const double x : values) out.push_back(e.watcher->see({out.size(), x, higher}));
  return out;
}

/// A pipeline whose model stops by its loss on the validation set. At this learning rate the loss soon stops falling.
std::string text(const std::string& models, const std::string& on = "validation",
                 const std::string& set_aside = "200") {
  std::string head = small_pipeline(400, 300, 100) + "learning_rate = 0.5\n";
  if (!set_aside.empty()) head.replace(head.find("[network]"), 0, "validation = " + set_aside + "\n");
  return head + models + "[metric:held_out]\nplugin = loss\nevery = 5\non = " + on +
         "\n[metric:accuracy]\nevery = 100\n";
}
const std::string plain = "[model:plain]\n",
                  stops =
                      "[model:stops]\nregularisers = early_stopping\nearly_stopping.metric = held_out\n"
                      "early_stopping.patience = 4\n";

struct Line {
  std::uint64_t step;
  double value;
};
std::vector<Line> held_out(const std::string& csv, const std::string& model) {
  std::vector<Line> rows;
  std::istringstream lines(rows_where(csv, [&](auto& m, auto& metric) { return m == model && metric == "held_out"; }));
  for (std::string line; std::getline(lines, line);)
    rows.push_back({std::stoull(line), std::stod(line.substr(line.rfind(',') + 1))});
  return rows;
}

std::string complaint(const std::string& pipeline) {
  const Scratch scratch;
  try {
    SmallRun(scratch, pipeline).description();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Decision)

BOOST_AUTO_TEST_SUITE(early_stopping)

BOOST_AUTO_TEST_CASE(decisions_match_sequences_worked_by_hand) {
  using enum Watcher::Decision;
  const double nan = std::nan("");
  const auto same = [](const std::vector<Decision>& a, const std::vector<Decision>& b) { return a == b; };
  BOOST_TEST(same(decisions("2", false, {5, 4, 4, 3, 3.5, 3}), {remember, remember, go_on, remember, go_on, stop}));
  BOOST_TEST(same(decisions("2", true, {5, 4, 6, 6, 5}), {remember, go_on, remember, go_on, stop}));
  BOOST_TEST(same(decisions("1", true, {.1, .1}), {remember, stop}));  // a tie is not an improvement, to the last bit
  BOOST_TEST(same(decisions("1", true, {.1, std::nextafter(.1, 1)}), {remember, remember}));
  BOOST_TEST(same(decisions("3", false, {nan, 0, nan, -1}), {go_on, remember, go_on, remember}));
  BOOST_TEST(same(decisions("1", false, {0, -0.0}), {remember, stop}));
}

BOOST_AUTO_TEST_CASE(a_run_stops_with_the_best_weights_and_changes_no_rows_of_other_models) {
  const Scratch scratch;
  const SmallRun both(scratch, text(plain + stops));
  both.in("both", 2);
  const std::string csv = both.file_of("both", "metrics.csv");
  const std::vector<Line> all = held_out(csv, "plain"), seen = held_out(csv, "stops");
  BOOST_TEST_REQUIRE(all.size() == 81u);  // 0, 5 .. 400
  BOOST_TEST_REQUIRE(seen.size() >= 6u);
  BOOST_TEST_REQUIRE(seen.size() < 80u);  // it stopped
  const Line last = seen.back();
  BOOST_TEST(last.step == 400u);  // its last row has the same step as those of the other models
  std::size_t best = 0;
  for (std::size_t i = 0; i + 1 < seen.size(); ++i) {
    BOOST_TEST(seen[i].step == all[i].step);
    BOOST_TEST(seen[i].value == all[i].value);  // until it stops, the model is the same as without early stopping
    if (seen[i].value < seen[best].value) best = i;
  }
  BOOST_TEST(best == seen.size() - 2 - 4);     // four values in a row did not improve
  BOOST_TEST(last.value == seen[best].value);  // the best weights, measured again
  BOOST_TEST(all.back().value > last.value);

  const SmallRun alone(scratch, text(plain));
  alone.in("alone");
  const auto of_plain = [](auto& m, auto&) { return m == "plain" || m == "control"; };
  BOOST_TEST((rows_where(csv, of_plain) == rows_where(alone.file_of("alone", "metrics.csv"), of_plain)));
}

BOOST_AUTO_TEST_CASE(a_metric_it_cannot_watch_is_refused_before_any_work) {
  const auto check_refused = [](const std::string& pipeline, const std::string& expected) {
    const std::string message = complaint(pipeline);
    BOOST_CHECK_MESSAGE(message.find(expected) != message.npos, message << "\n does not contain: " << expected);
  };
  BOOST_TEST(complaint(text(stops)) == "none");
  check_refused(text(stops, "validation", ""), "no samples are set aside for");
  check_refused(text(stops, "test"), "'early_stopping' watches [metric:held_out], which is measured on test");
  check_refused(text("[model:m]\nregularisers = early_stopping\nearly_stopping.metric = held_ou\n"),
                "watches [metric:held_ou], which does not exist");
  check_refused(text("[model:m]\nregularisers = early_stopping\n"), "metric");
}

BOOST_AUTO_TEST_SUITE_END()
