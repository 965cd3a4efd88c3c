// Laws of optimisers: the direction is a function of its arguments, the step and the declared arrays, and leads downhill;
// a gradient of 0 moves nothing; whole models have the same bits on any threads and after a copy.
#include <cmath>
#include <numeric>
#include <pipeline/quoted.hpp>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "conformance/hook_fixture.hpp"
#include "conformance/process_watch.hpp"
#include "conformance/whole_models.hpp"
#include "kernels/elementwise.hpp"
#include "learning/tiles.hpp"

namespace pipeline::conformance {

namespace {
using learning::LiveOptimiser;

LiveOptimiser optimiser_of(const Candidate& candidate, const Values& values = {}, const std::string& model = "model") {
  const auto make = [candidate, values] {
    Made<Optimiser> made(candidate);
    for (const auto& [name, value] : values) made.set(name, value);
    return made.object;
  };
  return {candidate.plugin.name, make, 1, model};
}

/// What the direction is computed from and into.
struct Numbers {
  Network w, g;
  arma::fmat own, own_g;
};

/// Any regulariser that trains arrays may be beside an optimiser: one per layer, of two columns.
class Trains final : public Regulariser {
  PerLayer array_;
  void declare_state(State& state) override {
    state.per_layer(
        "array", array_, Life::trained,
        [&](std::size_t l) {
          return State::Size{l ? state.network().outputs(l) : 0, 2};
        },
        1);
  }
};

/// An optimiser with its arrays; its direction is called tile by tile, as the engine does.
class Bench {
 public:
  Bench(const Candidate& candidate, const Network& start)
      : optimiser(optimiser_of(candidate)),
        trains_("another entry", std::make_shared<Trains>(), learning::Scope{}, 1, "model"),
        states(start) {
    states.declare(trains_), states.declare(optimiser), states.complete();
  }
  Bench(const Bench&) = delete;

  /// Turns all gradients into directions.
  void direct(Numbers& n, std::uint64_t number, bool tiles_backwards = false) {
    struct Part {
      Tile tile;
      std::span<const float> w;
      std::span<float> g;
    };
    std::vector<Part> parts;
    for (std::size_t l = 1; l <= n.w.depth(); ++l)
      learning::each_tile(l, n.w.layer(l), [&](const Tile& tile) {
        parts.push_back({tile, learning::part(std::as_const(n.w).layer(l), tile), learning::part(n.g.layer(l), tile)});
      });
    for (arma::uword column = 0; column < n.own.n_cols; ++column)
      parts.push_back({Tile{1, Kind::own, column, 0}, std::span<const float>(n.own.colptr(column), n.own.n_rows),
                       std::span(n.own_g.colptr(column), n.own_g.n_rows)});
    if (tiles_backwards) std::ranges::reverse(parts);
    for (const Part& part : parts) call(part.w, part.g, part.tile, number);
  }
  void call(std::span<const float> w, std::span<float> g, const Tile& tile, std::uint64_t number) {
    optimiser.run("Optimiser::direction", number, [&] {
      optimiser.object->direction(w, g, tile, optimiser.step({number, 0.1f, Random(0)}));
    });
  }

  LiveOptimiser optimiser;

 private:
  learning::Entry trains_;

