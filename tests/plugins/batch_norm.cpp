// Batch norm: a batch worked by hand, gradients through the statistics against finite differences, the running
// statistics, and some steps of training against a float64 network implemented here.
#include <boost/test/unit_test.hpp>

#include <numeric>

#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// A batch_norm on a network whose layer 1 is hidden and has `units` units.
struct Normed {
  explicit Normed(std::size_t units, const Values& values = {})
      : entry(plugin("batch_norm", values)),
        network(learning::starting_network({{2, units, 2}, true}, {}, 1)),
        states(network) {
    states.declare(entry);
    states.complete();
  }
  arma::fmat& array(const std::string& name) { return array_of(name).values.at(1); }
  arma::fmat& gradient(const std::string& name) { return array_of(name).gradients.at(1); }
  learning::Kept& array_of(const std::string& name) {
    return const_cast<learning::Kept&>(states.all().at("batch_norm." + name));
  }

  arma::fmat forward(arma::fmat z) {
    entry.activation->forward({1, z}, entry.step(0, 0.1f));
    return z;
  }
  arma::fmat backward(arma::fmat dz) {
    entry.activation->backward({1, dz}, entry.step(0, 0.1f));
    return dz;
  }
  arma::fmat measure(arma::fmat z) {
    entry.activation->measure({1, z});
    return z;
  }
  void after_update() {
    arma::fmat W;
    arma::fvec b;
    entry.after_layer_update->after_update(W, b, 1, entry.step(0, 0.1f));
  }

  learning::Entry entry;
  Network network;
  learning::States states;
};

double largest_difference(const arma::fmat& a, const arma::mat& b) {
  return arma::abs(arma::conv_to<arma::mat>::from(a) - b).max();
}
arma::mat wide(const arma::fmat& m) { return arma::conv_to<arma::mat>::from(m); }

/// sum u % z', unit by unit: an independent implementation of the formula.
double projected(const arma::mat& u, const arma::mat& z, const arma::vec& gamma, const arma::vec& beta, double eps) {
  double sum = 0;
  for (arma::uword k = 0; k < z.n_rows; ++k) {
    const double mean = arma::mean(z.row(k)), var = arma::var(z.row(k), 1);  // 1: over N
    for (arma::uword i = 0; i < z.n_cols; ++i)
      sum += u(k, i) * (gamma[k] * (z(k, i) - mean) / std::sqrt(var + eps) + beta[k]);
  }
  return sum;
}

/// The network of a SmallStudy with batch norm in double. The backward pass follows the chain rule; through the
/// statistics it uses the full Jacobian of the normalised values by the values of all samples of the batch.
struct Reference {
  struct Part {
    arma::mat W, z, n, x;
    arma::vec b, gamma, beta, mean, var, running_mean, running_var;
  };
  std::vector<Part> parts;
  double rate, eps = 1e-5, momentum = .1;

  Reference(const Network& start, double learning_rate) : rate(learning_rate) {
    for (const Layer& l : start.layers) {
      Part p;
      p.W = wide(l.W), p.b = wide(l.b).col(0);
      p.gamma.ones(l.outputs()), p.beta.zeros(l.outputs());
      p.running_mean.zeros(l.outputs()), p.running_var.ones(l.outputs());
      parts.push_back(std::move(p));
    }
  }

