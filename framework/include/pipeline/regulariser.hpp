// A regulariser changes how one model learns. It derives from Regulariser and from one interface of hooks.hpp for
// each moment of a training step that it wants to touch; the engine finds out which by itself.
//
//   may assume   one object per model and entry; parameters are set and checked; shapes fit the network
//   must do      the same thing for the same arguments: hooks are const and may be called in any order, on any thread
//   must not     draw random numbers except from step.random, keep anything in members, print
//
// What outlasts a step is declared in keep() and is owned, saved and handed back by the engine.
#pragma once
#include <pipeline/hooks.hpp>
#include <pipeline/network.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

class PIPELINE_API Regulariser {
 public:
  virtual ~Regulariser() = default;
  virtual void declare(Parameters&) {}
  /// What `biases` is where the file does not say.
  virtual bool biases_by_default() const { return false; }
  /// Throws std::invalid_argument, its words beginning with a parameter's name, where the parameters do not fit this
  /// network or these images (all 0 where samples are no images). Called before any work.
  virtual void check(const NetworkShape&, const ImageShape&) const {}
  /// Declares what outlasts a step. Called once, after the parameters are set.
  virtual void keep(State&) {}
};

}  // namespace pipeline

#define PIPELINE_REGULARISER(CLASS, NAME, SUMMARY) \
  PIPELINE_EXPORT(regulariser, pipeline::Regulariser, CLASS, NAME, SUMMARY)
