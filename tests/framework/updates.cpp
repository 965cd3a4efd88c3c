// Optimiser, learning rate and schedule in a pipeline file: what a model takes from [training], what is refused, and that
// the resolved pipeline runs again as it stands.
#include <boost/test/unit_test.hpp>

#include "config/complaint.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;
using experiment::ModelConfig;
using experiment::Pipeline;

namespace {

struct Read {
  Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};

  /// A pipeline of 60 steps with these further keys of [training], and these sections.
  Pipeline pipeline(const std::string& training, const std::string& models,
                    const std::vector<std::string>& overrides = {}) {
    return experiment::read_pipeline(scratch.write("a.ini",
                                                   "[dataset]\nplugin = digits\ntrain = 60\ntest = 20\n"
                                                   "[network]\nlayers = 784, 4, 10\n[training]\nsteps = 60\n" +
                                                       training + models),
                                     overrides, catalogue);
  }
  /// "message -> remedy" of every complaint.
  std::vector<std::string> complaints(const std::string& training, const std::string& models,
                                      const std::vector<std::string>& overrides = {}) try {
    pipeline(training, models, overrides);
    return {};
  } catch (const config::PipelineTextError& e) {
    std::vector<std::string> out;
    for (const config::Complaint& c : e.complaints) out.push_back(c.message + " -> " + c.remedy);
    return out;
  }
};

/// "optimiser rate schedule", and the parameters.
std::string text(const ModelConfig& m) {
  std::string out = m.optimiser.name + " " + std::to_string(m.learning_rate).substr(0, 6) + " " +
                    learning::name_of(m.schedule.shape) + " " + std::to_string(m.schedule.warmup);
  for (const auto& [name, given] : m.optimiser.values) out += " " + name + "=" + given;
  return out;
}

