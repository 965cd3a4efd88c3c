// The optimiser of one model.
#pragma once
#include <functional>
#include <memory>
#include <pipeline/optimiser.hpp>
#include <pipeline/random.hpp>

#include "learning/model_plugin.hpp"

namespace pipeline::learning {

struct LiveOptimiser : ModelPlugin {
  using Make = std::function<std::shared_ptr<Optimiser>()>;

  LiveOptimiser(std::string plugin_name, Make make_object, std::uint64_t seed, std::string model_name)
      : ModelPlugin{"optimiser", std::move(plugin_name), std::move(model_name)},
        make(std::move(make_object)),
        object(make()),
        random(seed, "optimiser", model, name),
        is_plain(run("Optimiser::is_plain_descent", 0, [&] { return object->is_plain_descent(); })) {}
  /// The same optimiser with a new object, not bound to any arrays yet.
  LiveOptimiser remade() const {
    LiveOptimiser copy = *this;
    copy.object = make();
    return copy;
  }

  Make make;
  std::shared_ptr<Optimiser> object;
  Random random;  // Random(seed, "optimiser", model, plugin)
  bool is_plain;  // the direction is the gradient
  Step step(const Step& now) const { return {now.number, now.learning_rate, random.at_step(now.number)}; }
};

}  // namespace pipeline::learning
