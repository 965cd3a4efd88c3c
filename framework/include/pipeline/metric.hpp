// A metric measures a network at one step: numbers, vectors over nodes, matrices.
//
//   describe()   the unit, which direction is better, what a value is where the formula is undefined
//   prepare()    registers gatherers, which see the samples (metric/block.hpp): all metrics due at a step share one pass
//   measure()    turns the gathered values into results (metric/evaluation.hpp)
//
// A metric sees copies and constants: it can never change training or its random numbers.
//
//   may assume   declare() comes before all else, on one thread; describe() may be called on another object
//   must do      prepare() and measure() serve all models, on several threads at once: what a measurement gathers is
//                stored in its Gatherer, never in the metric
//   must not     write to a mutable member
//
// A metric ends the run if it throws, returns infinity, or returns NaN although `undefined` is empty. The message names
// metric, model and step, and earlier measurements are kept.
#pragma once
#include <map>
#include <string>
#include <vector>

#include <pipeline/metric/block.hpp>
#include <pipeline/metric/evaluation.hpp>
#include <pipeline/network.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

enum class Direction { neither, higher, lower };
/// What a metric looks at: weights alone; samples, which makes `on` and `images` parameters of its section; or the
/// training and the test samples together, which makes `images` one.
enum class Looks { at_weights, at_samples, at_train_and_test };

/// The unit of values in the unit of the loss, whichever the pipeline has.
inline constexpr const char* unit_of_the_loss = "unit of the loss";

struct MetricInfo {
  std::string unit = {};  // "share of the samples", "count", ...
  Direction better = Direction::neither;
  std::string undefined = {};  // the value where the formula is undefined: "NaN where all weights are 0"
  Looks looks = Looks::at_samples;
  std::string on = "test";                   // the default of the section's parameter: test, train, validation or both
  std::vector<std::string> compares = {};    // models that it requests with Block::other()
  bool order_matters = false;                // whether the order of the samples changes a value, beyond rounding
  std::vector<std::string> better_for = {};  // named values that `better` applies to as well
  std::map<std::string, std::string> unit_of = {};  // named values that have another unit
  std::string title = {};                           // for people, where the plugin's name is not: "SNR optimality S"
};

/// Where a metric puts its results. A value is finite, or NaN in the case that describe().undefined states.
class PIPELINE_API Results {
 public:
  virtual ~Results() = default;
  /// A number for the network, or for a layer. `name` distinguishes several: metric column "<section>.<name>".
  virtual void value(double x, const std::string& name = "") = 0;
  virtual void layer(std::size_t layer, double x, const std::string& name = "") = 0;
  /// One number per node of a layer, for nodes.h5; NaN where undefined.
  virtual void nodes(std::size_t layer, const arma::vec& x) = 0;
  /// A matrix, of the same shape at every measurement, for nodes.h5.
  virtual void matrix(const std::string& name, const arma::mat& x) = 0;
};

class PIPELINE_API Metric {
 public:
  virtual ~Metric() = default;
  virtual void declare(Parameters&) {}
  virtual MetricInfo describe() const = 0;
  /// Throws Misfit where a parameter does not fit this network or data; it may also name `loss`. Called before any work.
  virtual void check(const NetworkShape&, bool /*nonnegative_inputs*/) const {}
  virtual void prepare(Evaluation&) const {}
  virtual void measure(const Evaluation& evaluation, Results& results) const = 0;
};

}  // namespace pipeline

#define PIPELINE_METRIC(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(metric, pipeline::Metric, CLASS, NAME, SUMMARY)
