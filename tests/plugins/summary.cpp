#include <dlfcn.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <pipeline/report.hpp>

#include "results/predictions_h5.hpp"
#include "results/run_results.hpp"
#include "support/synthetic_run.hpp"

using namespace pipeline;
using namespace synthetic;

BOOST_AUTO_TEST_SUITE(summary)

namespace {
std::unique_ptr<Report> make() {
  void* library = dlopen(BUILD_DIR "/lib/pipeline/plugins/summary.so", RTLD_NOW | RTLD_LOCAL);
  BOOST_REQUIRE_MESSAGE(library, dlerror());
  const auto* plugin = static_cast<const PipelinePlugin*>(dlsym(library, "pipeline_report_summary"));
  return std::unique_ptr<Report>(static_cast<Report*>(plugin->make()));
}

/// The summary of these rows of metrics.csv, its lines joined.
std::string summary_of(const std::string& models, const std::string& rows, const Occasion& occasion,
                       const results::Predictions& predictions = {}) {
  const Folder folder;
  if (!predictions.by_model.empty()) results::write_predictions(folder.path / "predictions.h5", predictions);
  write(folder.path / "run.json", R"({"pipeline": "tiny", "steps": 10, "models": [)" + models + R"(], "metrics": [
    {"section": "accuracy", "plugin": "accuracy", "unit": "share of images", "better": "higher"},
    {"section": "loss", "plugin": "loss", "unit": "nats", "better": "lower"},
    {"section": "size", "plugin": "size", "better": "neither"}]})");
  write(folder.path / "metrics.csv", "step,model,metric,layer,value\n" + rows);
  std::string text;
  for (const std::string& line : make()->write(*results::open_run(folder.path), occasion).lines) text += line + "\n";
  if (occasion.final) BOOST_TEST(read(folder.path / "summary.txt") == text);
  return text;
}
}  // namespace

BOOST_AUTO_TEST_CASE(each_model_has_one_line_with_its_layers_side_by_side) {
  const std::string rows =
      "0,control,accuracy,,0.1\n0,a,accuracy,,0.1\n0,a,size,1,7\n0,a,size,2,8\n"
      "5,a,accuracy,,0.75\n5,a,size,1,7.5\n5,a,size,2,8\n9,a,accuracy,,0.9\n";
  // The file may already have values of later steps; "loss" was never measured.
  BOOST_TEST(summary_of("\"a\", \"long_name\"", rows, {5, false}) ==
             "  step 5     accuracy  size 1/2\n"
             "  a              0.75     7.5/8\n"
             "  long_name         -       -/-\n");
}

BOOST_AUTO_TEST_CASE(the_closing_table_marks_the_best_value_by_direction) {
  const std::string rows =
      "0,control,accuracy,,0.99\n0,control,loss,,2.5\n"
      "10,a,accuracy,,0.98\n10,a,loss,,0.5\n10,a,loss.penalty,,0.25\n10,a,size,1,3\n10,a,size,2,nan\n"
      "10,b,accuracy,,0.98\n10,b,loss,,nan\n10,b,loss.penalty,,0\n10,b,size,1,4\n10,b,size,2,1\n"
      "7,c,accuracy,,0.9\n7,c,loss,,0.25\n";
  // accuracy: both models of the tie are marked. loss: the lowest value of the last step is marked, so neither nan nor
  // the value of c, which ended early. A penalty and a size have no direction. control is not a model.
  BOOST_TEST(summary_of("\"a\", \"b\", \"c\"", rows, {10, true}) ==
             "tiny after 10 updates\n"
             "\n"
             "              layer  better  control      a      b      c\n"
             "  -------------------------------------------------------------------------\n"
             "  accuracy           higher     0.99   0.98*  0.98*  0.90'  share of images\n"
             "  loss               lower      2.50   0.50*   nan   0.25'  nats\n"
             "    .penalty                       -   0.25   0.00      -   nats\n"
             "  size        1                    -      3      4      -\n"
             "              2                    -    nan      1      -\n"
             "\n"
             "  control is the network before training\n"
             "  *  the best of the models with this seed; with other seeds: pipeline run FILE --seeds 10\n"
             "  '  of an earlier step, so it gets no *\n"
             "  c was last measured at step 7\n");
}

