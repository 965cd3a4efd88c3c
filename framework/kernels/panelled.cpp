#include "kernels/panelled.hpp"

#include <algorithm>

#include "kernels/panels.hpp"

namespace pipeline::kernels {

void Panelled::assign(const arma::fmat& m) {
  outputs_ = m.n_rows, inner_ = m.n_cols;
  if (const std::size_t size = padded(outputs_) * inner_; size > room_) {
    data_.reset(static_cast<float*>(::operator new[](size * sizeof(float), kLine)));
    room_ = size;
  }
  const std::size_t count = panels(outputs_);
  for (std::size_t i = 0; i < inner_; ++i)  // column by column, because m may not be in the cache
    for (std::size_t p = 0; p < count; ++p) {
      const Panel part = panel(outputs_, p);
      float* const to = data_.get() + part.first * inner_ + i * part.width;
      std::fill_n(std::copy_n(m.colptr(i) + part.first, part.count, to), part.width - part.count, 0.0f);
    }
}

void Panelled::copy_to(arma::fmat& m) const {
  const std::size_t count = panels(outputs_);
  for (std::size_t i = 0; i < inner_; ++i)
    for (std::size_t p = 0; p < count; ++p) {
      const Panel part = panel(outputs_, p);
      std::copy_n(data_.get() + part.first * inner_ + i * part.width, part.count, m.colptr(i) + part.first);
    }
}

}  // namespace pipeline::kernels
