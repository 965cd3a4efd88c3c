// An optimiser turns the gradient of a step into its direction. The engine makes the update:
//
//   d = direction(g)     w = w - rate * d, in float32 with one rounding
//
//   g     the gradient of loss and penalties, after all gradient hooks; with LookAhead the second one
//   w     what the hooks before the update left; the hooks after it see the result
//   rate  step.learning_rate, which follows the schedule
//
// It is called once per update for every tile: weights, biases, and the arrays that regularisers train.
//
//   may assume   one object per model; parameters are set and checked; the tiles come in any order
//   must do      the same for the same arguments and declared arrays, on any thread
//   must not     store numbers in members (declare arrays in declare_state: state.hpp), count steps (step.number is 0
//                in the first), draw random numbers except from step.random, print
#pragma once
#include <span>

#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>
#include <pipeline/state.hpp>

namespace pipeline {

/// What a pipeline file without `optimiser` uses.
inline constexpr const char* default_optimiser = "sgd";

class PIPELINE_API Optimiser {
 public:
  virtual ~Optimiser() = default;
  virtual void declare(Parameters&) {}
  /// The learning rate where the file gives none, > 0. Called after the parameters are set.
  virtual float default_rate() const = 0;
  /// Declares the arrays that outlast a step; direction() changes them. None may be Life::trained.
  virtual void declare_state(State&) {}
  /// On entry g is the gradient by w; on return, the direction. Both are as long as the tile.
  virtual void direction(std::span<const float> w, std::span<float> g, const Tile& tile, const Step& step) const = 0;
  /// Whether the direction is always the gradient itself. The engine then never calls direction(), and may make the
  /// update without storing the gradient.
  virtual bool is_plain_descent() const { return false; }
};

}  // namespace pipeline

#define PIPELINE_OPTIMISER(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(optimiser, pipeline::Optimiser, CLASS, NAME, SUMMARY)
