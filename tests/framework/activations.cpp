// The activations and their derivatives: against the C library in double over the whole range of float, at infinity and
// NaN, and as part of a model.
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "kernels/activations.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;
using F = ActivationFunction;

namespace {

double normal_tail(double x) { return std::erfc(x / std::sqrt(2)) / 2; }

double exact(ActivationFunction f, double z) {
  switch (f) {
    case F::relu:
      return z > 0 ? z : 0;
    case F::leaky_relu:
      return z > 0 ? z : .01 * z;
    case F::elu:
      return z > 0 ? z : std::expm1(z);
    case F::gelu:
      return z * normal_tail(-z);
    case F::tanh:
      return std::tanh(z);
    case F::sigmoid:
      return 1 / (1 + std::exp(-z));
    case F::identity:
      return z;
  }
  throw std::logic_error("unknown activation");
}

double exact_slope(ActivationFunction f, double z) {
  switch (f) {
    case F::relu:
      return z > 0 ? 1 : 0;
    case F::leaky_relu:
      return z > 0 ? 1 : .01;
    case F::elu:
      return z > 0 ? 1 : std::exp(z);
    case F::gelu:
      return normal_tail(-z) + z * std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
    case F::tanh:
      return 1 / std::pow(std::cosh(z), 2);
    case F::sigmoid:
      return 1 / (2 + std::exp(z) + std::exp(-z));
    case F::identity:
      return 1;
  }
  throw std::logic_error("unknown activation");
}

/// Both signs: every size from denormal to the largest, and the ordinary ones closely.
arma::fmat numbers() {
  std::vector<float> all = {0.0f, -0.0f};
  const auto both = [&](float x) { all.push_back(x), all.push_back(-x); };
  for (float x = 1e-40f; x < 1e38f; x *= 1.7f) both(x);
  for (float x = 0; x < 20; x += 0.00037f) both(x);
  for (float x = 20; x < 200; x += 0.37f) both(x);
  return {all};
}

float one(ActivationFunction f, float z) {
  arma::fmat h;
  kernels::activate(f, arma::fmat{z}, h);
  return h[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activations)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_formulas_to_a_few_units_in_the_last_place) {
  const arma::fmat z = numbers();
  for (const ActivationFunction f : kActivations) {
    arma::fmat h;
    kernels::activate(f, z, h);
    double worst = 0;
    float at = 0;
    for (arma::uword i = 0; i < z.n_elem; ++i) {
      const double expected = exact(f, z[i]);
      // Below 1e-36 float32 has fewer digits, and exp(-87) stands for all smaller ones.
      const double unit = expected == 0 ? 1e-37 : std::max(std::ldexp(1.0, std::ilogb(expected) - 23), 1e-37);
      const double units = std::abs(h[i] - expected) / unit;
      if (!(units <= worst)) worst = units, at = z[i];
    }
    // gelu multiplies three numbers that are rounded already.
    BOOST_TEST(worst <= (f == F::gelu ? 6 : 3), name_of(f) << " is " << worst << " units off at " << at);
  }
}

BOOST_AUTO_TEST_CASE(derivatives_are_those_of_the_formulas) {
  const arma::fmat z = numbers();
  for (const ActivationFunction f : kActivations) {
    arma::fmat d(arma::size(z), arma::fill::value(3));
    kernels::activation_adjoint(f, z, d);
    double worst = 0;
    float at = 0;
    for (arma::uword i = 0; i < z.n_elem; ++i)
      if (const double off = std::abs(d[i] / 3 - exact_slope(f, z[i])); !(off <= worst)) worst = off, at = z[i];
    BOOST_TEST(worst <= 3e-7, name_of(f) << "' is off by " << worst << " at " << at);
  }
}

// Their code is compiled for each instruction level; the processor selects one, so another processor tests another.
BOOST_AUTO_TEST_CASE(every_instruction_level_gives_the_same_bits) {
  std::map<std::string, std::uint64_t> found;
  for (const ActivationFunction f : kActivations) {
    arma::fmat h, d(arma::size(numbers()), arma::fill::ones);
    kernels::activate(f, numbers(), h);
    kernels::activation_adjoint(f, numbers(), d);
    std::uint64_t& sum = found[name_of(f)] = 14695981039346656037u;  // FNV-1a
    for (const arma::fmat& values : {h, d})
      for (const float x : values) sum = (sum ^ std::bit_cast<std::uint32_t>(x)) * 1099511628211u;
  }
  const std::map<std::string, std::uint64_t> expected = {
      {"elu", 6247655431501474892u},       {"gelu", 2755133034881581502u}, {"identity", 12913139408815030339u},
      {"leaky_relu", 429246379202144447u}, {"relu", 7321270708686131960u}, {"sigmoid", 3253899783860523607u},
      {"tanh", 5829969064525993039u},
  };
  for (const auto& [name, sum] : found)
    BOOST_TEST((expected.contains(name) && expected.at(name) == sum), name << " gives " << sum);
}

BOOST_AUTO_TEST_CASE(nan_stays_nan_and_infinity_gives_the_limits) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  for (const ActivationFunction f : kActivations) BOOST_TEST(std::isnan(one(f, std::nanf(""))), name_of(f));
  for (const ActivationFunction f : {F::relu, F::leaky_relu, F::elu, F::gelu, F::identity})
    BOOST_TEST(one(f, inf) == inf, name_of(f));
  for (const ActivationFunction f : {F::tanh, F::sigmoid}) BOOST_TEST(one(f, inf) == 1, name_of(f));
  BOOST_TEST(one(F::relu, -inf) == 0);
  BOOST_TEST(one(F::elu, -inf) == -1);
  BOOST_TEST(one(F::tanh, -inf) == -1);
  BOOST_TEST(std::abs(one(F::sigmoid, -inf)) < 1e-37);
  BOOST_TEST(std::abs(one(F::gelu, -inf)) < 1e-36);
}

