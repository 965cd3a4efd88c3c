// The untrained network that every model starts from.
#pragma once
#include <array>
#include <cstdint>
#include <pipeline/network.hpp>

namespace pipeline::learning {

/// How the weights of a layer are drawn. Biases all start at one number.
struct StartingWeights {
  enum class Rule {
    truncated_normal,  // normal with standard deviation sd, redrawn beyond 2 sd
    he,                // normal with standard deviation scale * sqrt(2 / inputs)              He et al. 2015, ICCV
    glorot,      // uniform in +- scale * sqrt(6 / (inputs + outputs))                   Glorot & Bengio 2010, AISTATS
    orthogonal,  // scale * a random matrix with orthogonal rows or columns of length 1, Saxe et al. 2014, ICLR
                 // whichever are fewer
    zero         // 0: without hidden layers a usual start; with them, the units of a layer stay equal
  };
  double sd = 0.1, biases = 0.1;
  Rule rule = Rule::truncated_normal;
  double scale = 1;
};

inline constexpr std::array kStarts = {StartingWeights::Rule::truncated_normal, StartingWeights::Rule::he,
                                       StartingWeights::Rule::glorot, StartingWeights::Rule::orthogonal,
                                       StartingWeights::Rule::zero};
/// As in a pipeline file.
constexpr const char* name_of(StartingWeights::Rule rule) {
  constexpr const char* names[] = {"truncated_normal", "he", "glorot", "orthogonal", "zero"};
  return names[static_cast<std::size_t>(rule)];
}

/// A function of shape, rule and seed alone. Weight (k, j) of layer l uses draw j * outputs + k of
/// Random(seed, "start", "", "").in_layer(l); with truncated_normal, attempt a after a draw beyond 2 sd is the same draw
/// at_step(a). orthogonal is Q of a QR decomposition, in double, of the standard normal draws, or of their transpose if
/// the layer has more inputs than outputs, with the signs that make the diagonal of R positive.
Network starting_network(const NetworkShape& shape, const StartingWeights& rule, std::uint64_t seed);

}  // namespace pipeline::learning
