// One measurement: the network, the pass over the samples, and what metrics share.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include <pipeline/metric/block.hpp>
#include <pipeline/metric/share_key.hpp>
#include <pipeline/network.hpp>

namespace pipeline {

enum class Split { test, train, validation };

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

}  // namespace pipeline
