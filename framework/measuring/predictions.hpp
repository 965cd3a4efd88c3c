// What a network answers for each sample of the test set.
#pragma once
#include <cstdint>
#include <vector>

#include "measuring/evaluation.hpp"

namespace pipeline::measuring {

/// The class with the largest logit, the first of equal ones, of each test sample. Throws learning::Diverged where a
/// logit is not finite.
std::vector<std::uint16_t> predicted_classes(const Subject& subject, std::uint64_t step, const Splits& splits);

}  // namespace pipeline::measuring
