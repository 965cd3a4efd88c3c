// Shared by the tests of learning: a few samples, models with real or home-made regularisers, bitwise comparisons.
#pragma once
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <pipeline/random.hpp>

#include "base/same_bytes.hpp"
#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "learning/start.hpp"
#include "load_plugin.hpp"

namespace support {

/// For calls of single hooks.
inline const arma::fmat no_targets;
inline const pipeline::Step first_step{0, 0.1f, pipeline::Random(0)};

/// Bytes of which four in five are 0, as in MNIST; labels in a fixed cycle; every fifth sample marked. The samples are
/// the same on every machine.
inline pipeline::Samples few_samples(std::size_t features, std::size_t classes, std::size_t count) {
  pipeline::Samples s;
  s.bytes.set_size(features, count);
  const pipeline::Random draws(7, "test", "samples", "");
  for (arma::uword i = 0; i < s.bytes.n_elem; ++i)
    s.bytes[i] = static_cast<std::uint8_t>(draws.below(5, 2 * i) ? 0 : draws.below(256, 2 * i + 1));
  for (std::size_t n = 0; n < count; ++n) s.labels.push_back(static_cast<std::uint16_t>(n * 7 % classes));
  for (std::size_t n = 0; n < count; ++n) s.marked.push_back(n % 5 == 0);
  return s;
}

/// Draw i of normals().
inline float normal(const pipeline::Random& draws, std::uint64_t i) {
  float drawn;
  draws.normals(i, std::span(&drawn, 1));
  return drawn;
}

inline pipeline::learning::Entry entry(const std::string& name, std::shared_ptr<pipeline::Regulariser> object,
                                       pipeline::learning::Scope scope = {}) {
  return {name, std::move(object), std::move(scope), 1, "model"};
}

/// An entry of the plugin of that name, with these parameters set.
inline pipeline::learning::Entry plugin(const std::string& name, const Values& values = {},
                                        pipeline::learning::Scope scope = {}) {
  std::shared_ptr<pipeline::Regulariser> object = load<pipeline::Regulariser>("regulariser", name);
  set(*object, values);
  return entry(name, std::move(object), std::move(scope));
}

inline pipeline::learning::Scope with_biases() { return {.all_layers = true, .layers = {}, .biases = true}; }
inline pipeline::learning::Scope only_layer(std::size_t layer) {
  return {.all_layers = false, .layers = {layer}, .biases = false};
}

/// One forward pass through a network that belongs to no model: its panels are made and thrown away.
inline void forward(const pipeline::learning::Regime& regime, const pipeline::Network& network,
                    pipeline::learning::Pass& pass) {
  std::vector<pipeline::kernels::Panelled> panels;
  pipeline::learning::forward(regime, pipeline::learning::weights(regime.products, network, panels), pass);
}

/// A network, a training set and its batches, all small.
struct SmallStudy {
  pipeline::NetworkShape shape;
  std::size_t batch_size = 12;
  pipeline::Samples samples = few_samples(shape.sizes.front(), shape.sizes.back(), 50);
  pipeline::learning::Inputs inputs{samples};
  pipeline::Network start = pipeline::learning::starting_network(shape, {}, 1);
  float rate = 0.1f;

  SmallStudy() : SmallStudy({20, 16, 12, 5}) {}
  explicit SmallStudy(std::vector<std::size_t> sizes, bool output_bias = true) : shape{std::move(sizes), output_bias} {}
  SmallStudy(const SmallStudy&) = delete;

  std::unique_ptr<pipeline::learning::Model> model(pipeline::learning::Entries entries) const {
    return std::make_unique<pipeline::learning::Model>("model", start, std::move(entries), rate, pipeline::ImageShape{},
                                                       shape.sizes.back(), pipeline::kernels::Products(), std::nullopt,
                                                       shape);
  }
  template <class... Entry>
  std::unique_ptr<pipeline::learning::Model> model_of(Entry... one) const {
    pipeline::learning::Entries entries;
    (entries.push_back(std::move(one)), ...);
    return model(std::move(entries));
  }
  std::vector<std::uint32_t> batch(std::uint64_t t) const {
    return pipeline::learning::Batches(1, samples.size(), batch_size).at(t);
  }
  void train(pipeline::learning::Model& model, std::uint64_t from, std::uint64_t to) const {
    for (std::uint64_t t = from; t < to; ++t) model.step(t, inputs, batch(t));
  }
};

template <class Matrix>
bool same_bits(const Matrix& a, const Matrix& b) {
  return a.n_rows == b.n_rows && a.n_cols == b.n_cols && pipeline::base::same_bytes(a.memptr(), b.memptr(), a.n_elem);
}
inline bool same_bits(const pipeline::Network& a, const pipeline::Network& b) {
  for (std::size_t l = 1; l <= a.depth(); ++l)
    if (!same_bits(a.layer(l).W, b.layer(l).W) || !same_bits(a.layer(l).b, b.layer(l).b)) return false;
  return a.depth() == b.depth();
}

}  // namespace support