BOOST_AUTO_TEST_CASE(those_that_cannot_be_negative_are_not) {
  for (const ActivationFunction f : kActivations) {
    arma::fmat h;
    kernels::activate(f, numbers(), h);
    BOOST_TEST((h.min() < 0) == can_be_negative(f), name_of(f));
  }
}

// Vectors, their rest and single numbers take the same path; results may replace their arguments.
BOOST_AUTO_TEST_CASE(an_element_does_not_depend_on_its_place) {
  const arma::fmat z = numbers();
  for (const ActivationFunction f : kActivations) {
    arma::fmat all, in_place = z;
    kernels::activate(f, z, all);
    kernels::activate(f, in_place, in_place);
    BOOST_TEST(same_bits(all, in_place), name_of(f));
    for (arma::uword i = 0; i < 200; ++i) {
      const float alone = one(f, z[17 * i]);
      BOOST_TEST(base::same_bytes(&alone, &all[17 * i], 1), name_of(f) << " at " << z[17 * i]);
    }
  }
}

// A zero that is not a ReLU's has a gradient: z = 0 in every unit, where tanh' = 1.
BOOST_AUTO_TEST_CASE(units_at_zero_learn) {
  for (const ActivationFunction f : {F::tanh, F::elu, F::gelu, F::identity, F::sigmoid}) {
    SmallStudy study({20, 16, 12, 5});
    study.shape.activations = {f, f};
    for (std::size_t l : {1, 2}) study.start.layer(l).b.zeros();
    study.start.layer(2).W.zeros();
    const auto model = study.model({});
    const Network& g = model->gradient(0, study.inputs, study.batch(0));
    BOOST_TEST(arma::abs(g.layer(2).W).max() > 1e-3f, name_of(f));
    BOOST_TEST(arma::all(g.layer(2).b != 0), name_of(f));
  }
}

// Dropout beside tanh: elements that a mask sets to 0 have no gradient, those that are 0 by themselves have one.
BOOST_AUTO_TEST_CASE(every_way_of_a_step_has_the_same_bits) {
  for (const ActivationFunction f : kActivations)
    for (const auto backend : {kernels::Backend::own, kernels::Backend::blas}) {
      SmallStudy study({20, 130, 37, 5});
      study.shape.activations = {f, f};
      // Neutral entries that take another way: tile by tile, and with a stored gradient.
      const auto train = [&](learning::Entries entries) {
        learning::Model model("model", study.start, std::move(entries), study.rate, ImageShape{}, 5,
                              kernels::Products(backend), std::nullopt, study.shape);
        study.train(model, 0, 20);
        return model.network();
      };
      const auto with = [&](const char* name, const Values& values) {
        learning::Entries entries;
        entries.push_back(plugin("dropout", {{"keep_prob", "0.8"}}));
        entries.push_back(plugin(name, values));
        return train(std::move(entries));
      };
      const Network fused = with("l2", {{"lambda", "0"}}), tiles = with("max_norm", {{"limit", "inf"}}),
                    stored = with("gradient_clip", {{"limit", "inf"}});
      BOOST_TEST(same_bits(fused, tiles), name_of(f));
      BOOST_TEST(same_bits(fused, stored), name_of(f));
    }
}

BOOST_AUTO_TEST_SUITE_END()