void check_complaints(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(updates)

BOOST_AUTO_TEST_CASE(without_keys_it_is_plain_descent_at_a_constant_rate) {
  Read r;
  BOOST_TEST(text(r.pipeline("", "[model:a]\n").models[0]) == "sgd 0.1000 constant 0");
}

BOOST_AUTO_TEST_CASE(a_model_takes_from_training_what_it_does_not_give) {
  Read r;
  const Pipeline p = r.pipeline(
      "optimiser = adam\nadam.beta1 = 0.8\nschedule = step\nschedule.every = 20\nschedule.factor = 0.5\n"
      "schedule.warmup = 4\n",
      "[model:all]\n[model:rate]\nlearning_rate = 0.5\n[model:same]\noptimiser = adam\nadam.beta2 = 0.9\n"
      "[model:other]\noptimiser = momentum\n[model:shape]\nschedule = cosine\n[model:slower]\nschedule = step\n"
      "schedule.factor = 0.9\n");
  const std::vector<std::string> expected = {"adam 0.0010 step 4 beta1=0.8 beta2=0.999 epsilon=1e-08",
                                             "adam 0.5000 step 4 beta1=0.8 beta2=0.999 epsilon=1e-08",
                                             "adam 0.0010 step 4 beta1=0.8 beta2=0.9 epsilon=1e-08",
                                             "momentum 0.0100 step 4 momentum=0.9",
                                             "adam 0.0010 cosine 0 beta1=0.8 beta2=0.999 epsilon=1e-08",
                                             "adam 0.0010 step 4 beta1=0.8 beta2=0.999 epsilon=1e-08"};
  BOOST_REQUIRE(p.models.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(text(p.models[i]) == expected[i]);
  BOOST_TEST(config::as_ini(p.resolved, false)
                 .find("[model:slower]\nregularisers = \"\"\nschedule = step\n"
                       "schedule.factor = 0.9\n") != std::string::npos);
  BOOST_TEST(p.models[5].schedule.every == 20u);
  BOOST_TEST(p.models[5].schedule.factor == 0.9);
  BOOST_TEST(p.models[0].schedule.factor == 0.5);
  for (const ModelConfig& m : p.models) BOOST_TEST(m.schedule.steps == 60u);
}

// So that a later [training] still reaches the models: a key is written out only where the model's value is its own.
BOOST_AUTO_TEST_CASE(the_resolved_pipeline_says_what_was_used_and_reads_the_same) {
  Read r;
  const Pipeline p = r.pipeline("optimiser = adam\nadam.beta1 = 0.8\nlearning_rate = 0.02\nschedule = linear\n",
                                "[model:all]\n[model:same]\noptimiser = adam\nadam.beta2 = 0.9\n[model:other]\n"
                                "optimiser = rmsprop\nlearning_rate = 0.004\nschedule = constant\n");
  const std::string resolved = config::as_ini(p.resolved, false);
  BOOST_TEST(resolved.find("[model:all]\nregularisers = \"\"\n\n") != resolved.npos, resolved);
  BOOST_TEST(
      resolved.find("[model:same]\nregularisers = \"\"\noptimiser = adam\nadam.beta2 = 0.9\n\n") != resolved.npos,
      resolved);
  BOOST_TEST(resolved.find("[model:other]\nregularisers = \"\"\noptimiser = rmsprop\nrmsprop.alpha = 0.99\n"
                           "rmsprop.epsilon = 1e-08\nlearning_rate = 0.004\nschedule = constant\n"
                           "schedule.warmup = 0\n") != resolved.npos,
             resolved);
  const Pipeline again = experiment::read_pipeline(r.scratch.write("b.ini", resolved), {}, r.catalogue);
  BOOST_TEST(config::as_ini(again.resolved, false) == resolved);
  for (std::size_t i = 0; i < p.models.size(); ++i) BOOST_TEST(text(again.models[i]) == text(p.models[i]));
}

// Its own default is written out, so that the resolved pipeline, in which [training] gives a rate, is not refused.
BOOST_AUTO_TEST_CASE(a_default_rate_is_written_out) {
  Read r;
  const Pipeline p = r.pipeline("", "[model:a]\noptimiser = adam\n");
  const std::string resolved = config::as_ini(p.resolved, false);
  BOOST_TEST(resolved.find("optimiser = sgd\nlearning_rate = 0.1\n") != resolved.npos, resolved);
  BOOST_TEST(resolved.find("adam.epsilon = 1e-08\nlearning_rate = 0.001\n") != resolved.npos, resolved);
  const Pipeline again = experiment::read_pipeline(r.scratch.write("b.ini", resolved), {}, r.catalogue);
  BOOST_TEST(text(again.models[0]) == text(p.models[0]));
}

BOOST_AUTO_TEST_CASE(a_rate_of_training_is_not_taken_for_another_optimiser) {
  Read r;
  check_complaints(
      r.complaints("learning_rate = 0.1\n", "[model:a]\noptimiser = adam\n"),
      {"[model:a] has an optimiser of its own, but the learning_rate of [training] is meant for sgd -> add "
       "learning_rate = 0.001 to [model:a] (the default of adam), or another one"});
  check_complaints(r.complaints("learning_rate = 0.1\n", "[model:a]\noptimiser = sgd\n"), {});
}

BOOST_AUTO_TEST_CASE(a_rate_that_was_written_for_another_optimiser_must_be_given_again) {
  Read r;
  const std::string rate = "learning_rate = 0.1\n";
  check_complaints(
      r.complaints(rate, "[model:a]\n", {"training.optimiser=adam"}),
      {"[training] has another optimiser than its learning_rate = 0.1 was written for -> give the rate here "
       "too: training.learning_rate=0.001 (the default of adam), or another one"});
  check_complaints(r.complaints(rate, "[model:a]\n", {"training.optimiser=adam", "training.learning_rate=0.1"}), {});
  check_complaints(r.complaints(rate, "[model:a]\n", {"training.optimiser=sgd"}), {});
  check_complaints(r.complaints("", "[model:a]\n", {"training.optimiser=adam"}), {});
  check_complaints(r.complaints(rate + "optimiser = adam\n", "[model:a]\n"), {});
  BOOST_TEST(r.complaints("", "[model:a]\nlearning_rate = 0.1\n", {"model:a.optimiser=adam"}).size() == 1u);
  // An included file is earlier, and what includes it later.
  r.pipeline(rate, "[model:a]\n");
  const auto including = [&](const std::string& keys) {
    try {
      experiment::read_pipeline(r.scratch.write("b.ini", "[pipeline]\ninclude = a.ini\nname = b\n[training]\n" + keys),
                                {}, r.catalogue);
    } catch (const config::PipelineTextError& e) {
      return e.complaints.size();
    }
    return std::size_t{0};
  };
  BOOST_TEST(including("optimiser = adam\n") == 1u);
  BOOST_TEST(including("optimiser = adam\nlearning_rate = 0.001\n") == 0u);
  BOOST_TEST(including("learning_rate = 0.2\n") == 0u);
  r.pipeline(rate + "optimiser = adam\n", "[model:a]\n");
  BOOST_TEST(including("learning_rate = 0.2\n") == 0u);
}

BOOST_AUTO_TEST_CASE(keys_without_effect_are_refused) {
  Read r;
  check_complaints(r.complaints("adam.beta1 = 0.8\nadam.beta2 = 0.9\n", "[model:a]\n"),
                   {"'adam.beta1' has no effect: [training] has optimiser = sgd -> add optimiser = adam to [training], "
                    "or remove it"});
  check_complaints(r.complaints("optimiser = adam\n", "[model:a]\nadam.beta1 = 0.8\n"),
                   {"'adam.beta1' has no effect: [model:a] has no optimiser of its own -> add optimiser = adam to "
                    "[model:a], or remove it"});
  check_complaints(
      r.complaints("optimiser = adam\n", "[model:a]\noptimiser = lion\nadam.beta1 = 0.8\n"),
      {"'adam.beta1' has no effect: [model:a] has optimiser = lion -> write optimiser = adam, or remove it"});
  check_complaints(r.complaints("schedule = cosine\n", "[model:a]\nschedule.end = 0.5\n"),
                   {"'schedule.end' has no effect: [model:a] has no schedule of its own -> add schedule = cosine to "
                    "[model:a], or remove it"});
  check_complaints(
      r.complaints("schedule.end = 0.5\n", "[model:a]\n"),
      {"'schedule.end' has no effect -> it is used only with schedule = linear or cosine; remove it, or set "
       "that"});
}

BOOST_AUTO_TEST_CASE(one_mistake_gets_one_complaint) {
  Read r;
  check_complaints(r.complaints("optimiser = adm\nadam.beta1 = 0.8\nlearning_rate = 0.1\n", "[model:a]\n"),
                   {"unknown optimiser 'adm' -> did you mean 'adam'?  (valid: adagrad, adam, adamw, lion, momentum, "
                    "nesterov, rmsprop, "
                    "sgd)"});
  BOOST_TEST(r.complaints("optimiser = adam\nadam.beta_1 = 0.8\n", "[model:a]\n").size() == 1u);
  BOOST_TEST(r.complaints("optimiser = adam\nadam.beta1 = 1\n", "[model:a]\n").size() == 1u);
  BOOST_TEST(r.complaints("learning_rate = 0.1\n", "[model:a]\noptimiser = adm\n").size() == 1u);
  BOOST_TEST(r.complaints("learning_rate = x\n", "[model:a]\noptimiser = adam\n").size() == 1u);
  BOOST_TEST(r.complaints("schedule = cosin\nschedule.end = 0.5\n", "[model:a]\n").size() == 1u);
  BOOST_TEST(r.complaints("schedule = step\n", "[model:a]\n").size() == 1u);
  BOOST_TEST(r.complaints("", "[model:a]\nschedule = step\n").size() == 1u);
  BOOST_TEST(r.complaints("optimizer = adam\n", "[model:a]\n").size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_entry_cannot_have_the_name_of_the_optimiser_or_of_a_key) {
  Read r;
  for (const char* name : {"adam", "optimiser", "schedule"})
    check_complaints(r.complaints("optimiser = adam\n",
                                  "[model:a]\nregularisers = " + std::string(name) + "\n" + name + ".plugin = l2\n"),
                     {"'" + std::string(name) +
                      "' cannot be the name of an entry of regularisers -> name the entry otherwise, and write "
                      "NAME.plugin = the regulariser"});
  const Pipeline p = r.pipeline("", "[model:a]\nregularisers = adam\nadam.plugin = l2\nadam.lambda = 0.5\n");
  BOOST_TEST(p.models[0].regularisers[0].plugin.name == "l2");
}

BOOST_AUTO_TEST_CASE(a_warm_up_ends_before_the_training) {
  Read r;
  check_complaints(
      r.complaints("schedule.warmup = 60\n", "[model:a]\n"),
      {"a warm-up of 60 steps leaves none of the 60 steps of the training -> schedule.warmup must be below "
       "training.steps"});
  BOOST_TEST(r.pipeline("schedule.warmup = 59\n", "[model:a]\n").models[0].schedule.warmup == 59u);
}

BOOST_AUTO_TEST_SUITE_END()
