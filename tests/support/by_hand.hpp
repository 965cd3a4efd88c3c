// An optimiser whose steps on a few weights are compared with numbers worked by hand.
#pragma once
#include "small_model.hpp"

namespace support {

inline pipeline::learning::LiveOptimiser optimiser(const std::string& name, const Values& values = {}) {
  return {name,
          [=] {
            std::shared_ptr<pipeline::Optimiser> object = load<pipeline::Optimiser>("optimiser", name);
            set(*object, values);
            return object;
          },
          1, "model"};
}

/// A column of weights that one optimiser updates.
class ByHand {
 public:
  ByHand(const std::string& name, const Values& values, std::vector<float> start)
      : w(std::move(start)),
        network_{{{arma::fmat(w.size(), 1), {}}}},
        optimiser_(optimiser(name, values)),
        states_(network_) {
    states_.declare(optimiser_);
    states_.complete();
  }
  ByHand(const ByHand&) = delete;

  /// One update with this gradient, as the engine makes it. Returns the direction.
  std::vector<float> step(std::vector<float> g, float rate) {
    const pipeline::Step now{number_++, rate, pipeline::Random(0)};
    optimiser_.object->direction(w, g, {1, pipeline::Kind::weights, 0}, optimiser_.step(now));
    for (std::size_t i = 0; i < w.size(); ++i) w[i] -= rate * g[i];
    return g;
  }

  std::vector<float> w;

 private:
  pipeline::Network network_;
  pipeline::learning::LiveOptimiser optimiser_;
  pipeline::learning::States states_;
  std::uint64_t number_ = 0;
};

/// Each number to within a few roundings of float32.
inline void check_near(const std::vector<float>& found, const std::vector<double>& expected) {
  BOOST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(std::abs(double{found[i]} - expected[i]) <= 5e-7 * std::max(1.0, std::abs(expected[i])),
               "number " << i << " is " << found[i] << ", not " << expected[i]);
}

}  // namespace support
