// Loops over many numbers, compiled by the engine for the processor that it runs on. Each has the same bits on all.
#pragma once
#include <span>

#include <pipeline/shape.hpp>

namespace pipeline {

/// sum of a_i * b_i, of vectors of one length, in double: sixteen sums, product i in sum i mod 16, each in ascending
/// order, then added by halves (8 + 8, 4 + 4, ...).
PIPELINE_API double dot(std::span<const float> a, std::span<const float> b);
inline double sum_of_squares(std::span<const float> x) { return dot(x, x); }

/// x_i = sign(x_i) * |x_i|^power for 0 < power <= 2, within 4e-7 (relative). 0, infinity and NaN stay what they are;
/// power = 1 changes nothing.
PIPELINE_API void raise_sizes(std::span<float> x, float power);

}  // namespace pipeline
