// Laws of single hooks, each called by hand: there is one, it throws nothing, it makes no NaN, and its answer is a
// function of what it is given.
#include <cstring>
#include <set>

#include "conformance/trial.hpp"
#include "learning/elementwise.hpp"

namespace pipeline::conformance {

namespace {

void has_a_hook(const Candidate& candidate, Findings& findings) {
  needs_values_for<Regulariser>(candidate);
  const learning::Entry e = entry_of(candidate);
  const bool any = e.batch || e.activation || e.weight || e.weight_penalty || e.layer_penalty || e.activation_penalty ||
                   e.gradient || e.network_gradient || e.look_ahead || e.before_update || e.after_update ||
                   e.after_layer_update || e.measured || e.watcher;
  findings.expect(any, "derives from no interface of hooks.hpp, so it does nothing");
  if (any && candidate.layers && !e.touches_any(kDeepest))
    throw Skip("touches none of these layers of a network with three");
  if (any) findings.expect(e.touches_any(kDeepest), "touches no layer of a network with three, at its default layers");
  if (e.watcher) findings.expect(!e.watcher->section().empty(), "watches a section without a name");
}

void says_what_does_not_fit(const Candidate& candidate, Findings& findings) {
  needs_values_for<Regulariser>(candidate);
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{36, 16, 12, 5}, {1, 2}, {1, 1, 2}, {784, 100, 10}})
    for (const ImageShape& image : {ImageShape{}, image_of(sizes.front())}) {
      const Made<Regulariser> made(candidate);
      try {
        made.object->check({sizes, true}, image);
      } catch (const std::invalid_argument& e) {
        begins_with_a_parameter(e.what(), made.parameters, findings);
      }
    }
}

void throws_nothing(const Candidate& candidate, Findings&) {
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  Trial trial(candidate, ordinary());
  for (const std::uint64_t step : {0, 1, 2, 1000}) trial.every_hook(step);
  const Bench bench;
  fits_or_skips(candidate, bench.shape, bench.image);
  learning::Entries entries;
  entries.push_back(entry_of(candidate));
  const auto model = bench.model(std::move(entries));
  bench.train(*model, 0, 20);
  model->weight_penalty(model->measured_network());
}

bool same(const Answers& a, const Answers& b, std::string& which) {
  if (a.size() != b.size()) return which = "how many hooks there are", false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::vector<double>&x = a[i].numbers, &y = b[i].numbers;
    if (x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(double)) == 0) continue;
    which = a[i].hook;
    return false;
  }
  return true;
}

void same_call_same_answer(const Candidate& candidate, Findings& findings) {
  each_material(candidate, findings, [&](Trial& trial) {
    std::string hook;
    const Answers first = trial.every_hook(3);
    trial.begin_anew();
    trial.every_hook(4);
    trial.begin_anew();
    const bool the_same = same(first, trial.every_hook(3), hook);  // before the words, which name the hook
    findings.expect(the_same,
                    hook +
                        " gives another answer when it is asked again at the same step, with the same arrays: draw "
                        "from step.random only, and keep what outlasts a step with keep()");
  });
}

void any_order_of_tiles(const Candidate& candidate, Findings& findings) {
  const learning::Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.gradient && !e.before_update && !e.after_update && !e.measured)
    throw Skip("has no hook that works tile by tile");
  each_material(candidate, findings, [&](Trial& trial) {
    Trial other(candidate, trial.material);
    Answers forwards = trial.every_hook(3), backwards = other.every_hook(3, true);
    std::erase_if(forwards, [](const Answer& a) { return a.hook == "WeightPenalty::value"; });
    std::string hook;
    const bool the_same = same(forwards, backwards, hook);  // before the words, which name the hook
    findings.expect(the_same, hook + " depends on the order in which tiles come");
    findings.expect(same_bits(trial.states, other.states), "what it keeps depends on the order in which tiles come");
  });
}

std::vector<PerLayer::Arrays> gradients_of(const learning::States& states) {
  std::vector<PerLayer::Arrays> out;
  for (const auto& [name, kept] : states.trained()) out.push_back(kept->gradients);
  return out;
}

