// Finite differences: whether a gradient is the slope of a value.
#pragma once
#include <armadillo>
#include <functional>
#include <string>

namespace pipeline::conformance {

double dot(const arma::fmat& a, const arma::fmat& b);

/// A number, and the rounding error that float32 inside its formula may cause.
struct Value {
  double x = 0, rounding = 0;
};
using ValueAt = std::function<Value(const arma::fmat&)>;

/// How `gradient` differs from the slope of `value` at `at`; empty where it does not. Numbers are of size `scale`. At a
/// corner, where some numbers are 0, the gradient must be between the slopes on either side.
std::string slope_complaint(const ValueAt& value, const arma::fmat& at, const arma::fmat& gradient, float scale,
                            bool corner);

}  // namespace pipeline::conformance
