// The activations of hidden units and their derivatives, in float32, vectorised, with the same bits at every instruction
// level. Errors are below 3 units in the last place (gelu: 6); derivatives are off by at most 3e-7 of the largest, 1
// (gelu's: 1.13).
#pragma once
#include <armadillo>
#include <pipeline/shape.hpp>

namespace pipeline::kernels {

/// h = f(z); h gets z's shape, and may be z. NaN stays NaN, so that divergence is noticed.
void activate(ActivationFunction f, const arma::fmat& z, arma::fmat& h);
/// d = d * f'(z); at 0, where relu and leaky_relu have none, the derivative from below.
void activation_adjoint(ActivationFunction f, const arma::fmat& z, arma::fmat& d);

}  // namespace pipeline::kernels
