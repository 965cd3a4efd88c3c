// What a regulariser keeps from step to step: arrays that it declares in keep() and reaches through handles. The engine
// owns them, copies them with the model, saves them, and hands them back.
//
//   may assume   arrays have their declared size and start; a handle's arrays are this model's own
//   must do      change kept arrays only after the update (AfterUpdate, AfterLayerUpdate) or when watching
//   must not     keep numbers anywhere else: objects are made anew when a model is copied or goes on
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <pipeline/network.hpp>

namespace pipeline {

enum class Kind { weights, bias, own };

/// A run of consecutive outputs that leave one input, W(first_output .. , input); or a run of a bias; or of column
/// `input` of a trained array that a regulariser keeps. Numbered logically, never by place in memory.
struct Tile {
  std::size_t layer = 0;
  Kind kind = Kind::weights;
  std::size_t input = 0, first_output = 0;
  std::size_t own = 0;  // which of the model's trained arrays, from 0
};

/// Arrays shaped like all weights and biases of the network, and like its trained arrays.
class LikeWeights {
 public:
  struct Arrays {
    Network network;
    std::vector<std::map<std::size_t, arma::fmat>> own;  // by number, then by layer
  };
  /// The part that belongs to a tile, `size` long.
  std::span<float> at(const Tile& t, std::size_t size) const {
    if (t.kind == Kind::own) return {arrays_->own.at(t.own).at(t.layer).colptr(t.input) + t.first_output, size};
    Layer& l = layer(t.layer);
    return {t.kind == Kind::bias ? l.b.memptr() + t.first_output : l.W.colptr(t.input) + t.first_output, size};
  }
  Layer& layer(std::size_t l) const { return arrays_->network.layer(l); }
  void bind(Arrays& arrays) { arrays_ = &arrays; }

 private:
  Arrays* arrays_ = nullptr;
};

/// One float32 matrix a layer.
class PerLayer {
 public:
  using Arrays = std::map<std::size_t, arma::fmat>;
  arma::fmat& at(std::size_t layer) const { return values_->at(layer); }
  /// Of trained arrays: where ActivationChange::backward adds the gradient of the loss. 0 when each step begins.
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
  kept,     // from step to step
  trained,  // likewise; has a gradient and is updated like a bias; goes to weights.h5 as <entry>.<name><layer>
  step,     // room for what one hook of a step leaves to later ones of the same step; may be resized
};

/// Takes the declarations; the engine implements it.
class State {
 public:
  virtual ~State() = default;
  virtual const NetworkShape& network() const = 0;

  enum class Start { zero, weights };
  virtual void like_weights(const std::string& name, LikeWeights& handle, Start start) = 0;

  struct Size {
    std::size_t rows = 0, columns = 1;
  };
  /// For each layer of the entry, 0 .. depth, that `size` gives rows for. Every element starts at `initial`.
  virtual void per_layer(const std::string& name, PerLayer& handle, Life life,
                         const std::function<Size(std::size_t layer)>& size, float initial = 0) = 0;
  /// `size` whole numbers, all 0 at first.
  virtual void counts(const std::string& name, Counts& handle, std::size_t size) = 0;
};

}  // namespace pipeline