BOOST_AUTO_TEST_CASE(no_star_within_one_standard_error_of_the_test_set) {
  // 100 samples of class 0. a is right on the first 90; b on the first 80 and on 4 others; c on the first 60.
  const auto right_on = [](std::size_t first, std::size_t others) {
    std::vector<std::uint16_t> classes(100, 1);
    for (std::size_t i = 0; i < first; ++i) classes[i] = 0;
    for (std::size_t i = 0; i < others; ++i) classes[99 - i] = 0;
    return classes;
  };
  results::Predictions predictions{std::vector<std::uint16_t>(100, 0), {}};
  predictions.by_model = {{"a", right_on(90, 0)}, {"b", right_on(80, 8)}, {"c", right_on(60, 0)}};
  const std::string close = summary_of(R"("a", "b", "c")", "9,a,accuracy,,0.9\n9,b,accuracy,,0.88\n9,c,accuracy,,0.6\n",
                                       {9, true}, predictions);
  // They differ on 10 + 8 samples: the standard error is sqrt(18 - 4 / 100) = 4.2 samples.
  BOOST_TEST(close.find("  no * in accuracy: a and b differ by 2 of 100 test samples; one standard error is 4.2\n") !=
                 close.npos,
             close);
  BOOST_TEST(close.find("0.90*") == close.npos, close);
  // A single sample is no lead.
  predictions.by_model["b"] = right_on(89, 0);
  const std::string one = summary_of(R"("a", "b")", "9,a,accuracy,,0.9\n9,b,accuracy,,0.89\n", {9, true}, predictions);
  BOOST_TEST(one.find("differ by 1 of 100 test samples; one standard error is 1.0\n") != one.npos, one);
  const std::string clear = summary_of(R"("a", "c")", "9,a,accuracy,,0.9\n9,c,accuracy,,0.6\n", {9, true}, predictions);
  BOOST_TEST(clear.find("0.9*") != clear.npos, clear);
  // Values that are no shares of these answers are compared as they are.
  predictions.by_model["b"] = right_on(80, 8);
  const std::string other =
      summary_of(R"("a", "b")", "9,a,accuracy,,0.91\n9,b,accuracy,,0.90\n", {9, true}, predictions);
  BOOST_TEST(other.find("0.91*") != other.npos, other);
}

BOOST_AUTO_TEST_CASE(models_measured_at_different_steps_are_not_compared) {
  const std::string text =
      summary_of("\"a\", \"b\"", "5,a,accuracy,,0.9\n5,a,loss,,1\n0,b,accuracy,,0.1\n5,b,loss,,2\n", {5, true});
  BOOST_TEST(text.find("0.9   0.1'") != text.npos, text);
  BOOST_TEST(text.find("1*    2 ") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(lines_of_a_whole_run_have_at_most_100_columns) {
  const Folder folder;
  make_run(folder.path);
  const auto opened = results::open_run(folder.path);
  const RunResults& run = *opened;
  for (const Occasion& occasion : {Occasion{0, false}, Occasion{20000, false}, Occasion{100001, true}})
    for (const std::string& line : make()->write(run, occasion).lines) {
      BOOST_TEST_MESSAGE(line);
      BOOST_TEST(line.size() <= 100u);
    }
}

BOOST_AUTO_TEST_CASE(many_models_are_split_into_several_tables) {
  std::string models, rows;
  for (int m = 0; m < 20; ++m) {
    models += (m ? ", \"model_" : "\"model_") + std::to_string(m) + "\"";
    rows += "10,model_" + std::to_string(m) + ",accuracy,,0." + std::to_string(50 + m) + "\n";
  }
  std::istringstream text(summary_of(models, rows, {10, true}));
  int heads = 0;
  for (std::string line; std::getline(text, line);) {
    BOOST_TEST(line.size() <= 100u);
    heads += line.find("better  ") != line.npos;
  }
  BOOST_TEST(heads == 4);
}

BOOST_AUTO_TEST_CASE(a_failed_model_is_listed_with_the_reason) {
  const Folder folder;
  write(folder.path / "metrics.csv", "step,model,metric,layer,value\n3,b,accuracy,,0.2\n9,a,accuracy,,0.9\n");
  write(folder.path / "run.json",
        R"({"pipeline": "tiny", "steps": 9, "models": ["a", "b"], "failures": {"b": "diverged at step 4"}, "metrics": [
            {"section": "accuracy", "plugin": "accuracy", "better": "higher"}]})");
  std::string text;
  for (const std::string& line : make()->write(*results::open_run(folder.path), {9, true}).lines) text += line + "\n";
  BOOST_TEST(text.find("  b FAILED: diverged at step 4\n  b was last measured at step 3\n") != text.npos, text);
}

