// Finite differences: whether a gradient is the slope of a value.
#pragma once
#include <armadillo>
#include <functional>
#include <string>

namespace pipeline::conformance {

double dot(const arma::fmat& a, const arma::fmat& b);

/// A number, and how far float32 inside its formula may have moved it.
struct Value {
  double x = 0, rounding = 0;
};
using ValueAt = std::function<Value(const arma::fmat&)>;

/// What is wrong with `gradient` as the slope of `value` at `at`, or nothing. Numbers are of size `scale`. At a corner,
/// where some numbers are 0, the gradient must lie between the slopes to either side.
std::string slope_complaint(const ValueAt& value, const arma::fmat& at, const arma::fmat& gradient, float scale,
                            bool corner);

}  // namespace pipeline::conformance
