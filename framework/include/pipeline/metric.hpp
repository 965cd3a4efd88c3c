// A metric measures a network at one step: numbers, vectors over nodes, matrices.
//
//   describe()   the unit, which direction is better, what a value is where the formula is undefined
//   prepare()    registers gatherers, which see the samples: all metrics due at a step share one pass over them
//   measure()    turns the gathered values into results
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
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

#include <pipeline/network.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

enum class Direction { neither, higher, lower };
/// What a metric looks at: weights alone; samples, which makes `on` and `images` parameters of its section; or the
/// training and the test samples together, which makes `images` one.
enum class Looks { at_weights, at_samples, at_train_and_test };
enum class Split { test, train, validation };

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

/// Consecutive samples and what a network makes of them. Lives only during see(). Blocks come in order.
class Block {
 public:
  virtual ~Block() = default;
  std::size_t first = 0, size = 0;        // samples first .. first + size - 1 of the split
  std::span<const std::uint16_t> labels;  // [size]
  std::span<const std::uint8_t> marked;   // [size], or empty: which samples a wrapper of the dataset marked
  /// The loss of each sample, without penalties [size].
  virtual std::span<const double> losses() const = 0;
  /// The inputs of layer l [inputs x size]: x(1) is the samples themselves. And W x + b, before the activation
  /// [outputs x size].
  virtual const arma::fmat& x(std::size_t layer) const = 0;
  virtual const arma::fmat& z(std::size_t layer) const = 0;
  const arma::fmat& logits() const { return z(depth()); }
  virtual std::size_t depth() const = 0;
  /// Gradient of each sample's own loss by z [outputs x size]. By the weights it is dz(:, n) x(:, n)' for sample n, by
  /// the biases dz(:, n): a gradient in two factors.
  virtual const arma::fmat& dz(std::size_t layer) const = 0;
  /// sum += d x(l)'  [rows x inputs] for d [rows x size]: a product in float32, added in double. An empty sum starts as
  /// 0. Throws std::invalid_argument where the sizes do not match.
  virtual void add_times_inputs(const arma::fmat& d, std::size_t layer, arma::mat& sum) const = 0;

  /// The same samples through other weights of this shape, which must stay unchanged until see() returns; or other
  /// inputs [features x size] through the same weights.
  virtual const Block& at(const Network& weights) const = 0;
  virtual const Block& with(const arma::fmat& inputs) const = 0;
  /// The same samples through another model of `compares`, as it is measured at this step; "control" is the untrained
  /// network. A model that a regulariser stopped is seen as it was then. Null where the model failed.
  virtual const Block* other(const std::string& model) const = 0;
};

/// Sees every block of a pass, in order; then measure() reads it. A new one is created for every measurement.
class PIPELINE_API Gatherer {
 public:
  virtual ~Gatherer() = default;
  virtual void see(const Block& block) = 0;
};

/// The key of a shared object: its type and the arguments that it was created with.
///
/// Two plugin libraries may define types of the same name differently. So an object is shared
/// within its library only, unless its type declares `static constexpr int shared_layout = N`: then with every library
/// whose type has the same name, size and N. Change N whenever the meaning of a member changes.
struct ShareKey {
  std::string text;
  bool operator<(const ShareKey& other) const { return text < other.text; }

  template <class T, class... Args>
  static ShareKey of(const Args&... args) {
    ShareKey key;
    key.text = typeid(T).name();
    key.add(sizeof(T)), key.add(alignof(T));
    if constexpr (requires { T::shared_layout; })
      key.add(T::shared_layout);
    else
      key.add(reinterpret_cast<std::uintptr_t>(&tag<T>));
    (key.add(args), ...);
    return key;
  }

 private:
  /// Its address differs between libraries, and between types of one name in two files of a library.
  template <class T>
  [[gnu::visibility("hidden")]] static inline const char tag = 0;

  template <class Number>
  requires(std::is_integral_v<Number> || std::is_enum_v<Number> || std::is_same_v<Number, float> ||
           std::is_same_v<Number, double>) void add(Number x) {
    text.append(typeid(Number).name()).append(reinterpret_cast<const char*>(&x), sizeof x);
  }
  void add(const std::string& x) {
    add(x.size());
    text += x;
  }
  template <class Item>
  void add(const std::vector<Item>& items) {
    add(items.size());
    for (const auto& item : items) add(static_cast<const Item&>(item));
  }
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
  virtual double penalty() const = 0;           // the sum of the model's penalties; 0 if it has none
  virtual double learning_rate() const = 0;     // of the update that follows; NaN for the control network
  /// The same network on another split: the first `images` of the training samples, all of the others.
  virtual Evaluation& on(Split split) = 0;
  virtual const Evaluation& on(Split split) const = 0;

  /// In prepare(): registers a T(args...) that will see the samples. Sections with the same T and arguments share one
  /// object.
  template <class T, class... Args>
  void gather(const Args&... args) {
    add(ShareKey::of<T>(args...), [=] { return std::make_shared<T>(args...); });
  }
  /// In measure(): the T registered by gather() with the same arguments.
  template <class T, class... Args>
  const T& gathered(const Args&... args) const {
    return dynamic_cast<const T&>(find(ShareKey::of<T>(args...)));
  }
  /// In measure(): one more pass, by the T that make() returns, for what needs the result of the first. Run once per
  /// measurement, T and arguments, which must determine what make() returns.
  template <class T, class Make, class... Args>
  const T& pass_again(const Make& make, const Args&... args) const {
    const ShareKey key = ShareKey::of<T>(args...);
    run_again(key, [&] { return std::make_shared<T>(make()); });
    return dynamic_cast<const T&>(find(key));
  }
  /// In measure(): a result that several metrics use. Made once per measurement, T and arguments, which must determine
  /// what make() returns.
  template <class T, class Make, class... Args>
  const T& share(const Make& make, const Args&... args) const {
    return *static_cast<const T*>(find_shared(ShareKey::of<T>(args...), [&]() -> std::shared_ptr<const void> {
                                    return std::make_shared<const T>(make());
                                  }).get());
  }

 protected:
  using MakeGatherer = std::function<std::shared_ptr<Gatherer>()>;
  using MakeShared = std::function<std::shared_ptr<const void>()>;
  virtual void add(const ShareKey& key, const MakeGatherer& make) = 0;
  virtual const Gatherer& find(const ShareKey& key) const = 0;
  virtual void run_again(const ShareKey& key, const MakeGatherer& make) const = 0;
  virtual std::shared_ptr<const void> find_shared(const ShareKey& key, const MakeShared& make) const = 0;
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