namespace {
/// The closing table of a run that wrote this about its models to run.json.
std::string closing_of(const std::string& models, const std::string& about_models, const std::string& rows) {
  const Folder folder;
  write(folder.path / "metrics.csv", "step,model,metric,layer,value\n" + rows);
  write(folder.path / "run.json", R"({"pipeline": "tiny", "steps": 9, "models": [)" + models + "], " + about_models +
                                      R"(, "metrics": [{"section": "loss", "plugin": "loss", "better": "lower"}]})");
  std::string text;
  for (const std::string& line : make()->write(*results::open_run(folder.path), {9, true}).lines) text += line + "\n";
  return text;
}
}  // namespace

BOOST_AUTO_TEST_CASE(models_that_went_back_to_earlier_weights_are_not_compared_with_the_others) {
  const std::string text = closing_of(
      R"("a", "b", "stopped", "patient")",
      R"("stopped_early": {"stopped": {"stop_step": 5, "restored_step": 2}, "patient": {"stop_step": 9, "restored_step": 3}})",
      "5,stopped,loss,,0.5\n9,a,loss,,0.75\n9,b,loss,,0.875\n9,patient,loss,,0.25\n");
  BOOST_TEST(text.substr(text.find("  loss")) ==
             "  loss         lower         -   0.750*  0.875     0.500'    0.250'\n"
             "\n"
             "  control is the network before training\n"
             "  *  the best of the models with this seed; with other seeds: pipeline run FILE --seeds 10\n"
             "  '  of an earlier step, so it gets no *\n"
             "  stopped stopped at step 5 and went back to its weights of step 2\n"
             "  patient made all updates and went back to its weights of step 3\n");
}

BOOST_AUTO_TEST_CASE(a_mark_that_no_value_has_is_not_explained) {
  const std::string text = closing_of(R"("a", "b")", R"("stopped_early": {"b": {"stop_step": 9, "restored_step": 3}})",
                                      "9,a,loss,,0.75\n9,b,loss,,0.5\n");
  BOOST_TEST(text.find('*') + 1 == text.find("  '  of an earlier step, so it gets no *") + 40, text);
}

BOOST_AUTO_TEST_CASE(an_older_run_has_the_stop_step_alone) {
  const std::string text = closing_of(R"("a", "b")", R"("stopped_early": {"b": 5})", "9,a,loss,,0.75\n9,b,loss,,0.5\n");
  BOOST_TEST(text.find("  b stopped at step 5\n") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(remarks_of_regularisers_follow_the_table) {
  const std::string text = closing_of(R"("a", "b")", R"("remarks": {"b": ["max_norm: never acted", "x: y"]})",
                                      "9,a,loss,,0.75\n9,b,loss,,0.5\n");
  BOOST_TEST(text.ends_with("  b, max_norm: never acted\n  b, x: y\n"), text);
}

BOOST_AUTO_TEST_CASE(a_direction_limited_to_named_values_marks_only_those) {
  const Folder folder;
  write(folder.path / "metrics.csv",
        "step,model,metric,layer,value\n1,a,gap.loss,,2\n1,a,gap.other,,2\n1,b,gap.loss,,1\n1,b,gap.other,,1\n"
        "1,a,gap.train.loss,,3\n1,b,gap.train.loss,,4\n");
  write(folder.path / "run.json", R"({"pipeline": "tiny", "steps": 1, "models": ["a", "b"], "metrics": [
            {"section": "gap", "plugin": "gap", "better": "lower", "better_for": ["loss"]}]})");
  std::vector<std::string> marked;
  for (const std::string& line : make()->write(*results::open_run(folder.path), {1, true}).lines)
    if (line.find("*  ") != line.npos || line.ends_with("*")) marked.push_back(line);
  BOOST_TEST(marked.size() == 3u);  // gap.loss, gap.train.loss, and the explanation of the mark
}

BOOST_AUTO_TEST_CASE(a_run_without_measurements_is_summarised) {
  BOOST_TEST(summary_of("\"a\"", "", {0, false}) == "");
  BOOST_TEST(summary_of("\"a\"", "", {0, true}).starts_with("tiny after 0 updates\n"));
}

BOOST_AUTO_TEST_SUITE_END()
