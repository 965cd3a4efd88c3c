// Laws of single hooks, each called directly: one exists, it throws nothing, makes no NaN, and its result is a function
// of its arguments, the step and the declared arrays.
#include <pipeline/quoted.hpp>
#include <set>

#include "base/utf8.hpp"
#include "conformance/hook_fixture.hpp"
#include "conformance/process_watch.hpp"
#include "kernels/elementwise.hpp"

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
    throw Skip("touches none of these layers of a network with three layers");
  if (any)
    findings.expect(e.touches_any(kDeepest), "touches no layer of a network with three layers, at its default layers");
  if (e.watcher)
    findings.expect(!e.run("Watcher::section", 0, [&] { return e.watcher->section(); }).empty(),
                    "watches a section with an empty name");
}

void misfit_names_a_parameter(const Candidate& candidate, Findings& findings) {
  needs_values_for<Regulariser>(candidate);
  for (const std::vector<std::size_t>& sizes :
       {std::vector<std::size_t>{36, 16, 12, 5}, {1, 2}, {1, 1, 2}, {784, 100, 10}})
    for (const ImageShape& image : {ImageShape{}, image_of(sizes.front())}) {
      const Made<Regulariser> made(candidate);
      try {
        made.call("Regulariser::check", [&] { made.object->check({sizes, true}, image); });
      } catch (const Misfit& e) {
        expect_known_parameter(e, made.parameters, findings);
      }
    }
}

void throws_nothing(const Candidate& candidate, Findings&) {
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  HookFixture fixture(candidate, ordinary_matrices());
  for (const std::uint64_t step : {0, 1, 2, 1000}) fixture.every_hook(step);
  const TrainingFixture training;
  fits_or_skips(candidate, training.shape, training.image);
  learning::Entries entries;
  entries.push_back(entry_of(candidate));
  const auto model = training.model(std::move(entries));
  training.train(*model, 0, 20);
  model->weight_penalty(model->measured_network());
}

/// Where the results differ, `which` names the hook.
bool same(const HookResults& a, const HookResults& b, std::string& which) {
  if (a.size() != b.size()) return which = "the number of hooks", false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::vector<double>&x = a[i].numbers, &y = b[i].numbers;
    if (x.size() == y.size() && base::same_bytes(x.data(), y.data(), x.size())) continue;
    which = a[i].hook;
    return false;
  }
  return true;
}

void same_call_same_result(const Candidate& candidate, Findings& findings) {
  each_matrices(candidate, findings, [&](HookFixture& fixture) {
    std::string hook;
    const HookResults first = fixture.every_hook(3);
    fixture.reset();
    fixture.every_hook(4);
    fixture.reset();
    const bool equal = same(first, fixture.every_hook(3), hook);  // sets `hook`, which the finding names
    findings.expect(equal, hook +
                               " gives another result when it is called again at the same step with the same arrays: "
                               "draw from step.random only, and declare what outlasts a step in declare_state()");
  });
}

void tile_order_does_not_matter(const Candidate& candidate, Findings& findings) {
  const learning::Entry e = entry_of(candidate);
  if (!e.weight_penalty && !e.gradient && !e.before_update && !e.after_update && !e.measured)
    throw Skip("has no hook that works tile by tile");
  each_matrices(candidate, findings, [&](HookFixture& fixture) {
    HookFixture other(candidate, fixture.matrices);
    HookResults forwards = fixture.every_hook(3), backwards = other.every_hook(3, true);
    std::erase_if(forwards, [](const HookResult& r) { return r.hook == "WeightPenalty::value"; });
    std::string hook;
    const bool equal = same(forwards, backwards, hook);  // sets `hook`, which the finding names
    findings.expect(equal, hook + " depends on the order of the tiles");
    findings.expect(same_bits(fixture.states, other.states), "the declared arrays depend on the order of the tiles");
  });
}

std::vector<PerLayer::Arrays> gradients_of(const learning::States& states) {
  std::vector<PerLayer::Arrays> out;
  for (const auto& [name, kept] : states.trained()) out.push_back(kept->gradients);
  return out;
}

