// Penalties at a share of their strength: what a hook adds to a gradient is multiplied. At full strength it adds to the
// gradient itself, so that a schedule costs nothing where there is none.
#pragma once
#include <pipeline/network.hpp>
#include <span>
#include <vector>

namespace pipeline::learning {

template <class Add>
void add_times(float times, std::span<float> to, const Add& add) {
  if (times == 1) return add(to);
  std::vector<float> added(to.size(), 0);
  add(std::span(added));
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += times * added[i];
}

template <class Add>
void add_times(float times, arma::fmat& to, const Add& add) {
  if (times == 1) return add(to);
  arma::fmat added(arma::size(to), arma::fill::zeros);
  add(added);
  to += times * added;
}

template <class Add>
void add_times(float times, Layer& to, const Add& add) {
  if (times == 1) return add(to);
  Layer added{arma::fmat(arma::size(to.W), arma::fill::zeros), arma::fvec(to.b.n_elem, arma::fill::zeros)};
  add(added);
  to.W += times * added.W;
  to.b += times * added.b;
}

}  // namespace pipeline::learning
