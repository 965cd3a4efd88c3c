// A network whose hidden activations are easily worked by hand: unit 1 copies input 1, unit 2 is active where input 2
// exceeds input 1, unit 3 is never active.
#pragma once
#include "support/measured.hpp"

namespace hidden_units {

inline const pipeline::Network network = support::network_of(
    {arma::fmat{{1, 0}, {-1, 1}, {-1, -1}}, arma::fmat{{1, 1, 1}, {1, 1, 1}}, arma::fmat{{1, 1}, {1, 1}}});
//   activations of layer 1:   2 0 1 3      0 4 0 0      0 0 0 0       of layer 2: 2 4 1 3, twice
inline const pipeline::Samples samples = support::samples_of({{2, 0, 1, 3}, {1, 4, 1, 0}});

}  // namespace hidden_units