/// Steps may be tried and thrown away, and a measurement may come at any time: neither may leave a trace.
void keeps_arrays_until_the_update(const Candidate& candidate, Findings& findings) {
  {
    const Trial trial(candidate, ordinary());
    const auto own = [&](const auto& array) { return array.second.owner == &trial.entry; };
    if (std::ranges::none_of(trial.states.all(), own)) throw Skip("keeps no arrays");
  }
  const std::set<std::string> may_change = {"AfterUpdate::after_update", "AfterLayerUpdate::after_update",
                                            "Watcher::see"},
                              may_add = {"ActivationChange::backward", "WeightChange::backward"};
  std::set<std::string> told;  // the same of every material says no more
  each_material(candidate, findings, [&](Trial& trial) {
    Trial before(candidate, trial.material);
    auto gradients = gradients_of(trial.states);
    trial.after_hook = [&](const std::string& hook) {
      const std::string changed = first_difference(before.states, trial.states);
      if (!changed.empty() && !may_change.contains(hook) && told.insert(hook).second)
        findings.fail(hook + " changes '" + changed +
                      "': kept arrays change only after the update (AfterUpdate, AfterLayerUpdate) or when watching; "
                      "what a step leaves to later hooks is for Life::step");
      const auto now = gradients_of(trial.states);
      const bool the_same = std::ranges::equal(now, gradients, [](const auto& x, const auto& y) {
        return std::ranges::equal(x, y, [](const auto& p, const auto& q) { return same_bits(p.second, q.second); });
      });
      if (!the_same && !may_add.contains(hook) && told.insert(hook + " gradient").second)
        findings.fail(hook + " changes the gradient of a trained array; only the way back adds to it");
      before.states.adopt(trial.states);
      gradients = now;
    };
    for (const std::uint64_t step : {0, 1, 1000}) {
      trial.states.zero_gradients();
      gradients = gradients_of(trial.states);
      trial.every_hook(step);
    }
  });
}

void finite_stays_finite(const Candidate& candidate, Findings& findings) {
  each_material(candidate, findings, [&](Trial& trial) {
    for (const std::uint64_t step : {0, 3}) try {
        for (const Answer& answer : trial.every_hook(step))
          if (std::ranges::any_of(answer.numbers, [](double x) { return !std::isfinite(x); }))
            findings.fail(answer.hook + " makes a number that is none");
      } catch (const learning::HookFailure& e) {
        findings.fail(e.what());
      }
  });
}

void trains_from_zero_and_on_one_weight(const Candidate& candidate, Findings& findings) {
  Bench zeros, single({1, 1, 2});
  zeros.samples.bytes.zeros();
  for (Layer& l : zeros.start.layers) l.W.zeros(), l.b.zeros();
  fits_or_skips(candidate, zeros.shape, zeros.image);
  for (const bool biases : {false, true})
    for (const Bench* bench : {&zeros, &single}) {
      findings.about(bench == &zeros ? "black images, weights of 0" : "a network of 1, 1 and 2 units");
      try {
        fits_or_skips(candidate, bench->shape, bench->image);
      } catch (const Skip&) {
        continue;
      }
      learning::Entries entries;
      entries.push_back(entry_of(candidate, {.biases = biases}));
      const auto model = bench->model(std::move(entries));
      bench->train(*model, 0, 5);
      const Network measured = model->measured_network();
      for (const Network* network : {&model->network(), &measured})
        for (const Layer& l : network->layers)
          findings.expect(learning::all_finite(l.W) && learning::all_finite(l.b),
                          "a weight is not finite after 5 steps");
    }
}

void prints_nothing(const Candidate& candidate, Findings& findings) {
  fits_or_skips(candidate, ordinary().shape(), image_of(ordinary().shape().inputs(1)));
  const std::string printed = printed_by([&] {
    Trial trial(candidate, ordinary());
    trial.every_hook(0);
  });
  findings.expect(printed.empty(), "prints '" + printed.substr(0, 60) + "'");
}

}  // namespace

std::vector<Law> laws_of_hooks() {
  return {
      {"has_a_hook", "it derives from an interface of hooks.hpp and touches a layer", has_a_hook},
      {"says_what_does_not_fit", "where it fits no network, its words begin with a parameter", says_what_does_not_fit},
      {"throws_nothing", "hooks throw nothing in a healthy training", throws_nothing},
      {"prints_nothing", "hooks print nothing", prints_nothing},
      {"finite_stays_finite", "no hook makes a number that is none: of zero, huge, tiny, one by one",
       finite_stays_finite},
      {"trains_from_zero_and_on_one_weight", "black images, weights of 0 and a single weight can be trained on",
       trains_from_zero_and_on_one_weight},
      {"same_call_same_answer", "a hook's answer depends on what it is given, the step and kept arrays only",
       same_call_same_answer},
      {"keeps_arrays_until_the_update", "kept arrays change only after the update or when watching",
       keeps_arrays_until_the_update},
      {"any_order_of_tiles", "tiles in any order give the same bits", any_order_of_tiles},
  };
}

}  // namespace pipeline::conformance
