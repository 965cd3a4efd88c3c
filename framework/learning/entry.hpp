// One entry of a model's list of regularisers, with its hooks.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <pipeline/regulariser.hpp>
#include <set>
#include <string>
#include <vector>

#include "learning/model_plugin.hpp"
#include "learning/schedule.hpp"

namespace pipeline::learning {

/// Which layers, and whether biases: the parameters that all entries share.
struct Scope {
  bool all_layers = true;
  std::set<std::size_t> layers;
  bool biases = false;
  bool weights_of(std::size_t layer) const { return all_layers || layers.contains(layer); }
  bool covers(const Tile& t) const { return weights_of(t.layer) && (t.kind == Kind::weights || biases); }
};

/// Makes another object of an entry's plugin with the same parameters, for a copy of the model.
using Remake = std::function<std::shared_ptr<Regulariser>()>;

struct Entry : ModelPlugin {
  Entry(const std::string& entry_name, std::shared_ptr<Regulariser> made, Scope where, std::uint64_t seed,
        std::string model_name, Remake remake_object = {}, std::string plugin_name = "");
  /// The same entry with a new object, not bound to any arrays yet. Needs `remake`.
  Entry remade() const;

  std::shared_ptr<Regulariser> object;
  Scope scope;
  Random random;      // Random(seed, "regulariser", model, entry)
  Schedule strength;  // of its penalties
  Remake remake;

  // The hook interfaces of the object; null where it does not implement one.
  BatchChange* batch;
  ActivationChange* activation;
  ActivationScale* activation_scale;  // also in `activation`
  WeightChange* weight;
  WeightTileChange* weight_tile;  // also in `weight`
  WeightPenalty* weight_penalty;
  SquaredPenalty* squared_penalty;  // also in `weight_penalty`
  LayerPenalty* layer_penalty;
  ActivationPenalty* activation_penalty;
  GradientChange* gradient;
  NetworkGradientChange* network_gradient;
  LookAhead* look_ahead;
  BeforeUpdate* before_update;
  AfterUpdate* after_update;
  AfterLayerUpdate* after_layer_update;
  MeasuredWeights* measured;
  Watcher* watcher;
  // What they say of themselves, asked once.
  Where place = Where::after_relu;               // of `activation`
  Penalised penalised = Penalised::activations;  // by `activation_penalty`
  bool acts_on_biases = true;                    // where it acts on weights

  /// Whether some hook acts layer by layer, so that `layers` applies; on weights, so that `biases` applies.
  bool knows_layers() const;
  bool on_weights() const;
  /// Where the activation hook applies: layer 0 is the inputs, l < layers the hidden layers.
  bool changes_activations(Where where, std::size_t layer) const;
  /// Whether the penalty on activations applies to this layer of a network with `depth` layers.
  bool penalises_activations(std::size_t layer, std::size_t depth) const {
    return activation_penalty && scope.weights_of(layer) && (layer == depth) == (penalised == Penalised::logits);
  }
  /// Whether a hook of this entry is ever called in a network with `depth` layers: `layers` may select none of them.
  bool touches_any(std::size_t depth) const;
  /// Whether measuring a network with this entry may differ from measuring it without.
  bool changes_measured() const { return measured || weight || (activation && !activation_scale); }
  bool has_penalty() const { return weight_penalty || layer_penalty || activation_penalty; }
  Step step(std::uint64_t number, float rate) const {
    return {number, rate, random.at_step(number), static_cast<float>(strength.share(number))};
  }
  Step step(const Step& now) const { return step(now.number, now.learning_rate); }

 private:
  void find_hooks();
};

}  // namespace pipeline::learning
