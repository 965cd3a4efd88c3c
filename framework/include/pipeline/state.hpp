// What a regulariser or an optimiser stores from step to step: arrays that it declares in declare_state() and accesses
// through handles. The engine owns them and copies them with the model.
//
//   may assume   arrays have their declared size and start; a handle's arrays are this model's own
//   must do      change arrays only after the update (AfterUpdate, AfterLayerUpdate) or when watching; counts also in
//                NetworkGradientChange, which is called once per update; an optimiser changes its own in direction()
//   must not     store numbers anywhere else: a copied model has new objects
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <pipeline/hooks/tile.hpp>
#include <pipeline/network.hpp>

namespace pipeline {

/// Arrays shaped like all weights and biases of the network, and like its trained arrays.
class PIPELINE_API LikeWeights {
 public:
  struct Arrays {
    Network network;
    std::vector<std::map<std::size_t, arma::fmat>> own;  // by number, then by layer
  };
  /// The numbers that belong to a tile: as many as the hook received.
  std::span<float> at(const Tile& tile) const;
  void bind(Arrays& arrays) { arrays_ = &arrays; }

 private:
  Arrays* arrays_ = nullptr;
};

/// One float32 matrix per layer.
class PerLayer {
 public:
  using Arrays = std::map<std::size_t, arma::fmat>;
  arma::fmat& at(std::size_t layer) const { return values_->at(layer); }
  /// Of trained arrays: where ActivationChange::backward and ActivationPenalty::add_gradient add the gradient of loss and
  /// penalty. 0 at the start of each step.
  arma::fmat& gradient(std::size_t layer) const { return gradients_->at(layer); }
  void bind(Arrays& values, Arrays& gradients) { values_ = &values, gradients_ = &gradients; }

 private:
  Arrays *values_ = nullptr, *gradients_ = nullptr;
};

/// A few whole numbers.
class Counts {
 public:
  std::int64_t& operator[](std::size_t i) const { return values_->at(i); }
  void bind(std::vector<std::int64_t>& values) { values_ = &values; }

 private:
  std::vector<std::int64_t>* values_ = nullptr;
};

/// How long an array lives, and who changes it.
enum class Life {
  kept,     // from step to step; written to weights.h5 as <entry>.<name><layer>
  trained,  // likewise; has a gradient and is updated like a bias
  step,     // scratch space that one hook of a step leaves to later ones of the same step; may be resized. With
            // LookAhead, hooks after the update find what the pass at the undisplaced weights left
};

/// Takes the declarations; the engine implements it.
class State {
 public:
  virtual ~State() = default;
  virtual const NetworkShape& network() const = 0;
  /// The weights that the model starts from. A handle may be filled from them once its array is declared.
  virtual const Network& weights() const = 0;

  enum class Start { zero, weights };
  virtual void like_weights(const std::string& name, LikeWeights& handle, Start start) = 0;

  struct Size {
    std::size_t rows = 0, columns = 1;
  };
  /// For each layer of the entry, 0 .. depth, for which `size` returns rows. Every element starts at `initial`.
  virtual void per_layer(const std::string& name, PerLayer& handle, Life life,
                         const std::function<Size(std::size_t layer)>& size, float initial = 0) = 0;
  /// `size` whole numbers, all 0 at first.
  virtual void counts(const std::string& name, Counts& handle, std::size_t size) = 0;
};

}  // namespace pipeline
