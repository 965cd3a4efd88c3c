// Which instruction level the kernels run at.
#pragma once
#include <vector>

#include "learning/kernels/level.hpp"

namespace pipeline::learning::kernels {

/// Those that this program holds and this processor can run, best first.
std::vector<const Level*> usable();
/// The first of them.
const Level& best();

}  // namespace pipeline::learning::kernels
