// Laws of whole models: the same steps give the same bits, again, on any number of threads and after a copy; and a
// neutral value gives the bits of a model without the plugin.
#include "conformance/own_metrics.hpp"
#include "conformance/whole_models.hpp"

namespace pipeline::conformance {

namespace {

std::unique_ptr<learning::Model> model_of(const Candidate& candidate, const TrainingFixture& training,
                                          const EntryOptions& options = {}) {
  learning::Entries entries;
  entries.push_back(entry_of(candidate, options));
  return training.model(std::move(entries));
}

void same_steps_same_bits(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  expect_same_steps_same_bits([&] { return model_of(candidate, training); }, training, "with the same entry", findings);
}

void same_bits_on_any_threads(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  const auto three_models = [&] {
    experiment::Pipeline p;
    for (const char* name : {"one", "two", "three"}) {
      const learning::Entry e = entry_of(candidate, {.model = name});
      if (e.watcher && p.metrics.empty())
        p.metrics.push_back(watched_section(e.run("Watcher::section", 0, [&] { return e.watcher->section(); })));
      p.models.push_back({name, {{e.name, {e.name, {}, e.remake}, e.scope, {}}}, 0.1f});
    }
    return p;
  };
  expect_same_bits_on_any_threads(three_models, training, findings);
}

void copies_continue_identically(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  expect_copies_continue_identically([&] { return model_of(candidate, training); }, training, findings);
}

void neutral_changes_nothing(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  Values all;
  std::string chosen;
  {
    const Made<Regulariser> made(candidate);
    chosen = other_choices(made.parameters);
    for (const Parameter& p : made.parameters.all())
      if (!p.neutral_value.empty()) all.emplace_back(p.name, p.neutral_value);
  }
  if (all.empty()) throw Skip("declares no neutral value");
  fits_or_skips(candidate, training.shape, training.image);
  const auto plain = training.model({});
  training.train(*plain, 0, 20);
  const auto check = [&](const Values& values) {
    std::string setting;
    for (const auto& [name, value] : values) setting += (setting.empty() ? "" : ", ") + name + " = " + value;
    if (values.size() < all.size()) setting += ", all others at their defaults";
    Findings seen;
    seen.about(setting);
    for (const bool biases : {false, true}) {
      const auto neutral = model_of(candidate, training, {.values = values, .biases = biases});
      training.train(*neutral, 0, 20);
      seen.expect(
          same_bits(neutral->network(), plain->network()),
          "is declared neutral, but after 20 steps the weights are not those of the model without it, bit for bit");
      seen.expect(same_bits(neutral->measured_network(), plain->network()),
                  "is declared neutral, but other weights are measured than without it");
    }
    // One declaration covers all choices: the neutral value may belong to a number that another choice does not use.
    if (!seen.all().empty() && !chosen.empty())
      throw Skip(setting + " changes something with " + chosen +
                 "; a neutral value must change nothing only where every choice is at its default");
    for (const std::string& finding : seen.all()) findings.fail(finding);
  };
  check(all);
  for (const auto& one : all)
    if (all.size() > 1) check({one});  // each alone switches the plugin off
}

}  // namespace

std::vector<Law> laws_of_bits() {
  return {
      {"same_steps_same_bits", "the same steps give the same bits, alone or alternately with another model",
       same_steps_same_bits},
      {"same_bits_on_any_threads", "models end with the same bits on any number of threads", same_bits_on_any_threads},
      {"copies_continue_identically", "a model copied into new objects continues with the same bits",
       copies_continue_identically},
      {"neutral_changes_nothing", "at its neutral value the model equals the one without it, bit for bit",
       neutral_changes_nothing},
  };
}

}  // namespace pipeline::conformance
