// pipeline plugins test: each deliberately wrong plugin fails the law it breaks, and correct ones pass all.
#include <map>
#include <nlohmann/json.hpp>

#include "support/plugin_fixture.hpp"

using namespace support;
using nlohmann::json;

namespace {

const std::string examples = BUILD_DIR "/lib/pipeline/template/";

struct Result {
  std::string outcome, detail;
};
using Results = std::map<std::string, Result>;  // by law

/// A folder with the wrong plugins, of which one is tested.
struct TestBench : PluginFixture {
  TestBench() {
    for (const std::string name : {"wrong.so", "wrong_state.so", "wrong_metrics.so"}) put(libraries / name);
  }

  Results results(const Words& words, int exit, std::source_location where = std::source_location::current()) const {
    const Said said = with(Words{"plugins", "test"} + words + Words{"--json"});
    check_exit(said, exit, where);
    BOOST_TEST(said.err == "");
    Results out;
    const json all = json::parse(said.out);
    for (const json& law : all.at("plugins").at(0).at("laws"))
      out[law.at("law")] = {law.at("outcome"), law.at("detail")};
    return out;
  }
  /// The plugin fails this law, with this text in its detail.
  void fails(const std::string& plugin, const std::string& law, const std::string& text, const Words& settings = {},
             std::source_location where = std::source_location::current()) const {
    const Results all = results(Words{plugin} + settings, 3, where);
    const Result result = all.contains(law) ? all.at(law) : Result{"missing", ""};
    BOOST_CHECK_MESSAGE(result.outcome == "failed" && result.detail.find(text) != std::string::npos,
                        where.file_name() << ":" << where.line() << ": " << plugin << ", " << law << ": "
                                          << result.outcome << ", " << result.detail);
  }
  /// The plugin fails no law.
  void passes(const std::string& plugin, const Words& settings = {},
              std::source_location where = std::source_location::current()) const {
    for (const auto& [law, result] : results(Words{plugin} + settings, 0, where))
      BOOST_CHECK_MESSAGE(result.outcome != "failed", plugin << ", " << law << ": " << result.detail);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugins_test)

BOOST_AUTO_TEST_CASE(wrong_derivatives_are_found) {
  const TestBench bench;
  bench.fails("twice_the_gradient", "penalty_has_the_gradient_of_its_value",
              "WeightPenalty, layer 1: the value rises by");
  bench.fails("replaces_the_gradient", "penalty_adds_to_the_gradient", "replaces the gradient");
  bench.fails("forgets_a_division", "backward_is_the_adjoint", "ActivationChange::forward and backward, layer 1");
}

BOOST_AUTO_TEST_CASE(draws_and_state_outside_the_engine_are_found) {
  const TestBench bench;
  bench.fails("own_dice", "same_steps_same_bits", "two models with the same entry have different weights");
  bench.fails("own_dice", "same_call_same_result", "GradientChange::change gives another result");
  bench.fails("own_counter", "same_call_same_result", "GradientChange::change gives another result");
  bench.fails("own_counter", "copies_continue_identically",
              "trains to other weights than the model: declare what outlasts a step in declare_state()");
  bench.fails("keeps_a_member", "copies_continue_identically",
              "trains to other weights than the model: declare what outlasts a step in declare_state()");
  bench.fails("first_tile_first", "tile_order_does_not_matter",
              "AfterUpdate::after_update depends on the order of the tiles");
}

BOOST_AUTO_TEST_CASE(wrong_derivatives_for_biases_and_trained_arrays_are_found) {
  const TestBench bench;
  const std::string slope = "penalty_has_the_gradient_of_its_value";
  bench.fails("wrong_on_biases", slope, "biases = yes: WeightPenalty, layer 1, biases: the value rises by");
  bench.fails("wrong_on_trained_arrays", slope, "WeightPenalty, layer 1, a trained array: the value rises by");
  bench.fails("forgets_biases", slope, "LayerPenalty, layer 1, biases: the value rises by");
  bench.fails("halves_biases", "backward_is_the_adjoint",
              "WeightChange::forward and backward, layer 1, step 0, biases");
}

BOOST_AUTO_TEST_CASE(arrays_that_change_too_early_are_found) {
  const TestBench bench;
  const std::string law = "arrays_change_only_after_the_update";
  bench.fails("counts_measurements", law, "ActivationChange::measure changes 'counts_measurements.seen'");
  bench.fails("counts_passes", law, "ActivationChange::forward changes 'counts_passes.seen'");
  bench.fails("sums_gradients", law, "GradientChange::change changes 'sums_gradients.sum'");
  bench.fails("value_with_a_gradient", law, "WeightPenalty::value changes the gradient of a trained array");
  bench.passes("changes_in_time");
  for (const std::string plugin : {"batch_norm", "spectral_norm", "weight_average"})
    BOOST_TEST((bench.results({plugin}, 0)[law].outcome == "passed"));
  BOOST_TEST((bench.results({"l2"}, 0)[law].detail == "declares no arrays"));
}

BOOST_AUTO_TEST_CASE(stored_numbers_shared_with_trained_arrays_are_found) {
  const TestBench bench;
  const std::string law = "trained_arrays_are_kept_apart";
  bench.fails("ignores_trained_arrays", law,
              "biases = yes: AfterUpdate::after_update changes the same numbers of 'ignores_trained_arrays.weights', "
              "layer 1 for weights and for trained arrays");
  bench.fails("ignores_trained_arrays", law, "gives another result for weights and biases where it was called on");
  bench.passes("handles_trained_arrays");
  for (const std::string plugin : {"handles_trained_arrays", "l2"})
    BOOST_TEST((bench.results({plugin}, 0)[law].outcome == "passed"), plugin);
  BOOST_TEST((bench.results({"dropout"}, 0)[law].detail == "has no hook that is called on trained arrays"));
}

BOOST_AUTO_TEST_CASE(wrong_optimisers_are_found) {
  const TestBench bench;
  bench.put(libraries / "wrong_optimisers.so");
  bench.fails("uphill", "first_step_leads_downhill", "w - rate * d then raises the loss; is its sign wrong?");
  bench.fails("drifts", "zero_gradient_moves_nothing", "a direction is neither 0 nor the same share of each weight");
  bench.fails("counts_itself", "same_call_same_result", "gives another direction when it is called again");
  bench.fails("counts_itself", "copies_continue_identically", "a copy trains to other weights than the model");
  bench.fails("mixes_tiles", "tiles_are_kept_apart", "depends on other tiles: use LikeWeights::at(tile)");
  bench.fails("not_so_plain", "plain_descent_is_plain", "its direction is not the gradient, bit for bit");
  bench.fails("stands_still", "default_rate_is_a_rate", "its default rate 0 is not a number above 0");
  bench.fails("divides_by_zero", "finite_stays_finite", "makes a direction of NaN or infinity from finite numbers");
}

BOOST_AUTO_TEST_CASE(laws_that_fail_for_one_reason_are_one_failure) {
  const TestBench bench;
  for (const std::string plugin : {"throws_always", "throws_a_number", "crashes_in_a_hook"}) {
    std::size_t failed = 0, same = 0;
    for (const auto& [law, result] : bench.results({plugin}, 3)) {
      failed += result.outcome == "failed";
      same += result.outcome == "skipped" && result.detail == "fails for the same reason as throws_nothing";
    }
    BOOST_TEST(failed == 1u, plugin);
    BOOST_TEST(same >= 5u, plugin);
  }
  Results throws = bench.results({"throws_always"}, 3);
  BOOST_TEST(throws["throws_nothing"].detail.ends_with("hook GradientChange::change, step 0: the moon is full"));
}

BOOST_AUTO_TEST_CASE(a_plugin_that_cannot_be_created_fails_the_first_law_only) {
  const TestBench bench;
  bench.put(libraries / "misbehaves.so");
  const auto fails_first = [&](const Words& words, const std::string& reason) {
    for (const auto& [law, result] : bench.results(words, 3))
      if (law == "can_be_created") {
        BOOST_TEST(result.outcome == "failed");
        BOOST_TEST(result.detail == reason);
      } else {
        BOOST_TEST(result.outcome == "skipped", law);
        BOOST_TEST(result.detail == "not tried: " + reason);
      }
  };
  fails_first({"make_throws"}, "regulariser 'make_throws' cannot be created: no licence found");
  const std::string declares = "regulariser 'declare_throws' fails while it declares its parameters: declared too much";
  fails_first({"declare_throws"}, declares);
  fails_first({"declare_throws", "strength=1"}, declares);  // whether it has that parameter is unknown
}

BOOST_AUTO_TEST_CASE(a_choice_may_make_a_law_inapplicable) {
  const TestBench bench;
  Results equal = bench.results({"weight_average", "form=equal"}, 0);
  BOOST_TEST(equal["neutral_changes_nothing"].outcome == "skipped");
  BOOST_TEST(equal["neutral_changes_nothing"].detail ==
             "decay = 0 changes something with form = equal; a neutral value must change nothing only where every "
             "choice is at its default");
  for (const std::string plugin : {"l1", "group_lasso"}) {
    Results proximal = bench.results({plugin, "form=proximal"}, 0);
    BOOST_TEST(proximal["penalty_has_the_gradient_of_its_value"].outcome == "skipped");
    BOOST_TEST(proximal["penalty_has_the_gradient_of_its_value"].detail ==
               "its penalty is proximal: it adds no gradient, and the hook after the update lowers it instead");
    BOOST_TEST(proximal["neutral_changes_nothing"].outcome == "passed");
  }
  bench.fails("forgets_its_gradient", "penalty_has_the_gradient_of_its_value", "the gradient predicts 0");
  bench.fails("wrong_on_biases", "penalty_has_the_gradient_of_its_value", ", a ratio of ");
}

BOOST_AUTO_TEST_CASE(a_diverging_model_fails_no_law) {
  const TestBench bench;
  for (const Words& words : {Words{"weight_decay", "lambda=100"}, Words{"gaussian_noise", "sd=1e10"}}) {
    Results all = bench.results(words, 0);
    for (const std::string law :
         {"throws_nothing", "same_steps_same_bits", "same_bits_on_any_threads", "copies_continue_identically"}) {
      BOOST_TEST(all[law].outcome == "skipped", law);
      BOOST_TEST(all[law].detail.starts_with("with these values, training diverged: a "),
                 law << ": " << all[law].detail);
    }
    BOOST_TEST(all["same_call_same_result"].outcome == "passed");
  }
}

BOOST_AUTO_TEST_CASE(layers_and_biases_are_given_as_in_a_model) {
  const TestBench bench;
  bench.passes("l2", {"biases=yes", "layers=1,2"});
  bench.passes("dropout", {"layers=0"});
  bench.passes("batch_norm", {"biases=yes"});
  Results third = bench.results({"l2", "layers=3"}, 0);
  BOOST_TEST(third["copies_continue_identically"].outcome == "passed");  // its network has three
  BOOST_TEST(third["finite_stays_finite"].outcome == "skipped");
  BOOST_TEST(third["finite_stays_finite"].detail ==
             "touches none of these layers of the network with 2 layers that it is tried on");
  const auto complains = [&](const Words& words, const std::string& complaint) {
    const Said said = bench.with(Words{"plugins", "test"} + words);
    check_exit(said, 2);
    check_says(said.err, complaint);
  };
  complains({"l2", "biases=perhaps"}, "error: biases = perhaps ");
  complains({"l2", "layers=1,4"}, "error: '4' is not a layer of the networks that the laws use\n");
  complains({"l2", "layer=1"}, "error: there is no parameter 'layer'\n  did you mean 'layers'?");
  complains({"loss", "biases=yes"}, "error: there is no parameter 'biases'");
}

BOOST_AUTO_TEST_CASE(nan_and_wrong_neutral_values_are_found) {
  const TestBench bench;
  bench.fails("nan_at_zero", "finite_stays_finite",
              "all zero: LayerPenalty::add_gradient makes a number NaN or infinite");
  bench.fails("not_neutral", "neutral_changes_nothing", "factor = 1: is declared neutral, but after 20 steps");
}

BOOST_AUTO_TEST_CASE(missing_declarations_are_found) {
  const TestBench bench;
  bench.fails("no_hook", "has_a_hook", "derives from no interface of hooks.hpp");
  bench.fails("no_summary", "has_summary_and_version", "its summary is ''");
  bench.fails("bad_parameter", "parameters_are_described", "strength: its meaning is ''");
  bench.fails("bad_parameter", "defaults_are_accepted", "strength: its own default '-1' is outside the range x >= 0");
  bench.fails("chatters", "prints_nothing", "prints 'here I am");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_harms_the_process_fails_a_law_and_its_hook_is_named) {
  const TestBench bench;
  bench.fails("throws_a_number", "throws_nothing",
              "hook GradientChange::change, step 0: threw something that is not a std::exception");
  bench.fails("crashes_in_a_hook", "throws_nothing",
              "crashes (SIGSEGV, Segmentation fault) in hook GradientChange::change");
  bench.fails("ends_the_program", "throws_nothing", "ends the program, with exit code 7");
  bench.fails("ends_politely", "throws_nothing", "ends the program, with exit code 7 in hook GradientChange::change");
  // Laws that do not call the hook are tried all the same.
  BOOST_TEST((bench.results({"crashes_in_a_hook"}, 3)["has_summary_and_version"].outcome == "passed"));
  Results hanging = bench.results({"hangs_in_a_hook", "--seconds", "1"}, 3);
  BOOST_TEST(hanging["throws_nothing"].detail == "hangs in hook GradientChange::change: no result within 1 s");
  BOOST_TEST(hanging["has_a_hook"].outcome == "passed");
  BOOST_TEST(hanging["copies_continue_identically"].outcome == "skipped");
}

BOOST_AUTO_TEST_CASE(wrong_metrics_are_found) {
  const TestBench bench;
  bench.fails("last_sample", "sample_order_does_not_matter", "set .order_matters = true if that is intended");
  bench.fails("mean_of_blocks", "sample_order_does_not_matter", "for the same samples in another order");
  bench.fails("silent_edge", "handles_edge_cases", "weights of 0: ");
  bench.fails("remembers", "same_values_when_repeated", "returns other values when it measures again");
  bench.passes("last_sample_declared");
  bench.fails("upside_down", "direction_is_right", "on wrong ones, but it states that lower is better");
  bench.fails("one_at_a_time", "measures_models_concurrently",
              "returns other values for two networks measured concurrently");
  const std::string rows = "rows_are_named_after_the_section";
  bench.fails("grows", rows,
              "returns matrix 'steps' [41 x 1] where it returned matrix 'steps' [1 x 1] for the untrained");
  bench.fails("comes_later", rows, "returns 0 vectors and matrices for the untrained network and 1 for a trained one");
  bench.fails("two_of_one_name", rows, "returned 'same' twice");
}

BOOST_AUTO_TEST_CASE(wrong_datasets_are_found) {
  const TestBench bench;
  bench.fails(
      "wrong_shape", "matches_its_declared_shape",
      "declares 9 + 8 samples of 4 features in 2 classes, but returns 8 + 8 samples of 4 features in 2 classes");
  bench.fails("label_too_large", "matches_its_declared_shape", "has the training label 2 but only 2 classes");
  bench.fails("another_every_time", "same_bytes_on_any_threads", "returns other bytes when it loads again");
  bench.passes("half");
  bench.fails("half", "wrapper_matches_its_declared_shape", "but returns 300 + 100 + 200 samples of 36 features",
              {"wrong=shape"});
  bench.fails("half", "wrapper_matches_its_declared_shape", "has the training label 5 but only 5 classes",
              {"wrong=label"});
  bench.fails("half", "wrapper_is_deterministic", "returns other data when it changes the same data again",
              {"wrong=dice"});
  bench.fails("half", "wrapper_learns_from_training_samples_alone",
              "the training samples depend on the values of the validation samples", {"wrong=peeks"});
}

BOOST_AUTO_TEST_CASE(wrong_reports_are_found) {
  const TestBench bench;
  bench.fails("meddles", "writes_only_its_own_files", "changes run/metrics.csv, which is not its own");
  bench.fails("writes_anywhere", "writes_only_its_own_files", "writes into the working directory");
  bench.fails("throws_text", "fails_only_by_exception",
              "no measurement yet: throws something that is not a std::exception");
}

BOOST_AUTO_TEST_CASE(files_that_a_crash_leaves_behind_are_removed) {
  TestBench bench;
  const fs::path temporary = bench.here / "temporary";
  fs::create_directories(temporary);
  bench.environment["TMPDIR"] = temporary.string();
  bench.fails("crashes_reporting", "reports_on_a_run", "crashes (SIGSEGV, Segmentation fault) in hook Report::write");
  BOOST_TEST(fs::is_empty(temporary));
}

BOOST_AUTO_TEST_CASE(a_required_parameter_is_given_on_the_command_line) {
  const TestBench bench;
  Results without = bench.results({"needs_a_value"}, 0);
  BOOST_TEST(without["copies_continue_identically"].outcome == "skipped");
  BOOST_TEST(without["copies_continue_identically"].detail == "has no default: give factor=VALUE");
  BOOST_TEST((bench.results({"needs_a_value", "factor=0.5"}, 0)["copies_continue_identically"].outcome == "passed"));
  BOOST_TEST((bench.results({"compares"}, 0)["values_are_finite"].outcome == "skipped"));
  for (const std::string model : {"control", "rival"})
    BOOST_TEST((bench.results({"compares", "model=" + model}, 0)["values_are_finite"].outcome == "passed"));
  Said said = bench.with({"plugins", "test", "needs_a_value", "factor=2"});
  check_exit(said, 2);
  check_text(said.err, "error: factor = 2 is outside the range 0 < x <= 1\n");
  said = bench.with({"plugins", "test", "needs_a_value", "facto=1"});
  check_exit(said, 2);
  check_says(said.err, "error: there is no parameter 'facto'\n  did you mean 'factor'?");
}

BOOST_AUTO_TEST_CASE(the_examples_and_built_in_plugins_pass) {
  const TestBench bench;
  for (const std::string name :
       {"example_dataset", "example_metric", "example_optimiser", "example_regulariser", "example_report"})
    bench.passes(examples + name + ".so");
  for (const std::string name : {"dropout", "l2", "loss", "digits"}) bench.passes(name);
}

BOOST_AUTO_TEST_CASE(the_output_has_one_line_per_law) {
  const TestBench bench;
  const Said said = bench.with({"plugins", "test", "no_hook"});
  check_exit(said, 3);
  BOOST_TEST(said.err == "");
  const auto lines = lines_of(bench.tidy(said.out));
  BOOST_TEST_REQUIRE(lines.size() > 10u);
  BOOST_TEST(lines[0] == "regulariser 'no_hook', <here>/plugins/wrong.so");
  BOOST_TEST(lines[1] == "  ok       can_be_created");
  check_says(said.out,
             "\n  FAILED   has_a_hook\n             derives from no interface of hooks.hpp, so it does nothing\n");
  check_says(said.out,
             "\n  skipped  backward_is_the_adjoint\n             changes neither activations nor weights of a pass\n");
  BOOST_TEST(lines.back().ends_with(" skipped"));
  check_says(lines.back(), " laws: ");
  check_says(lines.back(), " 1 failed, ");
  check_says(bench.with({"plugins", "test", "no_hook", "--verbose"}).out,
             "\n  FAILED   has_a_hook: it derives from an interface of hooks.hpp and touches a layer\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_called_like_its_plugin_is_noted) {
  const TestBench bench;
  bench.put(examples + "example_metric.so", "other.so");
  const Said said = bench.with({"plugins", "test", "plugins/other.so"});
  check_exit(said, 0);
  const std::string note =
      "its file is called other.so; call it example_metric.so, so that it can be found by that name";
  check_says(said.out, "\n  note     " + note + "\n");
  const json all = json::parse(bench.with({"plugins", "test", "plugins/other.so", "--json"}).out);
  BOOST_TEST((all.at("plugins").at(0).at("note") == note));
  BOOST_TEST(bench.with({"plugins", "test", examples + "example_metric.so"}).out.find("note") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_tested_is_reported) {
  const TestBench bench;
  bench.put(libraries / "refused.so");
  bench.write("notes.so", "not a library");
  const auto complains = [&](const Words& words, int exit, const std::string& complaint) {
    const Said said = bench.with(Words{"plugins", "test"} + words);
    check_exit(said, exit);
    check_says(bench.tidy(said.err), complaint);
    BOOST_TEST(said.out == "");
  };
  complains({}, 2, "error: test needs a library or the name of a plugin: pipeline plugins test FILE.so\n");
  complains({"own_dise"}, 2, "error: unknown plugin 'own_dise'\n  did you mean 'own_dice'?");
  complains({"nosuch.so"}, 2, "error: there is no file 'nosuch.so'\n");
  complains({"own_dice", "loss"}, 2, "error: 'loss' is not key=value; test one plugin or library at a time\n");
  for (const std::string seconds : {"0", "-1", "86401"})
    complains({"own_dice", "--seconds=" + seconds}, 2, "error: --seconds must be a number from 1 to 86400\n");
  complains({"own_dice", "--seconds=soon"}, 2, "error: ");
  complains({"./notes.so"}, 3, "error: there is no plugin to test: ");
  complains({"other_contract"}, 3, "was built for plugin contract 999");
}

BOOST_AUTO_TEST_SUITE_END()
