// Laws for every regulariser found, at its defaults: switched off it is not there, its gradient is that of
// its value, its way back is the adjoint of its way forward, the same step gives the same bits, and no input
// makes it give NaN.
#include <boost/test/unit_test.hpp>

#include <iostream>

#include "every_plugin.hpp"
#include "learning/elementwise.hpp"

using namespace pipeline;
using namespace support;
using learning::Entry;

namespace {

/// f(name, entry) for every regulariser, with its name beside whatever fails.
template <class F>
void each_regulariser(F&& f) {
  for (const std::string& name : laws::names("regulariser")) BOOST_TEST_CONTEXT("regulariser " << name) {
      f(name, laws::entry_of(name));
    }
}

arma::fmat random_matrix(arma::uword rows, arma::uword columns, std::uint64_t stream) {
  const Random draws(99, "test", "law", std::to_string(stream));
  arma::fmat m(rows, columns);
  for (arma::uword i = 0; i < m.n_elem; ++i) m[i] = static_cast<float>(draws.normal(i));
  return m;
}

double dot(const arma::fmat& a, const arma::fmat& b) {
  double sum = 0;
  for (arma::uword i = 0; i < a.n_elem; ++i) sum += double{a[i]} * b[i];
  return sum;
}

std::span<const float> all_of(const arma::fmat& m) { return {m.memptr(), m.n_elem}; }
std::span<float> all_of(arma::fmat& m) { return {m.memptr(), m.n_elem}; }

/// Checks that a gradient is the slope of a value along random directions: value(w + h d) - value(w - h d)
/// against g (w+ - w-), the difference taken of the float32 points as they are, so that only curvature is left over.
void check_slope(const arma::fmat& w, const arma::fmat& gradient, const auto& value, const std::string& what) {
  BOOST_TEST_CONTEXT(what)
  for (std::uint64_t direction = 0; direction < 5; ++direction) {
    // A step of 1/256 changes no sign of weights kept beyond .1 (see away_from_kinks) while |d| < 25.
    const arma::fmat d = random_matrix(w.n_rows, w.n_cols, 100 + direction), ahead = w + d / 256, behind = w - d / 256;
    const double rise = value(ahead) - value(behind), slope = dot(gradient, ahead) - dot(gradient, behind);
    const double scale = std::sqrt(dot(gradient, gradient) * dot(ahead - behind, ahead - behind));
    // 1e-3: the third derivative times the square of 1/256, and a gradient rounded to float32.
    BOOST_CHECK_MESSAGE(std::abs(rise - slope) <= 1e-3 * scale,
                        "value rises by " << rise << ", its gradient says " << slope);
  }
}

/// Random numbers with none closer to 0 than .1, where |w| and ReLU have their corners.
arma::fmat away_from_kinks(arma::fmat m) {
  for (float& x : m) x += std::copysign(.1f, x);
  return m;
}

/// One matrix of every awkward sort.
std::vector<std::pair<std::string, arma::fmat>> awkward() {
  arma::fmat one_column_zero = random_matrix(6, 5, 1);
  one_column_zero.col(2).zeros();
  return {{"all zero", arma::fmat(6, 5, arma::fill::zeros)}, {"one column zero", one_column_zero},
          {"huge", random_matrix(6, 5, 2) * 1e15f},  // its squares still fit into float32
          {"tiny", random_matrix(6, 5, 3) * 1e-30f},         {"denormal", arma::fmat(6, 5, arma::fill::value(1e-45f))},
          {"1 x 1", arma::fmat(1, 1, arma::fill::value(2))}, {"1 x 1 zero", arma::fmat(1, 1, arma::fill::zeros)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(regularisers)

BOOST_AUTO_TEST_CASE(neutral_gives_the_model_without_it_bit_for_bit) {
  const SmallStudy study;
  const auto plain = study.model({});
  study.train(*plain, 0, 20);
  std::size_t tried = 0;
  each_regulariser([&](const std::string& name, const Entry&) {
    const laws::Declared<Regulariser> declared("regulariser", name);
    if (std::ranges::none_of(declared.parameters.all(), [](const Parameter& p) { return !p.neutral_value.empty(); }))
      return;
    ++tried;
    const auto neutral = study.model_of(laws::entry_of(name, true, with_biases())),
               active = study.model_of(laws::entry_of(name, false, with_biases()));
    study.train(*neutral, 0, 20);
    BOOST_TEST(same_bits(neutral->network(), plain->network()));
    // The hook is there at all: at the defaults the same entry changes something, if only when it is strong enough.
    study.train(*active, 0, 20);
    if (same_bits(active->network(), plain->network()))
      BOOST_TEST_MESSAGE(name << " at its defaults changed nothing in 20 steps");
  });
  BOOST_TEST(tried >= 5u);  // those that come with the program
}

BOOST_AUTO_TEST_CASE(neutral_runs_the_hook_and_does_not_skip_it) {
  const SmallStudy study;
  each_regulariser([&](const std::string& name, const Entry&) {
    const Entry neutral = laws::entry_of(name, true), usual = laws::entry_of(name);
    const auto hooks = [](const Entry& e) {
      return std::vector<bool>{e.batch != nullptr,
                               e.activation != nullptr,
                               e.weight != nullptr,
                               e.weight_penalty != nullptr,
                               e.layer_penalty != nullptr,
                               e.activation_penalty != nullptr,
                               e.gradient != nullptr,
                               e.network_gradient != nullptr,
                               e.look_ahead != nullptr,
                               e.after_update != nullptr,
                               e.after_layer_update != nullptr,
                               e.measured != nullptr,
                               e.before_update != nullptr,
                               e.watcher != nullptr};
    };
    BOOST_TEST(hooks(neutral) == hooks(usual), boost::test_tools::per_element());
    BOOST_TEST(std::ranges::count(hooks(usual), true) > 0);  // a regulariser without any hook does nothing
  });
}

BOOST_AUTO_TEST_CASE(the_same_step_twice_gives_the_same_bits) {
  const SmallStudy study;
  each_regulariser([&](const std::string& name, const Entry&) {
    const auto one = study.model_of(laws::entry_of(name)), two = study.model_of(laws::entry_of(name));
    study.train(*one, 0, 10);
    study.train(*two, 0, 10);
    BOOST_TEST(same_bits(one->network(), two->network()));
  });
}

BOOST_AUTO_TEST_CASE(penalties_have_the_gradient_of_their_value) {
  std::size_t tried = 0;
  each_regulariser([&](const std::string&, const Entry& e) {
    const arma::fmat w = away_from_kinks(random_matrix(6, 5, 1)), x = away_from_kinks(random_matrix(5, 9, 2)),
                     z = w * x;
    const laws::Room room(e, w);
    if (e.weight_penalty) {
      arma::fmat g(6, 5, arma::fill::zeros);
      e.weight_penalty->add_gradient(all_of(w), all_of(g), {1, Kind::weights, 0, 0});
      check_slope(
          w, g,
          [&](const arma::fmat& at) {
            return e.weight_penalty->value(all_of(at), {1, Kind::weights, 0, 0});
          },
          "WeightPenalty");
      ++tried;
    }
    if (e.layer_penalty) {
      Layer g{arma::fmat(6, 5, arma::fill::zeros), {}};
      e.layer_penalty->add_gradient({w, {}}, {1, x, z}, g);
      check_slope(
          w, g.W,
          [&](const arma::fmat& at) {
            return e.layer_penalty->value({at, {}}, {1, x, at * x});
          },
          "LayerPenalty");
      ++tried;
    }
    if (e.activation_penalty) {
      arma::fmat g(6, 5, arma::fill::zeros);
      e.activation_penalty->add_gradient(w, g, 1);
      check_slope(
          w, g, [&](const arma::fmat& at) { return e.activation_penalty->value(at, 1); }, "ActivationPenalty");
      ++tried;
    }
  });
  BOOST_TEST(tried >= 1u);
}

BOOST_AUTO_TEST_CASE(a_penalty_adds_to_the_gradient_and_does_not_replace_it) {
  each_regulariser([&](const std::string&, const Entry& e) {
    if (!e.weight_penalty) return;
    const arma::fmat w = away_from_kinks(random_matrix(6, 5, 1));
    arma::fmat alone(6, 5, arma::fill::zeros), onto(6, 5, arma::fill::ones);
    e.weight_penalty->add_gradient(all_of(w), all_of(alone), {1, Kind::weights, 0, 0});
    e.weight_penalty->add_gradient(all_of(w), all_of(onto), {1, Kind::weights, 0, 0});
    BOOST_TEST(arma::abs(onto - alone - 1).max() < 1e-6f);  // one rounding of a number near 1, and a margin
  });
}

BOOST_AUTO_TEST_CASE(the_way_back_is_the_adjoint_of_the_way_forward) {
  std::size_t tried = 0;
  each_regulariser([&](const std::string&, const Entry& e) {
    if (!e.activation) return;
    ++tried;
    const laws::Room room(e, arma::fmat(30, 5, arma::fill::ones));
    for (const std::uint64_t number : {0, 1, 1000}) {
      const Step step = e.step(number, 0.1f);
      const arma::fmat v = away_from_kinks(random_matrix(30, 20, 1)), d = random_matrix(30, 20, 2),
                       u = random_matrix(30, 20, 3);
      const laws::KeptFor kept(e, v);
      arma::fmat ahead = v + d / 256, behind = v - d / 256, back = u, there = v;
      const arma::fmat way = ahead - behind;
      e.activation->forward({1, ahead}, step);
      e.activation->forward({1, behind}, step);
      e.activation->forward({1, there}, step);  // what the way back may refer to
      e.activation->backward({1, back}, step);
      const double forward = dot(ahead, u) - dot(behind, u), backward = dot(back, way);
      const double scale = std::sqrt(dot(back, back) * dot(way, way));
      // 1e-3: float32 values near 1 over steps of 1/256, and curvature where the change is not linear.
      BOOST_CHECK_MESSAGE(
          std::abs(forward - backward) <= 1e-3 * scale,
          "<forward' d, u> = " << forward << ", <d, backward u> = " << backward << " at step " << number);
    }
  });
  BOOST_TEST(tried >= 1u);
}

BOOST_AUTO_TEST_CASE(weights_way_back_is_the_adjoint_of_their_way_forward) {
  std::size_t tried = 0;
  each_regulariser([&](const std::string&, const Entry& e) {
    if (!e.weight) return;
    ++tried;
    for (const std::uint64_t number : {0, 1, 1000}) {
      const Step step = e.step(number, 0.1f);
      const arma::fmat w = away_from_kinks(random_matrix(30, 20, 1)), d = random_matrix(30, 20, 2);
      const laws::Room room(e, w);
      Layer ahead{w + d / 256, {}}, behind{w - d / 256, {}}, back{random_matrix(30, 20, 3), {}};
      const arma::fmat way = ahead.W - behind.W, u = back.W;
      e.weight->forward(ahead, 1, step);
      e.weight->forward(behind, 1, step);
      e.weight->backward(back, 1, step);
      const double forward = dot(ahead.W, u) - dot(behind.W, u), backward = dot(back.W, way);
      // As for activations.
      BOOST_TEST(std::abs(forward - backward) <= 1e-3 * std::sqrt(dot(back.W, back.W) * dot(way, way)));
    }
  });
  BOOST_TEST(tried >= 1u);
}

BOOST_AUTO_TEST_CASE(finite_numbers_stay_finite) {
  each_regulariser([&](const std::string&, const Entry& e) {
    for (const auto& [sort, m] : awkward()) BOOST_TEST_CONTEXT(sort) {
        const laws::KeptFor kept(e, m);
        const Step step = e.step(3, 0.1f);
        const Tile tile{1, Kind::weights, 0, 0};
        const laws::Room room(e, m);
        arma::fmat w = m, g = m;
        const arma::fmat x = random_matrix(m.n_cols, 4, 9), z = m * x;
        const auto finite = [](const arma::fmat& a, const char* hook) {
          BOOST_CHECK_MESSAGE(learning::all_finite(a), hook << " made a number that is none");
        };
        if (e.batch) {
          Batch batch{m, arma::fmat(3, m.n_cols, arma::fill::value(1.f / 3)), {}};
          e.batch->change(batch, step);
          finite(batch.inputs, "BatchChange"), finite(batch.targets, "BatchChange");
        }
        if (e.activation) {
          e.activation->forward({1, w}, step), finite(w, "forward");
          e.activation->backward({1, g}, step), finite(g, "backward");
          w = m, e.activation->measure({1, w}), finite(w, "measure");
        }
        w = g = m;
        if (e.weight) {
          Layer copy{m, {}}, gradient{m, {}};
          e.weight->forward(copy, 1, step), finite(copy.W, "WeightChange::forward");
          e.weight->backward(gradient, 1, step), finite(gradient.W, "WeightChange::backward");
        }
        if (e.weight_penalty) {
          BOOST_TEST(std::isfinite(e.weight_penalty->value(all_of(m), tile)));
          e.weight_penalty->add_gradient(all_of(m), all_of(g), tile), finite(g, "WeightPenalty");
        }
        if (e.layer_penalty) {
          Layer gradient{m, {}};
          BOOST_TEST(std::isfinite(e.layer_penalty->value({m, {}}, {1, x, z})));
          e.layer_penalty->add_gradient({m, {}}, {1, x, z}, gradient), finite(gradient.W, "LayerPenalty");
        }
        if (e.activation_penalty) {
          BOOST_TEST(std::isfinite(e.activation_penalty->value(m, 1)));
          e.activation_penalty->add_gradient(m, g, 1), finite(g, "ActivationPenalty");
        }
        w = g = m;
        if (e.gradient) e.gradient->change(all_of(m), all_of(g), tile, step), finite(g, "GradientChange");
        if (e.network_gradient) {
          const Network at{{{m, {}}}};
          Network gradient = at;
          e.network_gradient->change(at, gradient, step), finite(gradient.layer(1).W, "NetworkGradientChange");
        }
        if (e.look_ahead) {
          Network at{{{m, {}}}};
          const Network gradient = at;
          e.look_ahead->displace(at, gradient, step), finite(at.layer(1).W, "LookAhead");
        }
        // A tile is what leaves one input; its kept arrays are as long.
        arma::fmat column = m.col(0);
        if (e.before_update) e.before_update->before_update(all_of(column), tile, step), finite(column, "BeforeUpdate");
        if (e.after_update) e.after_update->after_update(all_of(column), tile, step), finite(column, "AfterUpdate");
        if (e.measured) e.measured->measured(all_of(column), tile), finite(column, "MeasuredWeights");
        arma::fvec no_biases;
        if (e.after_layer_update)
          e.after_layer_update->after_update(w, no_biases, 1, step), finite(w, "AfterLayerUpdate");
      }
  });
}

BOOST_AUTO_TEST_CASE(samples_and_starts_of_zero_and_a_network_of_one_weight_train) {
  each_regulariser([&](const std::string& name, const Entry&) {
    SmallStudy zeros;
    zeros.samples.bytes.zeros();
    for (Layer& l : zeros.start.layers) l.W.zeros(), l.b.zeros();
    const auto from_zero = zeros.model_of(laws::entry_of(name, false, with_biases()));
    zeros.train(*from_zero, 0, 5);
    const SmallStudy single({1, 1, 2});
    const auto tiny = single.model_of(laws::entry_of(name, false, with_biases()));
    single.train(*tiny, 0, 5);
    for (const auto* model : {from_zero.get(), tiny.get()})
      for (const Layer& l : model->network().layers)
        BOOST_TEST((learning::all_finite(l.W) && learning::all_finite(l.b)));
  });
}

BOOST_AUTO_TEST_SUITE_END()
