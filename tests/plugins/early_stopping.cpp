// early_stopping: decisions against sequences worked by hand; in a run it stops its own model, restores the best
// weights and leaves the other models unchanged.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>
#include <set>

#include "config/complaint.hpp"
#include "support/csv_rows.hpp"
#include "support/hdf5_file.hpp"
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

/// The steps at which a model stopped and to which it went back, as in run.json; 0 and 0 if it did neither.
std::pair<std::uint64_t, std::uint64_t> steps_of(const SmallRun& run, const std::string& folder,
                                                 const std::string& model) {
  const auto json = nlohmann::json::parse(run.file_of(folder, "run.json"));
  const auto early = json.value("stopped_early", nlohmann::json::object());
  if (!early.contains(model)) return {};
  return {early[model].at("stop_step"), early[model].at("restored_step")};
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
  std::size_t best = 0;
  for (std::size_t i = 0; i + 1 < seen.size(); ++i) {
    BOOST_TEST(seen[i].step == all[i].step);
    BOOST_TEST(seen[i].value == all[i].value);  // until it stops, the model is the same as without early stopping
    if (seen[i].value < seen[best].value) best = i;
  }
  const Line last = seen.back();
  BOOST_TEST(best == seen.size() - 1 - 4);        // four values in a row did not improve, the last of them at `last`
  BOOST_TEST(last.step == all[best + 4].step);    // the step at which it stopped, and no later one
  BOOST_TEST(last.value == seen[best].value);     // the best weights, measured again
  BOOST_TEST(all[best + 4].value >= last.value);  // which those of that step were not
  BOOST_TEST((steps_of(both, "both", "stops") == std::pair(last.step, seen[best].step)));
  BOOST_TEST((steps_of(both, "both", "plain") == std::pair<std::uint64_t, std::uint64_t>()));

  const SmallRun alone(scratch, text(plain));
  alone.in("alone");
  const auto of_plain = [](auto& m, auto&) { return m == "plain" || m == "control"; };
  BOOST_TEST((rows_where(csv, of_plain) == rows_where(alone.file_of("alone", "metrics.csv"), of_plain)));
}

BOOST_AUTO_TEST_CASE(every_section_is_measured_once_with_the_best_weights_where_the_model_stops) {
  const Scratch scratch;
  const SmallRun run(scratch, text(plain + stops) +
                                  "[metric:start_distance]\nevery = 1000\n[metric:linear_cka]\nevery = 1000\n"
                                  "[metric:beside]\nplugin = linear_cka\nwith = plain\nevery = 1000\n");
  run.in("1", 1);
  const std::string csv = run.file_of("1", "metrics.csv");
  const std::string last_step = std::to_string(held_out(csv, "stops").back().step) + ",";
  for (const char* section : {"accuracy", "start_distance", "linear_cka", "beside"}) {
    const std::string rows = rows_where(csv, [&](auto& m, auto& metric) { return m == "stops" && metric == section; });
    // `beside` compares with a model that is elsewhere by then; all others are measured, at the start and once more.
    const bool measured = rows.find("\n" + last_step) != rows.npos;
    BOOST_TEST(measured == (section != std::string("beside")), rows);
  }
  std::set<std::string> keys;
  for (const std::string& line : lines_of(csv))
    BOOST_TEST(keys.insert(line.substr(0, line.rfind(','))).second, line << " is measured twice");
  for (const std::size_t threads : {2, 3}) {
    run.in(std::to_string(threads), threads);
    BOOST_TEST((run.file_of(std::to_string(threads), "metrics.csv") == csv));
  }
}

