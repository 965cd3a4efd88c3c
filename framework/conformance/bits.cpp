// Laws of whole models: the same steps give the same bits, again, on any number of threads and after a copy; and a
// neutral value gives the bits of a model without the plugin.
#include "conformance/own_metrics.hpp"
#include "conformance/training_fixture.hpp"
#include "running/scheduler.hpp"

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
  const auto alone = model_of(candidate, training);
  training.train(*alone, 0, 12);
  // Two more, trained alternately: what one stores in a global variable must not reach the other.
  const auto one = model_of(candidate, training), two = model_of(candidate, training);
  for (std::uint64_t t = 0; t < 12; ++t) training.train(*one, t, t + 1), training.train(*two, t, t + 1);
  for (const auto* model : {one.get(), two.get()}) {
    findings.expect(same_bits(alone->network(), model->network()),
                    "two models with the same entry have different weights after the same 12 steps");
    findings.expect(same_bits(alone->states(), model->states()),
                    "two models with the same entry have different arrays after the same 12 steps");
  }
}

/// The networks of three models with the entry, trained on this number of threads.
std::vector<Network> trained_by(const Candidate& candidate, const TrainingFixture& training, std::size_t threads) {
  experiment::Pipeline p;
  p.network = training.shape;
  p.steps = 30;
  p.batch_size = training.batch_size;
  Data data;
  data.train = training.samples;
  data.test = made_samples(36, 5, 20, 1);
  data.validation = made_samples(36, 5, 20, 2);
  data.classes = 5;
  data.image = training.image;
  for (const char* name : {"one", "two", "three"}) {
    const learning::Entry e = entry_of(candidate, {.model = name});
    if (e.watcher && p.metrics.empty())
      p.metrics.push_back(watched_section(e.run("Watcher::section", 0, [&] { return e.watcher->section(); })));
    p.models.push_back({name, {{e.name, {e.name, {}, e.remake}, e.scope, {}}}, 0.1f});
  }
  running::Scheduler scheduler(p, data, threads, nullptr);
  scheduler.start();
  while (!scheduler.wait(1).over) continue;
  scheduler.rethrow();
  std::vector<Network> out;
  for (const running::ModelTask& task : scheduler.tasks()) {
    if (!task.failure.empty() && !task.plugin_failed) throw learning::Diverged(task.next, "a number");
    if (!task.failure.empty()) throw std::runtime_error(task.failure);
    out.push_back(task.model->measured_network());
    out.push_back(task.model->network());
  }
  return out;
}

void same_bits_on_any_threads(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  const auto one = trained_by(candidate, training, 1), two = trained_by(candidate, training, 2);
  findings.expect(std::ranges::equal(one, two, [](const Network& a, const Network& b) { return same_bits(a, b); }),
                  "three models have other weights on 2 threads than on 1");
}

void copies_continue_identically(const Candidate& candidate, Findings& findings) {
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  const auto model = model_of(candidate, training);
  training.train(*model, 0, 7);
  const auto copy = model->copy();
  findings.expect(same_bits(model->measured_network(), copy->measured_network()), "a copy measures other weights");
  training.train(*copy, 7, 15);
  training.train(*model, 7, 15);
  const std::string remedy = ": declare what outlasts a step in declare_state(), do not store it in members";
  findings.expect(same_bits(model->network(), copy->network()),
                  "a copy trains to other weights than the model" + remedy);
  findings.expect(same_bits(model->states(), copy->states()), "a copy trains to other arrays than the model" + remedy);
  findings.expect(same_bits(model->measured_network(), copy->measured_network()),
                  "a copy that is trained on measures other weights than the model" + remedy);
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
      {"same_bits_on_any_threads", "models end with the same bits on one thread and on two", same_bits_on_any_threads},
      {"copies_continue_identically", "a model copied into new objects continues with the same bits",
       copies_continue_identically},
      {"neutral_changes_nothing", "at its neutral value the model equals the one without it, bit for bit",
       neutral_changes_nothing},
  };
}

}  // namespace pipeline::conformance
