// Laws of whole models: the same bits for the same steps, for any number of threads, after a copy, and without the
// plugin where its neutral value switches it off.
#include "conformance/bench.hpp"
#include "conformance/loose_metric.hpp"
#include "study/team.hpp"

namespace pipeline::conformance {

namespace {

std::unique_ptr<learning::Model> model_of(const Candidate& candidate, const Bench& bench, const How& how = {}) {
  learning::Entries entries;
  entries.push_back(entry_of(candidate, how));
  return bench.model(std::move(entries));
}

void same_steps_same_bits(const Candidate& candidate, Findings& findings) {
  const Bench bench;
  fits_or_skips(candidate, bench.shape, bench.image);
  const auto alone = model_of(candidate, bench);
  bench.train(*alone, 0, 12);
  // Two more, in turns: what one leaves behind in a global must not reach the other.
  const auto one = model_of(candidate, bench), two = model_of(candidate, bench);
  for (std::uint64_t t = 0; t < 12; ++t) bench.train(*one, t, t + 1), bench.train(*two, t, t + 1);
  for (const auto* model : {one.get(), two.get()}) {
    findings.expect(same_bits(alone->network(), model->network()),
                    "two models with the same entry part ways over the same 12 steps");
    findings.expect(same_bits(alone->states(), model->states()),
                    "two models with the same entry keep different arrays");
  }
}

/// Three models with the entry, trained by so many threads.
std::vector<Network> trained_by(const Candidate& candidate, const Bench& bench, std::size_t threads) {
  study::Description d;
  d.network = bench.shape;
  d.steps = 30;
  d.batch_size = bench.batch_size;
  Data data;
  data.train = bench.samples;
  data.test = made_samples(36, 5, 20, 1);
  data.validation = made_samples(36, 5, 20, 2);
  data.classes = 5;
  data.image = bench.image;
  for (const char* name : {"one", "two", "three"}) {
    learning::Entry e = entry_of(candidate, {.model = name});
    if (e.watcher && d.metrics.empty()) d.metrics.push_back(watched_section(e.watcher->section()));
    d.models.push_back({name, {{e.name, e.name, e.object, e.scope, {}, e.remake}}, 0.1f});
  }
  study::Team team(d, data, threads, nullptr);
  team.start();
  while (!team.wait(1).over) continue;
  team.rethrow();
  std::vector<Network> out;
  for (const study::Member& m : team.members()) {
    if (!m.failure.empty() && !m.plugin_failed) throw learning::Diverged(m.next);
    if (!m.failure.empty()) throw std::runtime_error(m.failure);
    out.push_back(m.model->measured_network());
    out.push_back(m.model->network());
  }
  return out;
}

void any_number_of_threads(const Candidate& candidate, Findings& findings) {
  const Bench bench;
  fits_or_skips(candidate, bench.shape, bench.image);
  const auto one = trained_by(candidate, bench, 1), two = trained_by(candidate, bench, 2);
  findings.expect(std::ranges::equal(one, two, [](const Network& a, const Network& b) { return same_bits(a, b); }),
                  "three models end with other weights on 2 threads than on 1");
}

void copies_go_on(const Candidate& candidate, Findings& findings) {
  const Bench bench;
  fits_or_skips(candidate, bench.shape, bench.image);
  const auto model = model_of(candidate, bench);
  bench.train(*model, 0, 7);
  const auto copy = model->copy();
  findings.expect(same_bits(model->measured_network(), copy->measured_network()), "a copy measures with other weights");
  bench.train(*copy, 7, 15);
  bench.train(*model, 7, 15);
  const std::string remedy = ": keep what outlasts a step with keep(), not in members";
  findings.expect(same_bits(model->network(), copy->network()),
                  "a copy that stands where the model does goes another way" + remedy);
  findings.expect(same_bits(model->states(), copy->states()), "a copy that goes on keeps other arrays" + remedy);
  findings.expect(same_bits(model->measured_network(), copy->measured_network()),
                  "a copy that goes on measures with other weights" + remedy);
}

void neutral_changes_nothing(const Candidate& candidate, Findings& findings) {
  const Bench bench;
  Values all;
  std::string chosen;
  {
    const Made<Regulariser> made(candidate);
    chosen = other_choices(made.parameters);
    for (const Parameter& p : made.parameters.all())
      if (!p.neutral_value.empty()) all.emplace_back(p.name, p.neutral_value);
  }
  if (all.empty()) throw Skip("declares no neutral value");
  fits_or_skips(candidate, bench.shape, bench.image);
  const auto plain = bench.model({});
  bench.train(*plain, 0, 20);
  const auto check = [&](const Values& values) {
    std::string words;
    for (const auto& [name, value] : values) words += (words.empty() ? "" : ", ") + name + " = " + value;
    if (values.size() < all.size()) words += ", the rest at its defaults";
    Findings seen;
    seen.about(words);
    for (const bool biases : {false, true}) {
      const auto neutral = model_of(candidate, bench, {.values = values, .biases = biases});
      bench.train(*neutral, 0, 20);
      seen.expect(
          same_bits(neutral->network(), plain->network()),
          "is declared neutral, but after 20 steps the weights are not those of the model without it, bit for bit");
      seen.expect(same_bits(neutral->measured_network(), plain->network()),
                  "is declared neutral, but other weights are measured than without it");
    }
    // There is one declaration for all choices: it may speak of a number that another choice does not use.
    if (!seen.all().empty() && !chosen.empty())
      throw Skip(words + " changes something where " + chosen +
                 "; a neutral value is promised where every choice is at its default");
    for (const std::string& finding : seen.all()) findings.fail(finding);
  };
  check(all);
  for (const auto& one : all)
    if (all.size() > 1) check({one});  // each is said to switch the plugin off
}

}  // namespace

std::vector<Law> laws_of_bits() {
  return {
      {"same_steps_same_bits", "the same steps give the same bits, alone or in turns with another model",
       same_steps_same_bits},
      {"any_number_of_threads", "a study ends with the same bits on one thread and on two", any_number_of_threads},
      {"copies_go_on", "weights and arrays copied into new objects go on with the same bits", copies_go_on},
      {"neutral_changes_nothing", "at its neutral value the model is the one without it, bit for bit",
       neutral_changes_nothing},
  };
}

}  // namespace pipeline::conformance