/// A step may be tried and discarded, and a measurement may come at any time: neither may change an array.
void arrays_change_only_after_the_update(const Candidate& candidate, Findings& findings) {
  {
    const HookFixture fixture(candidate, ordinary_matrices());
    const auto own = [&](const auto& array) { return array.second.owner == &fixture.entry; };
    if (std::ranges::none_of(fixture.states.all(), own)) throw Skip("declares no arrays");
  }
  const std::set<std::string> may_change = {"AfterUpdate::after_update", "AfterLayerUpdate::after_update",
                                            "Watcher::see"},
                              may_add = {"ActivationChange::backward", "WeightChange::backward"};
  std::set<std::string> reported;  // once is enough for all matrices
  each_matrices(candidate, findings, [&](HookFixture& fixture) {
    HookFixture before(candidate, fixture.matrices);
    auto gradients = gradients_of(fixture.states);
    fixture.after_hook = [&](const std::string& hook) {
      const std::string changed = first_difference(before.states, fixture.states);
      const bool counted = hook == "NetworkGradientChange::change" && !changed.empty() &&
                           !fixture.states.all().at(changed).counts.empty();  // it is called once per update
      if (!changed.empty() && !counted && !may_change.contains(hook) && reported.insert(hook).second)
        findings.fail(hook + " changes " + pipeline::quoted(changed) +
                      ": arrays may change only after the update (AfterUpdate, AfterLayerUpdate) or when watching; "
                      "declare what a step leaves to later hooks with Life::step");
      const auto now = gradients_of(fixture.states);
      const bool equal = std::ranges::equal(now, gradients, [](const auto& x, const auto& y) {
        return std::ranges::equal(x, y, [](const auto& p, const auto& q) { return same_bits(p.second, q.second); });
      });
      if (!equal && !may_add.contains(hook) && reported.insert(hook + " gradient").second)
        findings.fail(hook + " changes the gradient of a trained array; only ActivationChange::backward adds to it");
      before.states.adopt(fixture.states);
      gradients = now;
    };
    for (const std::uint64_t step : {0, 1, 1000}) {
      fixture.states.zero_gradients();
      gradients = gradients_of(fixture.states);
      fixture.every_hook(step);
    }
  });
}

void finite_stays_finite(const Candidate& candidate, Findings& findings) {
  each_matrices(candidate, findings, [&](HookFixture& fixture) {
    for (const std::uint64_t step : {0, 3}) try {
        for (const HookResult& result : fixture.every_hook(step))
          if (std::ranges::any_of(result.numbers, [](double x) { return !std::isfinite(x); }))
            findings.fail(result.hook + " makes a number NaN or infinite");
      } catch (const learning::HookFailure& e) {
        findings.fail(e.what());
      }
  });
}

void trains_from_zero_and_on_one_weight(const Candidate& candidate, Findings& findings) {
  TrainingFixture zeros, single({1, 1, 2});
  zeros.samples.bytes.zeros();
  for (Layer& l : zeros.start.layers) l.W.zeros(), l.b.zeros();
  fits_or_skips(candidate, zeros.shape, zeros.image);
  for (const bool biases : {false, true})
    for (const TrainingFixture* training : {&zeros, &single}) {
      findings.about(training == &zeros ? "black images, weights of 0" : "a network of 1, 1 and 2 units");
      try {
        fits_or_skips(candidate, training->shape, training->image);
      } catch (const Skip&) {
        continue;
      }
      learning::Entries entries;
      entries.push_back(entry_of(candidate, {.biases = biases}));
      const auto model = training->model(std::move(entries));
      training->train(*model, 0, 5);
      const Network measured = model->measured_network();
      for (const Network* network : {&model->network(), &measured})
        for (const Layer& l : network->layers)
          findings.expect(kernels::all_finite(l.W) && kernels::all_finite(l.b), "a weight is not finite after 5 steps");
    }
}

void prints_nothing(const Candidate& candidate, Findings& findings) {
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  const std::string printed = printed_by([&] {
    HookFixture fixture(candidate, ordinary_matrices());
    fixture.every_hook(0);
  });
  findings.expect(printed.empty(), "prints " + base::quoted(printed));
}

void leaves_the_process_as_it_was(const Candidate& candidate, Findings& findings) {
  fits_or_skips(candidate, ordinary_matrices().shape(), image_of(ordinary_matrices().shape().inputs(1)));
  ProcessWatch watch(findings);
  HookFixture fixture(candidate, ordinary_matrices());
  watch.after("being created");
  fixture.after_hook = [&](const std::string& hook) { watch.after(hook); };
  fixture.every_hook(0);
}

}  // namespace

std::vector<Law> laws_of_hooks() {
  return {
      {"has_a_hook", "it derives from an interface of hooks.hpp and touches a layer", has_a_hook},
      {"misfit_names_a_parameter", "where it does not fit a network, its Misfit names one of its parameters",
       misfit_names_a_parameter},
      {"throws_nothing", "hooks throw nothing in a normal training", throws_nothing},
      {"leaves_the_process_as_it_was",
       "it restores what it changes for everybody: rounding, locale, working directory, signal handlers, ...",
       leaves_the_process_as_it_was},
      {"prints_nothing", "hooks print nothing", prints_nothing},
      {"finite_stays_finite", "no hook makes a number NaN or infinite: zeros, huge and tiny numbers, 1 x 1 matrices",
       finite_stays_finite},
      {"trains_from_zero_and_on_one_weight", "black images, weights of 0 and a single weight can be trained on",
       trains_from_zero_and_on_one_weight},
      {"same_call_same_result", "a hook's result depends only on its arguments, the step and declared arrays",
       same_call_same_result},
      {"arrays_change_only_after_the_update", "declared arrays change only after the update or when watching",
       arrays_change_only_after_the_update},
      {"tile_order_does_not_matter", "tiles in any order give the same bits", tile_order_does_not_matter},
  };
}

}  // namespace pipeline::conformance