BOOST_AUTO_TEST_CASE(the_best_weights_are_restored_where_the_schedule_ends_first) {
  const Scratch scratch;
  std::string patient = stops;
  patient.replace(patient.find("patience = 4"), 12, "patience = 1000");
  const SmallRun run(scratch,
                     text(plain + patient) + "[metric:beside]\nplugin = linear_cka\nwith = stops\nevery = 400\n");
  run.in("run", 2);
  const std::string csv = run.file_of("run", "metrics.csv");
  const std::vector<Line> all = held_out(csv, "plain"), seen = held_out(csv, "stops");
  BOOST_TEST_REQUIRE(seen.size() == 81u);
  const auto best = std::ranges::min_element(all, {}, &Line::value);
  BOOST_TEST_REQUIRE(best->step < 400u);
  BOOST_TEST(seen.back().step == 400u);
  BOOST_TEST(seen.back().value == best->value);
  BOOST_TEST((steps_of(run, "run", "stops") == std::pair<std::uint64_t, std::uint64_t>(400, best->step)));
  // Other models are compared with the restored one, from whatever thread.
  const double similar = last_value(csv, "plain", "beside", "1");
  run.in("again", 1);
  BOOST_TEST(last_value(run.file_of("again", "metrics.csv"), "plain", "beside", "1") == similar);
  BOOST_TEST(last_value(csv, "stops", "beside", "1") == 1, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(similar < .9999);

  std::string shorter = text(plain);  // the same model, trained no further than to the best step
  shorter.replace(shorter.find("steps = 400"), 11, "steps = " + std::to_string(best->step));
  const SmallRun as_far(scratch, shorter);
  as_far.in("as_far");
  const auto weights = [&](const char* folder, const char* model) {
    return read_hdf5(scratch.path() / folder / "weights.h5").at(std::string("/models/") + model + "/W1").values;
  };
  BOOST_TEST((weights("run", "stops") == weights("as_far", "plain")));
}

BOOST_AUTO_TEST_CASE(the_closing_table_is_of_the_last_update_that_was_made) {
  const Scratch scratch;
  const SmallRun run(scratch, text(stops) + "[report:summary]\n");
  run.in("run");
  const auto [stop, restored] = steps_of(run, "run", "stops");
  const std::string table = run.file_of("run", "summary.txt");
  check_says(table, "small after " + std::to_string(stop) + " updates");
  check_says(table, "  stops stopped at step " + std::to_string(stop) + " and went back to its weights of step " +
                        std::to_string(restored) + "\n");
}

BOOST_AUTO_TEST_CASE(a_model_whose_last_weights_are_the_best_goes_nowhere) {
  const Scratch scratch;
  std::string falling = text(stops);
  falling.replace(falling.find("learning_rate = 0.5"), 19, "learning_rate = 0.001");
  const SmallRun run(scratch, falling);
  run.in("run");
  BOOST_TEST((steps_of(run, "run", "stops") == std::pair<std::uint64_t, std::uint64_t>()));
}

BOOST_AUTO_TEST_CASE(a_metric_that_never_has_a_value_is_told_at_the_end) {
  const learning::Entry e = plugin("early_stopping", {{"metric", "m"}, {"patience", "9"}});
  const Network network = {{{{1}, {}}}};
  learning::States states(network);
  states.declare(e);
  states.complete();
  e.watcher->see({0, std::nan(""), true});
  check_says(e.object->remark(), "never saw a value of [metric:m] that is a number");
  e.watcher->see({1, 5, true});
  BOOST_TEST(e.object->remark() == "");
}

BOOST_AUTO_TEST_CASE(a_model_that_goes_back_to_its_start_is_told_of) {
  const Scratch scratch;
  std::string rising = text(plain + stops);
  rising.replace(rising.find("learning_rate = 0.5"), 19, "learning_rate = 50");
  const SmallRun run(scratch, rising);
  run.in("run");
  BOOST_TEST_REQUIRE((steps_of(run, "run", "stops") == std::pair<std::uint64_t, std::uint64_t>(20, 0)));
  const auto json = nlohmann::json::parse(run.file_of("run", "run.json"));
  BOOST_TEST((json["remarks"]["stops"][0] ==
              "early_stopping: no value of [metric:held_out] was better than that of step 0: the model is the "
              "untrained network"));
}

BOOST_AUTO_TEST_CASE(summary_json_names_the_step_of_restored_weights) {
  const Scratch scratch;
  const SmallRun run(scratch, text(plain + stops));
  run.in("run");
  const auto [stop, restored] = steps_of(run, "run", "stops");
  const auto json = nlohmann::json::parse(run.file_of("run", "summary.json"));
  for (const char* metric : {"held_out", "accuracy"}) {
    BOOST_TEST((json["stops"][metric]["last_step"] == stop));
    BOOST_TEST((json["stops"][metric]["restored_step"] == restored));
    BOOST_TEST(!json["plain"][metric].contains("restored_step"));
  }
  BOOST_TEST((json["stops"]["held_out"]["last"] == json["stops"]["held_out"]["best"]));
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
                "watches 'held_ou', and there is no section [metric:NAME] of that name");
  // Measured before the first update and after the last, it can stop nothing.
  std::string rarely = text(stops);
  rarely.replace(rarely.find("every = 5\n"), 10, "every = 400\n");
  check_refused(rarely, "which is measured only before the first and after the last update");
  rarely.replace(rarely.find("every = 400\n"), 12, "every = 399\n");
  BOOST_TEST(complaint(rarely) == "none");
  const std::string none = complaint(text("[model:m]\nregularisers = early_stopping\n"));
  check_says(none, "needs 'early_stopping.metric'");
  check_says(none, "(valid: accuracy, held_out)");
}

BOOST_AUTO_TEST_SUITE_END()
