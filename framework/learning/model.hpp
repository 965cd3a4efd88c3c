// One model: the network, its optimiser and regularisers, and one step.
#pragma once
#include <optional>
#include <string>

#include "learning/entry.hpp"
#include "learning/forward.hpp"
#include "learning/inputs.hpp"
#include "learning/live_optimiser.hpp"
#include "learning/schedule.hpp"
#include "learning/state.hpp"

namespace pipeline::learning {

class Model {
 public:
  /// Copies `start`. Without an optimiser, the update is plain gradient descent. Of `shape` only activations and loss
  /// count. Throws HookFailure where a plugin declares state that it may not.
  Model(std::string name, const Network& start, Entries entries, LearningRate rate, ImageShape image,
        std::size_t classes, kernels::Products products = kernels::Products(),
        std::optional<LiveOptimiser> optimiser = std::nullopt, NetworkShape shape = {});
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// One update on the listed samples. Throws HookFailure or Diverged; the weights are then unusable.
  void step(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples);

  /// Throws Diverged that names the first layer with a weight or bias that is not finite.
  void expect_finite_weights(std::uint64_t step) const;

  /// The gradient of loss and penalties at the current weights, changed by the gradient hooks, without an update.
  const Network& gradient(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples);

  const std::string& name() const { return name_; }
  /// Valid until the next step. Not thread-safe.
  const Network& network() const;
  /// The same weights in panels, if the model stores them so; null before its first step.
  const std::vector<kernels::Panelled>* panels() const {
    return lives_in_panels_ && !panels_.empty() ? &panels_ : nullptr;
  }
  /// Whether the update is part of the products, because no plugin sees the weights or their gradient in a step.
  bool updates_within_products() const { return updates_within_products_; }
  const Entries& entries() const { return entries_; }
  /// The learning rate of a step.
  float rate_at(std::uint64_t step) const { return rate_.at(step); }
  const States& states() const { return states_; }
  const NetworkShape& shape() const { return states_.shape(); }
  const kernels::Products& products() const { return products_; }

  /// An independent model in the same state: new objects of every plugin, copies of all arrays.
  std::unique_ptr<Model> copy() const;
  /// Stores a copy of the weights and arrays of this step; `restore` returns to it.
  void remember(std::uint64_t step);
  void restore();
  std::optional<std::uint64_t> remembered_at() const;
  /// Everything with which the model continues with the same bits, and the reverse. load() throws std::runtime_error
  /// unless network and arrays are those of this model.
  SavedModel saved() const;
  void load(const SavedModel& saved);

  bool measures_other_weights() const;
  /// The weights to measure with: the trained ones unless a regulariser changes them.
  Network measured_network(std::uint64_t step = 0) const;
  /// Sum of the penalties that depend on weights only, and of those that depend on a batch too.
  double weight_penalty(const Network& at, std::uint64_t step = 0) const;
  double batch_penalty(const Network& at, const Pass& pass, const arma::fmat& targets, std::uint64_t step = 0) const;
  bool has_batch_penalty() const { return layer_penalties_ || activation_penalties_; }

 private:
  void take(const SavedModel& saved);
  std::string last_update(std::uint64_t step) const;
  [[noreturn]] void diverged_in_pass(const Network& at, std::uint64_t step) const;
  Regime training(const Step& step) const {
    return {products_, entries_, step, Form::training, shape(), &batch_.targets};
  }
  // model.cpp: from the batch to dz of every layer
  void load_batch(const Step& step, const Inputs& train, const std::vector<std::uint32_t>& samples);
  Weights pass_forward(const Network& at, const Step& step);
  Weights weights_of_pass(const Network& at, const Step& step);
  void change_tiles(const Network& at, const Step& step);
  /// dz_panels_ belong to the next layer; with `descends` its weights are updated on the way.
  void pass_backward_into(std::size_t layer, const Weights& used, const Step& step, bool descends);

  // descent.cpp: from dz to new weights
  template <class To, class F>
  void each_weight_gradient_block(std::size_t layer, const To& to, F&& f);
  template <class PerTile>
  void each_weight_gradient(std::size_t layer, PerTile&& per_tile);
  template <class PerTile>
  void each_bias_gradient(std::size_t layer, PerTile&& per_tile);
  void take_dz(std::size_t layer) { products_.factor(dz_[layer - 1], dz_panels_); }
  bool is_plain_descent() const { return !optimiser_ || optimiser_->is_plain; }
  bool plugins_see_weights() const;
  float decay(std::size_t layer, const Step& step) const;
  void descend_layer(std::size_t layer, const Step& step, bool weights_have);
  void descend_stored(const Step& step);
  void penalise(const Entry& entry, const Tile& tile, std::span<const float> w, std::span<float> g,
                const Step& step) const;
  void penalise_units(std::size_t layer, const arma::fmat& h, arma::fmat& gradient, const Step& step);
  void change_weights_back(const Tile& tile, std::span<float> g, const Step& step);
  void change(const Tile& tile, std::span<const float> w, std::span<float> g, const Step& step);
  const char* added_by(const ModelPlugin& owner) const;
  void update_own(const Step& step);
  template <class F>
  void each_own_tile(F&& f) const;
  void update(const Tile& tile, std::span<float> w, std::span<float> g, const Step& step);
  void blame(const ModelPlugin& plugin, const char* hook, const Tile& tile, const Step& step) const;
  void store_layer_gradient(std::size_t layer, const Network& at, const Step& step);
  void store_gradient(const Network& at, const Step& step);
  void change_stored(const Step& step);
  void after_layer(std::size_t layer, const Step& step);

  std::string name_;
  // The weights. Where no plugin uses a whole layer of them, they stay in panels_ from measurement to measurement: hooks
  // of a tile see copies of a column, and network() brings network_.W up to date. Biases are always in network_.
  mutable Network network_;
  mutable bool is_behind_ = false;
  std::vector<kernels::Panelled> panels_;  // otherwise of the weights of the current pass
  Entries entries_;
  std::optional<LiveOptimiser> optimiser_;
  LearningRate rate_;
  kernels::Products products_;
  std::size_t classes_;
  ImageShape image_;
  States states_;
  std::shared_ptr<const SavedModel> remembered_;
  std::uint64_t remembered_at_ = 0;

  // Which kinds of hooks exist; a model without them runs none of their code.
  bool lives_in_panels_ = false, updates_within_products_ = false, stores_gradient_ = false, layer_penalties_ = false,
       activation_penalties_ = false;
  bool weight_changes_ = false, weight_tiles_ = false;  // some; all of them tile by tile, by own kernels
  bool after_layer_ = false;
  const Entry* look_ahead_ = nullptr;

  Batch batch_;
  Pass pass_;
  std::vector<arma::fmat> dz_;   // gradients by z, one per layer
  kernels::Panelled dz_panels_;  // of one layer at a time
  Network changed_;              // the copy that WeightChange hooks work on; of weight_tiles_, W is in panels_ only
  Network displaced_;            // the weights of a LookAhead
  Network gradient_;             // the whole gradient, if a hook needs it
  arma::fmat columns_;           // the gradient of a few inputs' weights, if none does
  arma::fvec column_;            // the weights of one input, copied from network_ or panels_
  arma::fvec bias_gradient_;
};

}  // namespace pipeline::learning
