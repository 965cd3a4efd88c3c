// One model learns: the network, its regularisers, and one step of gradient descent.
#pragma once
#include <string>

#include "learning/entry.hpp"
#include "learning/forward.hpp"
#include "learning/inputs.hpp"
#include "learning/state.hpp"

namespace pipeline::learning {

class Model {
 public:
  /// Copies `start`. Throws HookFailure where an entry keeps what it may not.
  Model(std::string name, const Network& start, Entries entries, float learning_rate, ImageShape image,
        std::size_t classes, Products products = Products());
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// One update on the named samples. Throws HookFailure or Diverged; the weights are then of no use.
  void step(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples);

  /// The gradient of loss and penalties at the present weights, changed by the gradient hooks, without an update.
  const Network& gradient(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples);

  const std::string& name() const { return name_; }
  /// Good until the next step. Not for two threads at once.
  const Network& network() const;
  /// Those weights in panels, if that is how the model keeps them; it begins to with its first step.
  const std::vector<Panelled>* panels() const { return lives_in_panels_ && !panels_.empty() ? &panels_ : nullptr; }
  const Entries& entries() const { return entries_; }
  const States& states() const { return states_; }
  const Products& products() const { return products_; }

  /// A model of its own that stands where this one does: new objects of every entry, copies of all arrays.
  std::unique_ptr<Model> copy() const;
  /// Keeps a copy of weights and arrays as they are; `restore` goes back to it.
  void remember() { remembered_ = copy(); }
  void restore();

  bool measures_other_weights() const;
  /// The weights to measure with: the trained ones unless a regulariser says otherwise.
  Network measured_network(std::uint64_t step = 0) const;
  /// Sum of the penalties that look at weights only, and of those that look at a batch too.
  double weight_penalty(const Network& at, std::uint64_t step = 0) const;
  double batch_penalty(const Network& at, const Pass& pass, std::uint64_t step = 0) const;
  bool has_batch_penalty() const { return layer_penalties_ || activation_penalties_; }

 private:
  Regime training(const Step& step) const { return {products_, entries_, step, Form::training}; }
  // model.cpp: from the batch to dz of every layer
  void load_batch(const Step& step, const Inputs& train, const std::vector<std::uint32_t>& samples);
  Weights pass_forward(const Network& at, const Step& step);
  /// dz_panels_ are those of the next layer, whose weights descend on the way if so asked.
  void pass_backward_into(std::size_t layer, const Weights& used, const Step& step, bool descends);

  // descent.cpp: from dz to new weights
  template <class PerTile>
  void each_weight_gradient(std::size_t layer, PerTile&& per_tile);
  template <class PerTile>
  void each_bias_gradient(std::size_t layer, PerTile&& per_tile);
  void take_dz(std::size_t layer) { products_.factor(dz_[layer - 1], dz_panels_); }
  bool hooks_see_weights() const;
  float decay(std::size_t layer, const Step& step) const;
  void descend_layer(std::size_t layer, const Step& step, bool weights_have);
  void descend_stored(const Step& step);
  void penalise(const Entry& entry, const Tile& tile, std::span<const float> w, std::span<float> g,
                const Step& step) const;
  void change(const Tile& tile, std::span<const float> w, std::span<float> g, const Step& step);
  void update_own(const Step& step);
  template <class F>
  void each_own_tile(F&& f) const;
  void update(const Tile& tile, std::span<float> w, std::span<const float> g, const Step& step);
  void blame(const Entry& entry, const char* hook, const Tile& tile, const Step& step) const;
  void store_layer_gradient(std::size_t layer, const Network& at, const Step& step);
  void store_gradient(const Network& at, const Step& step);
  void change_stored(const Step& step);
  void after_layer(std::size_t layer, const Step& step);

  std::string name_;
  // The weights. Where no hook looks at them between two measurements, they live in panels_, and network_.W is brought
  // up to date when asked for. Biases are always in network_.
  mutable Network network_;
  mutable bool is_behind_ = false;
  std::vector<Panelled> panels_;  // otherwise of the weights of the present pass
  Entries entries_;
  float rate_;
  Products products_;
  std::size_t classes_;
  ImageShape image_;
  States states_;
  std::unique_ptr<Model> remembered_;

  // Which kinds of hooks there are; a model without them takes none of their paths.
  bool lives_in_panels_ = false, stores_gradient_ = false, weight_changes_ = false, layer_penalties_ = false,
       activation_penalties_ = false;
  bool after_layer_ = false;
  const Entry* look_ahead_ = nullptr;

  Batch batch_;
  Pass pass_;
  std::vector<arma::fmat> dz_;  // gradients by z, one a layer
  Panelled dz_panels_;          // of one layer at a time
  Network changed_;             // the copy that WeightChange hooks work on
  Network gradient_;            // the whole gradient, where a hook needs it
  arma::fmat columns_;          // the gradient of a few inputs' weights, where none does
  arma::fvec bias_gradient_;
};

}  // namespace pipeline::learning
