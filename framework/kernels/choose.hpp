// Which instruction level the kernels run at.
#pragma once
#include <vector>

#include "kernels/level.hpp"

namespace pipeline::kernels {

/// The levels that this program contains and this processor can run, best first.
std::vector<const Level*> usable();
/// The first of them.
const Level& best();

}  // namespace pipeline::kernels
