// A metric says something about a network at one step: numbers, vectors over nodes, matrices.
//
//   describe()   the unit, which direction is better, what holds at the edge of the formula
//   prepare()    asks for what must see the samples: every metric due at a step shares one pass over them
//   measure()    turns what was gathered into results
//
// A metric sees copies and constants: it can never change training or its random numbers.
//
//   may assume   declare() and describe() come before all else, on one thread
//   must do      prepare() and measure() serve all models, on several threads at once: what a measurement gathers is
//                kept in its Gatherer, never in the metric
//   must not     keep a mutable member that they write
//
// A metric that throws, or gives an infinity, or NaN though its `edge` tells of no such case, ends the run: its name,
// model and step are told, and what was measured before is kept.
#pragma once
#include <any>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <pipeline/network.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

enum class Direction { neither, higher, lower };
/// What a metric looks at. Weights alone; or samples, then `on` and `images` are parameters of its section; or the
/// training and the test samples together, then `images` is.
enum class Looks { at_weights, at_samples, at_train_and_test };
enum class Split { test, train, validation };

struct MetricInfo {
  std::string unit = {};  // "share of the images", "count", ...
  Direction better = Direction::neither;
  std::string edge = {};  // what a value is where its formula has no meaning
  Looks looks = Looks::at_samples;
  std::string on = "test";                   // the default of the section's parameter: test, train, validation or both
  std::vector<std::string> compares = {};    // models whose networks it asks for with Block::other()
  bool order_matters = false;                // whether the order of the samples changes a value, beyond rounding
  std::vector<std::string> better_for = {};  // named values of which `better` speaks too; of others it does not
};

/// Consecutive samples and what a network makes of them. Lives only during see(). Blocks come in order.
class Block {
 public:
  virtual ~Block() = default;
  std::size_t first = 0, size = 0;        // samples first .. first + size - 1 of the split
  std::span<const std::uint16_t> labels;  // [size]
  std::span<const std::uint8_t> marked;   // [size], or empty: which samples a data set's wrapper singled out
  /// The data term of each sample, natural logarithm [size].
  virtual std::span<const double> losses() const = 0;
  /// What layer l receives [inputs x size]: x(1) is the pixels. And W x + b, before ReLU [outputs x size]; that of hidden
  /// layers is kept once somebody asked for it.
  virtual const arma::fmat& x(std::size_t layer) const = 0;
  virtual const arma::fmat& z(std::size_t layer) const = 0;
  const arma::fmat& logits() const { return z(depth()); }
  virtual std::size_t depth() const = 0;
  /// Gradient of each sample's own loss by z [outputs x size]. By the weights it is dz(:, n) x(:, n)' for sample n, by
  /// the biases dz(:, n): a gradient in two factors.
  virtual const arma::fmat& dz(std::size_t layer) const = 0;
  /// sum += d x(l)'  [rows x inputs] for d [rows x size]: the engine's own product in float32, added in double. An empty
  /// sum begins as 0; one of another size, or d of other columns, is an std::invalid_argument.
  virtual void add_times_inputs(const arma::fmat& d, std::size_t layer, arma::mat& sum) const = 0;

  /// The same samples through other weights of this shape (kept by the caller, unchanged, until see() returns), or other inputs
  /// [features x size] through the same weights.
  virtual const Block& at(const Network& weights) const = 0;
  virtual const Block& with(const arma::fmat& inputs) const = 0;
  /// The same samples through another model of compares, as it is measured at this step; "control" is the untrained
  /// network. A model that a regulariser stopped is seen as it stopped. Null where the model failed.
  virtual const Block* other(const std::string& model) const = 0;
};

/// Sees every block of a pass, in order, then measure() reads it. Made anew for every measurement.
class PIPELINE_API Gatherer {
 public:
  virtual ~Gatherer() = default;
  virtual void see(const Block& block) = 0;
};

/// One measurement of one network on one split.
class PIPELINE_API Evaluation {
 public:
  virtual ~Evaluation() = default;
  virtual std::uint64_t step() const = 0;
  virtual const Network& network() const = 0;  // the weights measured with
  virtual const Network& start() const = 0;    // the untrained ones
  virtual std::size_t samples() const = 0;
  virtual bool nonnegative_inputs() const = 0;  // no value of the split's inputs is below 0
  virtual double penalty() const = 0;           // what the model's penalties add to its loss; 0 if none
  /// The same network on another split: the first `images` of the training samples, all of the others.
  virtual Evaluation& on(Split split) = 0;
  virtual const Evaluation& on(Split split) const = 0;

  /// In prepare(): wants a T(args...) to see the samples. Sections and plugins that use one key share one object.
  template <class T, class... Args>
  void gather(const std::string& key, Args... args) {
    want(key, [=] { return std::make_shared<T>(args...); });
  }
  /// In measure(): what the pass gathered under that key.
  template <class T>
  const T& gathered(const std::string& key) const {
    if (const auto* t = dynamic_cast<const T*>(&find(key))) return *t;
    throw std::logic_error("'" + key + "' was gathered as another type");
  }
  /// In measure(): one more pass, for what needs the outcome of the first. Shared by key, run once a measurement.
  template <class T, class... Args>
  const T& pass_again(const std::string& key, Args... args) const {
    run_again(key, [=] { return std::make_shared<T>(args...); });
    return gathered<T>(key);
  }
  /// In measure(): a result that several metrics use. Made by the first that asks, shared by key.
  template <class Make>
  const auto& share(const std::string& key, const Make& make) const {
    using T = decltype(make());
    const std::any& shared = find_shared(key, [&] { return std::any(std::make_shared<const T>(make())); });
    if (const auto* t = std::any_cast<std::shared_ptr<const T>>(&shared)) return **t;
    throw std::logic_error("'" + key + "' was shared as another type");
  }

 protected:
  using Make = std::function<std::shared_ptr<Gatherer>()>;
  virtual void want(const std::string& key, const Make& make) = 0;
  virtual const Gatherer& find(const std::string& key) const = 0;
  virtual void run_again(const std::string& key, const Make& make) const = 0;
  virtual const std::any& find_shared(const std::string& key, const std::function<std::any()>& make) const = 0;
};

/// Where a metric puts what it found. A value is finite, or NaN where describe().edge says so.
class PIPELINE_API Results {
 public:
  virtual ~Results() = default;
  /// A number of the network, or of a layer; `name` tells several apart: metric column "<section>.<name>".
  virtual void value(double x, const std::string& name = "") = 0;
  virtual void layer(std::size_t layer, double x, const std::string& name = "") = 0;
  /// One number for each node of a layer, into nodes.h5; NaN where undefined.
  virtual void nodes(std::size_t layer, const arma::vec& x) = 0;
  /// Any matrix of the same shape at every measurement, into nodes.h5.
  virtual void matrix(const std::string& name, const arma::mat& x) = 0;
};

class PIPELINE_API Metric {
 public:
  virtual ~Metric() = default;
  virtual void declare(Parameters&) {}
  virtual MetricInfo describe() const = 0;
  /// Throws std::invalid_argument, its words beginning with a parameter's name, where the parameters do not fit this
  /// network or data. Called before any work.
  virtual void check(const NetworkShape&, bool /*nonnegative_inputs*/) const {}
  virtual void prepare(Evaluation&) const {}
  virtual void measure(const Evaluation& evaluation, Results& results) const = 0;
};

}  // namespace pipeline

#define PIPELINE_METRIC(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(metric, pipeline::Metric, CLASS, NAME, SUMMARY)