  void step(const arma::mat& inputs, const arma::mat& targets) {
    arma::mat x = inputs;
    for (std::size_t l = 0; l < parts.size(); ++l) {
      Part& p = parts[l];
      p.x = x;
      p.z = p.W * x;
      p.z.each_col() += p.b;
      if (l + 1 == parts.size()) break;
      p.mean = arma::mean(p.z, 1), p.var = arma::var(p.z, 1, 1);
      p.n = p.z;
      p.n.each_col() -= p.mean;
      p.n.each_col() /= arma::sqrt(p.var + eps);
      x = p.n;
      x.each_col() %= p.gamma;
      x.each_col() += p.beta;
      x.clamp(0, arma::datum::inf);
    }
    const double count = double(inputs.n_cols);
    arma::mat d = arma::exp(parts.back().z);
    d.each_row() /= arma::sum(d, 0);
    d = (d - targets) / count;
    for (std::size_t l = parts.size(); l-- > 0;) {
      Part& p = parts[l];
      if (l + 1 < parts.size()) {
        d %= arma::conv_to<arma::mat>::from(parts[l + 1].x > 0);
        const arma::mat after = d;
        for (arma::uword k = 0; k < d.n_rows; ++k) {
          const arma::rowvec n = p.n.row(k);
          const arma::mat by = arma::eye(n.n_elem, n.n_elem) - 1 / count - n.t() * n / count;  // dn_i / dz_j * sd
          d.row(k) = p.gamma[k] / std::sqrt(p.var[k] + eps) * (after.row(k) * by);
        }
        p.gamma -= rate * arma::sum(after % p.n, 1);
        p.beta -= rate * arma::sum(after, 1);
        p.running_mean = .9 * p.running_mean + .1 * p.mean;
        p.running_var = .9 * p.running_var + .1 * arma::var(p.z, 0, 1);  // 0: over N - 1
      }
      const arma::mat below = p.W.t() * d;
      p.W -= rate * d * p.x.t();
      p.b -= rate * arma::sum(d, 1);
      d = below;
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_norm)

BOOST_AUTO_TEST_CASE(matches_two_units_and_two_samples_worked_by_hand) {
  Normed b(2, {{"eps", "3"}});
  b.array("gamma") = arma::fvec{2, 1};
  b.array("beta") = arma::fvec{.5f, -1};
  // Unit 1: mean 2, var 1, sqrt(1 + 3) = 2, n = -1/2, 1/2. Unit 2 is always 5: mean 5, var 0, n = 0.
  BOOST_TEST(same_bits(b.forward({{1, 3}, {5, 5}}), arma::fmat{{-.5f, 1.5f}, {-1, -1}}));
  // Unit 1: dz' = 4, 0: mean 2, mean of dz' n = -1; gamma / 2 * (dz' - 2 + n) = 1.5, -1.5.
  const double slope = .5 / std::sqrt(3.);  // unit 2: (dz' - 1.5) / sqrt(0 + 3)
  BOOST_TEST(largest_difference(b.backward({{4, 0}, {1, 2}}), {{1.5, -1.5}, {-slope, slope}}) <
             1e-7);  // one float32 rounding
  BOOST_TEST(same_bits(b.gradient("gamma"), arma::fmat(arma::fvec{-2, 0})));
  BOOST_TEST(same_bits(b.gradient("beta"), arma::fmat(arma::fvec{4, 3})));
  // Running: mean 0 + .1 * 2 and .1 * 5; var 1 + .1 * (1 * 2 / 1 - 1) and 1 - .1.
  b.after_update();
  BOOST_TEST(largest_difference(b.array("running_mean"), arma::vec{.2, .5}) < 1e-7);  // one float32 rounding
  BOOST_TEST(largest_difference(b.array("running_var"), arma::vec{1.1, .9}) < 2e-7);
}

BOOST_AUTO_TEST_CASE(measuring_uses_the_running_statistics_and_does_not_change_them) {
  Normed b(1, {{"eps", "1"}});
  b.array("gamma").fill(4), b.array("beta").fill(1), b.array("running_mean").fill(2), b.array("running_var").fill(3);
  BOOST_TEST(same_bits(b.measure({{2, 3, 0}}), arma::fmat{{1, 3, -3}}));  // 4 * (z - 2) / 2 + 1
  arma::fmat dz = {{1, 0, -2}};
  b.entry.activation->measure_backward({1, dz});
  BOOST_TEST(same_bits(dz, arma::fmat{{2, 0, -4}}));  // the running statistics are constants for the gradient
  BOOST_TEST((b.array("running_mean")[0] == 2 && b.array("running_var")[0] == 3));
  BOOST_TEST(b.gradient("gamma")[0] == 0);
}

BOOST_AUTO_TEST_CASE(before_any_step_measuring_divides_by_the_square_root_of_1_plus_eps) {
  Normed b(1, {{"eps", "3"}});
  BOOST_TEST(same_bits(b.measure({{2, -4}}), arma::fmat{{1, -2}}));
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_returns_beta_and_has_no_gradient) {
  Normed b(1);
  b.array("beta").fill(.25f);
  BOOST_TEST(b.forward(arma::fmat{7})[0] == .25f);
  BOOST_TEST(b.backward(arma::fmat{3})[0] == 0);
  b.after_update();
  BOOST_TEST(largest_difference(b.array("running_mean"), arma::vec{.7}) < 1e-7);
  BOOST_TEST(largest_difference(b.array("running_var"), arma::vec{.9}) < 1e-7);
}

BOOST_AUTO_TEST_CASE(gradients_include_the_derivatives_of_mean_and_variance) {
  constexpr arma::uword units = 4, images = 6;
  const Random draws(3, "test", "batch norm", "");
  const auto random = [&](arma::uword columns, std::uint32_t stream) {
    arma::fmat m(units, columns);
    draws.in_layer(stream).normals(0, m.n_elem, [&](std::size_t i, double x) { m[i] = float(x); });
    return m;
  };
  Normed b(units);
  const arma::fmat z = random(images, 1), u = random(images, 2);
  b.array("gamma") = random(1, 3), b.array("beta") = random(1, 4);
  const arma::vec gamma = wide(b.array("gamma")).col(0), beta = wide(b.array("beta")).col(0);
  b.forward(z);
  const arma::fmat dz = b.backward(u);
  const auto slope = [&](auto at) { return (at(1e-5) - at(-1e-5)) / 2e-5; };
  const auto unit_vector = [](arma::uword k, double h) {
    arma::vec e(units, arma::fill::zeros);
    e[k] = h;
    return e;
  };
  // 1e-5: float32 rounding of numbers up to about 10, and the third derivative times 1e-10 of the finite difference.
  for (arma::uword i = 0; i < z.n_elem; ++i) {
    const double by_z = slope([&](double h) {
      arma::mat moved = wide(z);
      moved[i] += h;
      return projected(wide(u), moved, gamma, beta, 1e-5);
    });
    BOOST_TEST(std::abs(dz[i] - by_z) < 1e-5);
  }
  for (arma::uword k = 0; k < units; ++k) {
    const double by_gamma =
        slope([&](double h) { return projected(wide(u), wide(z), gamma + unit_vector(k, h), beta, 1e-5); });
    const double by_beta =
        slope([&](double h) { return projected(wide(u), wide(z), gamma, beta + unit_vector(k, h), 1e-5); });
    BOOST_TEST(std::abs(b.gradient("gamma")[k] - by_gamma) < 1e-5);
    BOOST_TEST(std::abs(b.gradient("beta")[k] - by_beta) < 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(training_agrees_with_a_network_in_double) {
  const SmallStudy study;
  const auto model = study.model_of(plugin("batch_norm"));
  Reference reference(study.start, study.rate);
  for (std::uint64_t t = 0; t < 10; ++t) {
    const std::vector<std::uint32_t> batch = study.batch(t);
    arma::fmat inputs;
    study.inputs.widen(batch, inputs);
    arma::mat targets(study.shape.sizes.back(), batch.size(), arma::fill::zeros);
    for (std::size_t i = 0; i < batch.size(); ++i) targets(study.samples.labels[batch[i]], i) = 1;
    reference.step(wide(inputs), targets);
    study.train(*model, t, t + 1);
  }
  const auto array = [&](const std::string& name, std::size_t layer) {
    return model->states().all().at("batch_norm." + name).values.at(layer);
  };
  // 1e-4 for numbers of size .1 to 1: ten steps in float32, and dividing by an sd of .1 magnifies each rounding error.
  double moved = 0;
  for (std::size_t l = 1; l <= 3; ++l) {
    const Reference::Part& p = reference.parts[l - 1];
    BOOST_TEST_CONTEXT("layer " << l) {
      BOOST_TEST(largest_difference(model->network().layer(l).W, p.W) < 1e-4);
      BOOST_TEST(largest_difference(model->network().layer(l).b, p.b) < 1e-4);
      if (l == 3) break;
      BOOST_TEST(largest_difference(array("gamma", l), p.gamma) < 1e-4);
      BOOST_TEST(largest_difference(array("beta", l), p.beta) < 1e-4);
      BOOST_TEST(largest_difference(array("running_mean", l), p.running_mean) < 1e-4);
      BOOST_TEST(largest_difference(array("running_var", l), p.running_var) < 1e-4);
      moved = std::max({moved, arma::abs(p.gamma - 1).max(), arma::abs(p.beta).max()});
    }
  }
  BOOST_TEST(moved > 1e-2);  // otherwise the comparison of gamma and beta would be empty
}

BOOST_AUTO_TEST_CASE(covers_hidden_layers_and_of_those_only_the_named_ones) {
  const SmallStudy study;
  const auto covered = [&](learning::Scope scope) {
    const auto model = study.model_of(plugin("batch_norm", {}, std::move(scope)));
    study.train(*model, 0, 3);
    std::string layers;
    for (const auto& [layer, values] : model->states().all().at("batch_norm.gamma").values)
      layers += std::to_string(layer) + " ";
    return layers;
  };
  BOOST_TEST(covered({}) == "1 2 ");
  BOOST_TEST(covered(only_layer(2)) == "2 ");
}

BOOST_AUTO_TEST_CASE(a_batch_of_one_is_refused) {
  const auto complaint = [](std::uint64_t batch_size) {
    return message_of([&] { plugin("batch_norm").object->check_training({batch_size, 100}); });
  };
  BOOST_TEST(complaint(2) == "");
  check_says(complaint(1), "batch_size = 1 makes every unit its offset");
}

// With look-ahead, the second pass is at displaced weights, which are not the ones that are measured.
BOOST_AUTO_TEST_CASE(with_sam_the_running_statistics_are_those_of_the_undisplaced_weights) {
  const SmallStudy study;
  const auto alone = study.model_of(plugin("batch_norm")),
             ahead = study.model_of(plugin("batch_norm"), plugin("sam", {{"rho", "5"}}));
  study.train(*alone, 0, 1), study.train(*ahead, 0, 1);
  BOOST_TEST(!same_bits(alone->network(), ahead->network()));
  for (const char* name : {"batch_norm.running_mean", "batch_norm.running_var"})
    for (const std::size_t layer : {1, 2})
      BOOST_TEST(
          same_bits(ahead->states().all().at(name).values.at(layer), alone->states().all().at(name).values.at(layer)));
}

BOOST_AUTO_TEST_SUITE_END()