 public:
  learning::States states;
};

Numbers numbers_of(const Matrices& m, std::uint64_t stream = 0) {
  const arma::uword units = m.weights.layer(1).outputs();
  Numbers n{m.weights, m.gradient, random_matrix(units, 2, 50 + stream), random_matrix(units, 2, 60 + stream)};
  n.own *= m.scale, n.own_g *= m.scale;
  return n;
}

bool same_directions(const Numbers& a, const Numbers& b) { return same_bits(a.g, b.g) && same_bits(a.own_g, b.own_g); }

/// Calls f(all gradients as one list, all weights as one list).
template <class F>
void each_number(const Numbers& n, F&& f) {
  for (std::size_t l = 1; l <= n.g.depth(); ++l) {
    const Layer &w = n.w.layer(l), &g = n.g.layer(l);
    for (arma::uword i = 0; i < g.W.n_elem; ++i) f(w.W[i], g.W[i]);
    for (arma::uword i = 0; i < g.b.n_elem; ++i) f(w.b[i], g.b[i]);
  }
  for (arma::uword i = 0; i < n.own_g.n_elem; ++i) f(n.own[i], n.own_g[i]);
}

std::unique_ptr<learning::Model> model_of(const Candidate& candidate, const TrainingFixture& training,
                                          const Values& values = {}) {
  return training.model({}, optimiser_of(candidate, values));
}

/// Trains at the optimiser's own rate, which a network must survive.
std::unique_ptr<TrainingFixture> fixture_of(const Candidate& candidate) {
  needs_values_for<Optimiser>(candidate);
  auto training = std::make_unique<TrainingFixture>();
  const Made<Optimiser> made(candidate);
  training->rate = made.call("Optimiser::default_rate", [&] { return made.object->default_rate(); });
  return training;
}

void default_rate_is_a_rate(const Candidate& candidate, Findings& findings) {
  const float rate = fixture_of(candidate)->rate;
  findings.expect(rate > 0 && std::isfinite(rate),
                  "its default rate " + base::shortest(rate) + " is not a number above 0");
}

void throws_nothing(const Candidate& candidate, Findings&) {
  const auto training = fixture_of(candidate);
  Bench bench(candidate, ordinary_matrices().weights);
  for (const std::uint64_t step : {0, 1, 2, 1000}) {
    Numbers n = numbers_of(ordinary_matrices());
    bench.direct(n, step);
  }
  const auto model = model_of(candidate, *training);
  training->train(*model, 0, 20);
}

void leaves_the_process_as_it_was(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  ProcessWatch watch(findings);
  Bench bench(candidate, ordinary_matrices().weights);
  watch.after("being created");
  Numbers n = numbers_of(ordinary_matrices());
  bench.direct(n, 0);
  watch.after("Optimiser::direction");
}

void prints_nothing(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  const std::string printed = printed_by([&] {
    Bench bench(candidate, ordinary_matrices().weights);
    Numbers n = numbers_of(ordinary_matrices());
    bench.direct(n, 0);
  });
  findings.expect(printed.empty(), "prints " + base::quoted(printed));
}

void finite_stays_finite(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  for (const Matrices& matrices : all_matrices()) {
    findings.about(matrices.sort);
    Bench bench(candidate, matrices.weights);
    for (const std::uint64_t step : {0, 1, 2}) {
      Numbers n = numbers_of(matrices);
      bench.direct(n, step);
      each_number(n, [&](float, float d) {
        findings.expect(std::isfinite(d), "makes a direction of NaN or infinity from finite numbers");
      });
      if (!findings.all().empty()) return;
    }
  }
}

/// Without this a wrong sign would only show as poor training.
void first_step_leads_downhill(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench bench(candidate, ordinary_matrices().weights);
  Numbers n = numbers_of(ordinary_matrices());
  for (Layer& l : n.w.layers) l.W.zeros(), l.b.zeros();  // where a decay of the weights does nothing
  n.own.zeros();
  const Numbers before = n;
  bench.direct(n, 0);
  double product = 0;
  std::vector<float> gradient;
  each_number(before, [&](float, float g) { gradient.push_back(g); });
  std::size_t i = 0;
  each_number(n, [&](float, float d) { product += double{d} * gradient.at(i++); });
  findings.expect(product > 0, "the first direction d has sum d * g = " + base::shortest(product) +
                                   ": w - rate * d then raises the loss; is its sign wrong?");
}

/// Where nothing has pulled at a weight yet, only a decay may move it: a multiple of itself, the same for all.
void zero_gradient_moves_nothing(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench bench(candidate, ordinary_matrices().weights);
  float share = 0;
  for (std::uint64_t step = 0; step < 3; ++step) {
    Numbers n = numbers_of(ordinary_matrices());
    for (Layer& l : n.g.layers) l.W.zeros(), l.b.zeros();
    n.own_g.zeros();
    bench.direct(n, step);
    if (step == 0) share = n.g.layer(1).W[0] / n.w.layer(1).W[0];
    each_number(n, [&](float w, float d) {
      findings.expect(d == 0 || std::abs(d - share * w) <= 1e-5f * std::abs(w),
                      "with a gradient of 0 in every step, a direction is neither 0 nor the same share of each weight");
    });
    if (!findings.all().empty()) return;
  }
  findings.expect(share >= 0, "with a gradient of 0 in every step, the weights grow");
}

void same_call_same_result(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench bench(candidate, ordinary_matrices().weights), fresh(candidate, ordinary_matrices().weights);
  const std::string remedy = ": declare what outlasts a step in declare_state(), and count steps by step.number";
  const auto at = [&](Bench& on, std::uint64_t step) {
    Numbers n = numbers_of(ordinary_matrices(), step);
    on.direct(n, step);
    return n;
  };
  const Numbers first = at(bench, 3);
  bench.states.adopt(fresh.states);
  at(bench, 4);
  bench.states.adopt(fresh.states);
  findings.expect(same_directions(first, at(bench, 3)),
                  "gives another direction when it is called again at the same step with the same arrays" + remedy);
}

void tile_order_does_not_matter(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench forwards(candidate, ordinary_matrices().weights), backwards(candidate, ordinary_matrices().weights);
  for (std::uint64_t step = 0; step < 3; ++step) {
    Numbers a = numbers_of(ordinary_matrices(), step), b = a;
    forwards.direct(a, step), backwards.direct(b, step, true);
    findings.expect(same_directions(a, b), "the direction depends on the order of the tiles");
    findings.expect(same_bits(forwards.states, backwards.states),
                    "the declared arrays depend on the order of the tiles");
  }
}

/// Each tile has arrays of its own, so what is done to one must not reach another.
void tiles_are_kept_apart(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench alone(candidate, ordinary_matrices().weights), beside(candidate, ordinary_matrices().weights);
  for (std::uint64_t step = 0; step < 3; ++step) {
    Numbers n = numbers_of(ordinary_matrices(), step), all = n;
    beside.direct(all, step);
    const Tile tile{1, Kind::weights, 0};  // the trained array has a column of this number too
    alone.call(learning::part(std::as_const(n.w).layer(1), tile), learning::part(n.g.layer(1), tile), tile, step);
    const auto one = learning::part(n.g.layer(1), tile), other = learning::part(all.g.layer(1), tile);
    findings.expect(base::same_bytes(one.data(), other.data(), one.size()),
                    "the direction of one input's weights depends on other tiles: use LikeWeights::at(tile)");
  }
}

void plain_descent_is_plain(const Candidate& candidate, Findings& findings) {
  needs_values_for<Optimiser>(candidate);
  Bench bench(candidate, ordinary_matrices().weights);
  if (!bench.optimiser.is_plain) throw Skip("does not say that its direction is the gradient");
  for (const std::uint64_t step : {0, 1, 1000}) {
    Numbers n = numbers_of(ordinary_matrices());
    const Numbers before = n;
    bench.direct(n, step);
    findings.expect(same_directions(n, before),
                    "says that it is plain descent, but its direction is not the gradient, bit for bit");
  }
}

void trains_from_zero_and_on_one_weight(const Candidate& candidate, Findings& findings) {
  TrainingFixture zeros, single({1, 1, 2});
  zeros.rate = single.rate = fixture_of(candidate)->rate;
  zeros.samples.bytes.zeros();
  for (Layer& l : zeros.start.layers) l.W.zeros(), l.b.zeros();
  for (const TrainingFixture* training : {&zeros, &single}) {
    findings.about(training == &zeros ? "black images, weights of 0" : "a network of 1, 1 and 2 units");
    const auto model = model_of(candidate, *training);
    training->train(*model, 0, 5);
    for (const Layer& l : model->network().layers)
      findings.expect(kernels::all_finite(l.W) && kernels::all_finite(l.b), "a weight is not finite after 5 steps");
  }
}

/// The mean cross-entropy of all samples.
double loss_of(const learning::Model& model, const TrainingFixture& training) {
  std::vector<std::uint32_t> all(training.samples.size());
  std::iota(all.begin(), all.end(), 0u);
  arma::fmat x;
  training.inputs.widen(all, x);
  const Network& n = model.network();
  for (std::size_t l = 1; l <= n.depth(); ++l) {
    x = n.layer(l).W * x;
    if (!n.layer(l).b.is_empty()) x += arma::repmat(n.layer(l).b, 1, x.n_cols);
    if (l < n.depth()) x.clamp(0.f, std::numeric_limits<float>::infinity());
  }
  double sum = 0;
  for (arma::uword s = 0; s < x.n_cols; ++s) {
    const arma::vec z = arma::conv_to<arma::vec>::from(x.col(s));
    sum += z.max() + std::log(arma::accu(arma::exp(z - z.max()))) - z(training.samples.labels[s]);
  }
  return sum / static_cast<double>(x.n_cols);
}

void learns_at_its_default_rate(const Candidate& candidate, Findings& findings) {
  const auto training = fixture_of(candidate);
  const auto model = model_of(candidate, *training);
  const double before = loss_of(*model, *training);
  training->train(*model, 0, 200);
  const double after = loss_of(*model, *training);
  findings.expect(after < before, "200 steps at its default rate " + base::shortest(training->rate) +
                                      " raise the loss from " + base::shortest(before) + " to " +
                                      base::shortest(after));
}

void same_steps_same_bits(const Candidate& candidate, Findings& findings) {
  const auto training = fixture_of(candidate);
  expect_same_steps_same_bits([&] { return model_of(candidate, *training); }, *training, "with this optimiser",
                              findings);
}

void same_bits_on_any_threads(const Candidate& candidate, Findings& findings) {
  const auto training = fixture_of(candidate);
  const auto three_models = [&] {
    experiment::Pipeline p;
    for (const char* name : {"one", "two", "three"})
      p.models.push_back({name, {}, training->rate, {}, {candidate.plugin.name, {}, optimiser_of(candidate).make}});
    return p;
  };
  expect_same_bits_on_any_threads(three_models, *training, findings);
}

void copies_continue_identically(const Candidate& candidate, Findings& findings) {
  const auto training = fixture_of(candidate);
  expect_copies_continue_identically([&] { return model_of(candidate, *training); }, *training, findings);
}

void neutral_is_plain_descent(const Candidate& candidate, Findings& findings) {
  const auto training = fixture_of(candidate);
  Values all;
  {
    const Made<Optimiser> made(candidate);
    for (const Parameter& p : made.parameters.all())
      if (!p.neutral_value.empty()) all.emplace_back(p.name, p.neutral_value);
  }
  if (all.empty()) throw Skip("declares no neutral value");
  const auto plain = training->model({});
  training->train(*plain, 0, 20);
  for (const auto& one : all) {
    const auto neutral = model_of(candidate, *training, {one});
    training->train(*neutral, 0, 20);
    findings.about(one.first + " = " + one.second);
    findings.expect(same_bits(neutral->network(), plain->network()),
                    "is declared neutral, but after 20 steps the weights are not those of plain gradient descent, bit "
                    "for bit");
  }
}

}  // namespace

std::vector<Law> laws_of_optimisers() {
  return {
      {"default_rate_is_a_rate", "its default learning rate is a number above 0", default_rate_is_a_rate},
      {"throws_nothing", "it throws nothing in a normal training", throws_nothing},
      {"leaves_the_process_as_it_was",
       "it restores what it changes for everybody: rounding, locale, working directory, signal handlers, ...",
       leaves_the_process_as_it_was},
      {"prints_nothing", "it prints nothing", prints_nothing},
      {"finite_stays_finite", "no direction is NaN or infinite: zeros, huge and tiny numbers, 1 x 1 matrices",
       finite_stays_finite},
      {"trains_from_zero_and_on_one_weight", "black images, weights of 0 and a single weight can be trained on",
       trains_from_zero_and_on_one_weight},
      {"first_step_leads_downhill", "the first direction has a positive product with the gradient",
       first_step_leads_downhill},
      {"learns_at_its_default_rate", "200 steps at the default rate lower the loss", learns_at_its_default_rate},
      {"zero_gradient_moves_nothing", "with gradients of 0, a weight stays or decays", zero_gradient_moves_nothing},
      {"same_call_same_result", "a direction depends only on its arguments, the step and declared arrays",
       same_call_same_result},
      {"tile_order_does_not_matter", "tiles in any order give the same bits", tile_order_does_not_matter},
      {"tiles_are_kept_apart", "the direction of one input's weights does not depend on others", tiles_are_kept_apart},
      {"plain_descent_is_plain", "the direction is the gradient, if it says so", plain_descent_is_plain},
      {"same_steps_same_bits", "the same steps give the same bits, alone or alternately with another model",
       same_steps_same_bits},
      {"same_bits_on_any_threads", "models end with the same bits on any number of threads", same_bits_on_any_threads},
      {"copies_continue_identically", "a model copied into new objects continues with the same bits",
       copies_continue_identically},
      {"neutral_changes_nothing", "at its neutral value it is plain gradient descent, bit for bit",
       neutral_is_plain_descent},
  };
}

}  // namespace pipeline::conformance
