// pipeline plugins test: each deliberately wrong plugin fails the law that speaks of it, and right ones pass all.
#include <map>
#include <nlohmann/json.hpp>

#include "support/bench.hpp"

using namespace support;
using nlohmann::json;

namespace {

const std::string examples = BUILD_DIR "/lib/pipeline/template/";

struct Outcome {
  std::string outcome, detail;
};
using Outcomes = std::map<std::string, Outcome>;

/// A bench with the wrong plugins, of which one is tested.
struct TestBench : Bench {
  TestBench() {
    for (const std::string name : {"wrong.so", "wrong_state.so", "wrong_metrics.so"}) put(libraries / name);
  }

  Outcomes outcomes(const Words& words, int exit, std::source_location where = std::source_location::current()) const {
    const Said said = with(Words{"plugins", "test"} + words + Words{"--json"});
    check_exit(said, exit, where);
    BOOST_TEST(said.err == "");
    Outcomes out;
    const json all = json::parse(said.out);
    for (const json& law : all.at("plugins").at(0).at("laws"))
      out[law.at("law")] = {law.at("outcome"), law.at("detail")};
    return out;
  }
  /// The plugin fails this law, with these words.
  void fails(const std::string& plugin, const std::string& law, const std::string& words, const Words& settings = {},
             std::source_location where = std::source_location::current()) const {
    const Outcomes all = outcomes(Words{plugin} + settings, 3, where);
    const Outcome outcome = all.contains(law) ? all.at(law) : Outcome{"not there", ""};
    BOOST_CHECK_MESSAGE(outcome.outcome == "failed" && outcome.detail.find(words) != std::string::npos,
                        where.file_name() << ":" << where.line() << ": " << plugin << ", " << law << ": "
                                          << outcome.outcome << ", " << outcome.detail);
  }
  /// The plugin fails no law but these.
  void passes(const std::string& plugin, const Words& settings = {},
              std::source_location where = std::source_location::current()) const {
    for (const auto& [law, outcome] : outcomes(Words{plugin} + settings, 0, where))
      BOOST_CHECK_MESSAGE(outcome.outcome != "failed", plugin << ", " << law << ": " << outcome.detail);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugins_test)

BOOST_AUTO_TEST_CASE(wrong_derivatives_are_found) {
  const TestBench bench;
  bench.fails("twice_the_gradient", "penalty_has_the_gradient_of_its_value",
              "WeightPenalty, layer 1: the value rises by");
  bench.fails("replaces_the_gradient", "penalty_adds_to_the_gradient", "replaces what was in the gradient");
  bench.fails("forgets_a_division", "way_back_is_the_adjoint", "ActivationChange::forward and backward, layer 1");
}

BOOST_AUTO_TEST_CASE(draws_and_state_of_its_own_are_found) {
  const TestBench bench;
  bench.fails("own_dice", "same_steps_same_bits", "two models with the same entry part ways");
  bench.fails("own_dice", "same_call_same_answer", "GradientChange::change gives another answer");
  bench.fails("own_counter", "same_call_same_answer", "GradientChange::change gives another answer");
  bench.fails("own_counter", "copies_go_on", "goes another way: keep what outlasts a step with keep()");
  bench.fails("keeps_a_member", "copies_go_on", "goes another way: keep what outlasts a step with keep()");
  bench.fails("first_tile_first", "any_order_of_tiles", "AfterUpdate::after_update depends on the order");
}

BOOST_AUTO_TEST_CASE(wrong_derivatives_by_biases_and_trained_arrays_are_found) {
  const TestBench bench;
  const std::string slope = "penalty_has_the_gradient_of_its_value";
  bench.fails("wrong_on_biases", slope, "biases = yes: WeightPenalty, layer 1, biases: the value rises by");
  bench.fails("wrong_on_trained_arrays", slope, "WeightPenalty, layer 1, an array that is trained: the value rises by");
  bench.fails("forgets_biases", slope, "LayerPenalty, layer 1, biases: the value rises by");
  bench.fails("halves_biases", "way_back_is_the_adjoint",
              "WeightChange::forward and backward, layer 1, step 0, biases");
}

BOOST_AUTO_TEST_CASE(kept_arrays_that_change_too_early_are_found) {
  const TestBench bench;
  const std::string law = "keeps_arrays_until_the_update";
  bench.fails("counts_measurements", law, "ActivationChange::measure changes 'counts_measurements.seen'");
  bench.fails("counts_passes", law, "ActivationChange::forward changes 'counts_passes.seen'");
  bench.fails("sums_gradients", law, "GradientChange::change changes 'sums_gradients.sum'");
  bench.fails("value_with_a_gradient", law, "WeightPenalty::value changes the gradient of a trained array");
  bench.passes("keeps_rightly");
  for (const std::string plugin : {"batch_norm", "spectral_norm", "weight_average"})
    BOOST_TEST((bench.outcomes({plugin}, 0)[law].outcome == "passed"));
  BOOST_TEST((bench.outcomes({"l2"}, 0)[law].detail == "keeps no arrays"));
}

BOOST_AUTO_TEST_CASE(a_choice_may_make_a_law_touch_a_plugin_no_more) {
  const TestBench bench;
  Outcomes equal = bench.outcomes({"weight_average", "form=equal"}, 0);
  BOOST_TEST(equal["neutral_changes_nothing"].outcome == "skipped");
  BOOST_TEST(equal["neutral_changes_nothing"].detail ==
             "decay = 0 changes something where form = equal; a neutral value is promised where every choice is at its "
             "default");
  for (const std::string plugin : {"l1", "group_lasso"}) {
    Outcomes proximal = bench.outcomes({plugin, "form=proximal"}, 0);
    BOOST_TEST(proximal["penalty_has_the_gradient_of_its_value"].outcome == "skipped");
    BOOST_TEST(proximal["penalty_has_the_gradient_of_its_value"].detail ==
               "its penalty is proximal: it adds no gradient, the hook after the update lowers it instead");
    BOOST_TEST(proximal["neutral_changes_nothing"].outcome == "passed");
  }
  bench.fails("forgets_its_gradient", "penalty_has_the_gradient_of_its_value", "the gradient says 0");
}

BOOST_AUTO_TEST_CASE(a_model_that_diverges_is_nobodys_failure) {
  const TestBench bench;
  for (const Words& words : {Words{"weight_decay", "lambda=100"}, Words{"gaussian_noise", "sd=1e10"}}) {
    Outcomes all = bench.outcomes(words, 0);
    for (const std::string law : {"throws_nothing", "same_steps_same_bits", "any_number_of_threads", "copies_go_on"}) {
      BOOST_TEST(all[law].outcome == "skipped", law);
      BOOST_TEST(all[law].detail.starts_with("diverges with these values: a logit is no finite number at step "),
                 law << ": " << all[law].detail);
    }
    BOOST_TEST(all["same_call_same_answer"].outcome == "passed");
  }
}

BOOST_AUTO_TEST_CASE(layers_and_biases_are_given_as_in_a_model) {
  const TestBench bench;
  bench.passes("l2", {"biases=yes", "layers=1,2"});
  bench.passes("dropout", {"layers=0"});
  bench.passes("batch_norm", {"biases=yes"});
  Outcomes third = bench.outcomes({"l2", "layers=3"}, 0);
  BOOST_TEST(third["copies_go_on"].outcome == "passed");  // its network has three
  BOOST_TEST(third["finite_stays_finite"].outcome == "skipped");
  BOOST_TEST(third["finite_stays_finite"].detail ==
             "touches none of these layers of the network with 2 on which it is tried");
  const auto says = [&](const Words& words, const std::string& complaint) {
    const Said said = bench.with(Words{"plugins", "test"} + words);
    check_exit(said, 2);
    check_says(said.err, complaint);
  };
  says({"l2", "biases=perhaps"}, "error: biases = perhaps ");
  says({"l2", "layers=1,4"}, "error: '4' is no layer of the networks on which it is tried\n");
  says({"l2", "layer=1"}, "error: there is no parameter 'layer'\n  did you mean 'layers'?");
  says({"loss", "biases=yes"}, "error: there is no parameter 'biases'");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_and_neutral_values_that_are_not_are_found) {
  const TestBench bench;
  bench.fails("nan_at_zero", "finite_stays_finite", "all zero: LayerPenalty::add_gradient makes a number that is none");
  bench.fails("not_neutral", "neutral_changes_nothing", "factor = 1: is declared neutral, but after 20 steps");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_found) {
  const TestBench bench;
  bench.fails("no_hook", "has_a_hook", "derives from no interface of hooks.hpp");
  bench.fails("no_summary", "says_what_it_is", "its summary is ''");
  bench.fails("bad_parameter", "parameters_are_described", "strength: its meaning is ''");
  bench.fails("bad_parameter", "defaults_are_taken", "strength: its own default '-1' is outside the range x >= 0");
  bench.fails("chatters", "prints_nothing", "prints 'here I am");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_harms_the_process_fails_a_law_and_its_hook_is_named) {
  const TestBench bench;
  bench.fails("throws_a_number", "throws_nothing",
              "hook GradientChange::change, step 0: threw something that is no std::exception");
  bench.fails("crashes_in_a_hook", "throws_nothing",
              "crashes (SIGSEGV, Segmentation fault) in hook GradientChange::change");
  bench.fails("ends_the_program", "throws_nothing", "ends the program, with exit code 7");
  bench.fails("ends_politely", "throws_nothing", "ends the program, with exit code 7 in hook GradientChange::change");
  // What does not touch the hook is tried all the same.
  BOOST_TEST((bench.outcomes({"crashes_in_a_hook"}, 3)["says_what_it_is"].outcome == "passed"));
  Outcomes hanging = bench.outcomes({"hangs_in_a_hook", "--seconds", "1"}, 3);
  BOOST_TEST(hanging["throws_nothing"].detail == "hangs in hook GradientChange::change: no answer within 1 s");
  BOOST_TEST(hanging["has_a_hook"].outcome == "passed");
  BOOST_TEST(hanging["copies_go_on"].outcome == "skipped");
}

BOOST_AUTO_TEST_CASE(wrong_metrics_are_found) {
  const TestBench bench;
  bench.fails("last_sample", "order_of_samples_does_not_matter", "say .order_matters = true if it should");
  bench.fails("mean_of_blocks", "order_of_samples_does_not_matter", "where the same samples come in another order");
  bench.fails("silent_edge", "copes_with_edges", "weights of 0: ");
  bench.fails("remembers", "says_the_same_again", "says another thing when it is asked again");
  bench.passes("last_sample_declared");
  bench.fails("upside_down", "what_it_calls_better_is", "on wrong ones, yet says that lower is better");
  bench.fails("one_at_a_time", "serves_models_at_once", "says another thing of two networks at once");
  const std::string rows = "names_its_rows_after_its_section";
  bench.fails("grows", rows, "gives matrix 'steps' [41 x 1] where it gave matrix 'steps' [1 x 1] of the untrained");
  bench.fails("comes_later", rows, "gives 0 vectors and matrices of the untrained network and 1 of a trained one");
  bench.fails("two_of_one_name", rows, "gave 'same' twice");
}

BOOST_AUTO_TEST_CASE(wrong_data_sets_are_found) {
  const TestBench bench;
  bench.fails("breaks_its_promise", "keeps_its_promise", "promised 9 training samples, but hands over 8");
  bench.fails("label_too_large", "keeps_its_promise", "a training label is not below its 2 classes");
  bench.fails("another_every_time", "same_bytes_for_any_threads", "hands over other bytes when it loads again");
  bench.passes("half");
  bench.fails("half", "wrapper_keeps_its_promise", "promised 600 training samples, but hands over 300",
              {"wrong=shape"});
  bench.fails("half", "wrapper_keeps_its_promise", "a training label is not below its 5 classes", {"wrong=label"});
  bench.fails("half", "wrapper_same_bytes", "makes other data of the same data", {"wrong=dice"});
}

BOOST_AUTO_TEST_CASE(wrong_reports_are_found) {
  const TestBench bench;
  bench.fails("meddles", "writes_its_own_files_only", "changes run/metrics.csv, which is not its own");
  bench.fails("writes_anywhere", "writes_its_own_files_only", "writes into the working directory");
  bench.fails("throws_text", "fails_by_exception_only",
              "no measurement yet: throws something that is no std::exception");
}

BOOST_AUTO_TEST_CASE(what_a_crash_leaves_behind_is_taken_away) {
  TestBench bench;
  const fs::path temporary = bench.here / "temporary";
  fs::create_directories(temporary);
  bench.environment["TMPDIR"] = temporary.string();
  bench.fails("crashes_reporting", "reports_on_a_run", "crashes (SIGSEGV, Segmentation fault) in hook Report::write");
  BOOST_TEST(fs::is_empty(temporary));
}

BOOST_AUTO_TEST_CASE(a_required_parameter_is_given_as_a_word) {
  const TestBench bench;
  Outcomes without = bench.outcomes({"must_be_told"}, 0);
  BOOST_TEST(without["copies_go_on"].outcome == "skipped");
  BOOST_TEST(without["copies_go_on"].detail == "has no default: give factor=VALUE");
  BOOST_TEST((bench.outcomes({"must_be_told", "factor=0.5"}, 0)["copies_go_on"].outcome == "passed"));
  BOOST_TEST((bench.outcomes({"compares"}, 0)["gives_finite_values"].outcome == "skipped"));
  for (const std::string model : {"control", "rival"})
    BOOST_TEST((bench.outcomes({"compares", "model=" + model}, 0)["gives_finite_values"].outcome == "passed"));
  Said said = bench.with({"plugins", "test", "must_be_told", "factor=2"});
  check_exit(said, 2);
  check_text(said.err, "error: factor = 2 is outside the range 0 < x <= 1\n");
  said = bench.with({"plugins", "test", "must_be_told", "facto=1"});
  check_exit(said, 2);
  check_says(said.err, "error: there is no parameter 'facto'\n  did you mean 'factor'?");
}

BOOST_AUTO_TEST_CASE(the_examples_and_plugins_of_the_program_pass) {
  const TestBench bench;
  for (const std::string name : {"example_dataset", "example_metric", "example_regulariser", "example_report"})
    bench.passes(examples + name + ".so");
  for (const std::string name : {"dropout", "l2", "loss", "digits"}) bench.passes(name);
}

BOOST_AUTO_TEST_CASE(the_report_has_a_line_a_law) {
  const TestBench bench;
  const Said said = bench.with({"plugins", "test", "no_hook"});
  check_exit(said, 3);
  BOOST_TEST(said.err == "");
  const auto lines = lines_of(bench.tidy(said.out));
  BOOST_TEST_REQUIRE(lines.size() > 10u);
  BOOST_TEST(lines[0] == "regulariser 'no_hook', <here>/plugins/wrong.so");
  BOOST_TEST(lines[1] == "  ok       can_be_made");
  check_says(said.out,
             "\n  FAILED   has_a_hook\n             derives from no interface of hooks.hpp, so it does nothing\n");
  check_says(said.out,
             "\n  skipped  way_back_is_the_adjoint\n             changes neither activations nor weights of a pass\n");
  BOOST_TEST(lines.back().ends_with(" skipped"));
  check_says(lines.back(), " laws: ");
  check_says(lines.back(), " 1 failed, ");
  check_says(bench.with({"plugins", "test", "no_hook", "--verbose"}).out,
             "\n  FAILED   has_a_hook: it derives from an interface of hooks.hpp and touches a layer\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_tested_is_said) {
  const TestBench bench;
  bench.put(libraries / "refused.so");
  bench.put(libraries / "misbehaves.so");
  bench.write("notes.so", "not a library");
  const auto says = [&](const Words& words, int exit, const std::string& complaint) {
    const Said said = bench.with(Words{"plugins", "test"} + words);
    check_exit(said, exit);
    check_says(bench.tidy(said.err), complaint);
    BOOST_TEST(said.out == "");
  };
  says({}, 2, "error: test needs a library or the name of a plugin: pipeline plugins test FILE.so\n");
  says({"own_dise"}, 2, "error: unknown plugin 'own_dise'\n  did you mean 'own_dice'?");
  says({"nosuch.so"}, 2, "error: there is no file 'nosuch.so'\n");
  says({"own_dice", "loss"}, 2, "error: 'loss' is no key=value; test one plugin or library at a time\n");
  for (const std::string seconds : {"0", "-1", "86401"})
    says({"own_dice", "--seconds=" + seconds}, 2, "error: --seconds is a number from 1 to 86400\n");
  says({"own_dice", "--seconds=soon"}, 2, "error: ");
  says({"./notes.so"}, 3, "error: there is no plugin to test: ");
  says({"other_contract"}, 3, "was built for plugin contract 999");
  says({"make_throws"}, 3, "'make_throws' cannot be made: no licence found");
  says({"declare_throws"}, 3, "'declare_throws' fails while it declares its parameters: declared too much");
}

BOOST_AUTO_TEST_SUITE_END()
