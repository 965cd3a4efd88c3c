// Names of matrices and networks for headers that only pass them on. Include <pipeline/network.hpp> to use them.
#pragma once

namespace arma {
template <typename eT>
class Mat;
template <typename eT>
class Col;
using fmat = Mat<float>;
using fvec = Col<float>;
}  // namespace arma

namespace pipeline {
struct Layer;
struct Network;
}  // namespace pipeline
