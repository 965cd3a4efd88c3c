// A regulariser changes how one model learns. It derives from Regulariser and from one interface of hooks/ for each
// moment of a training step that it acts on; the engine finds out which.
//
//   may assume   one object per model and entry; parameters are set and checked; shapes fit the network
//   must do      the same for the same arguments: hooks are const and may be called in any order, on any thread
//   must not     draw random numbers except from step.random, store numbers in members, print
//
// Numbers that outlast a step are declared in declare_state(); the engine owns them and copies them with the model.
#pragma once
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>
#include <pipeline/shape.hpp>

namespace pipeline {

class State;

/// Samples per update, and number of updates.
struct TrainingLength {
  std::uint64_t batch_size = 0, steps = 0;
};

class PIPELINE_API Regulariser {
 public:
  virtual ~Regulariser() = default;
  virtual void declare(Parameters&) {}
  /// The value of `biases` if the file does not give one.
  virtual bool biases_by_default() const { return false; }
  /// Whether `biases` has an effect where the entry acts on weights. If not, giving it is a mistake.
  virtual bool acts_on_biases() const { return true; }
  /// Throws Misfit where a parameter does not fit this network or these images (all 0 where the samples are not
  /// images); it may also name `loss`. Called before any work.
  virtual void check(const NetworkShape&, const ImageShape&) const {}
  /// Throws Misfit where a parameter cannot work with this training; it may also name `batch_size` or `steps`. Called
  /// before any work.
  virtual void check_training(const TrainingLength&) const {}
  /// Declares the arrays that outlast a step (state.hpp). Called once, after the parameters are set.
  virtual void declare_state(State&) {}
  /// Called once after the last update: what the user should know of the run, such as that a limit was never reached.
  /// Empty: nothing.
  virtual std::string remark() const { return ""; }
};

}  // namespace pipeline

#define PIPELINE_REGULARISER(CLASS, NAME, SUMMARY) \
  PIPELINE_EXPORT(regulariser, pipeline::Regulariser, CLASS, NAME, SUMMARY)
