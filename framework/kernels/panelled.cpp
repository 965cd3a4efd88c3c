#include "kernels/panelled.hpp"

#include <algorithm>

#include "kernels/panels.hpp"

namespace pipeline::kernels {

void Panelled::set_size(std::size_t outputs, std::size_t inner) {
  outputs_ = outputs, inner_ = inner;
  if (const std::size_t size = padded(outputs_) * inner_; size > room_) {
    data_.reset(static_cast<float*>(::operator new[](size * sizeof(float), kLine)));
    room_ = size;
  }
}

void Panelled::set_column(std::size_t i, const float* from) {
  for (std::size_t p = 0, count = panels(outputs_); p < count; ++p) {
    const Panel part = panel(outputs_, p);
    float* const to = data_.get() + part.first * inner_ + i * part.width;
    std::fill_n(std::copy_n(from + part.first, part.count, to), part.width - part.count, 0.0f);
  }
}

void Panelled::copy_column(std::size_t i, float* to) const {
  for (std::size_t p = 0, count = panels(outputs_); p < count; ++p) {
    const Panel part = panel(outputs_, p);
    std::copy_n(data_.get() + part.first * inner_ + i * part.width, part.count, to + part.first);
  }
}

void Panelled::assign(const arma::fmat& m) {
  set_size(m.n_rows, m.n_cols);
  for (std::size_t i = 0; i < inner_; ++i)
    set_column(i, m.colptr(i));  // in this order, because m may not be in the cache
}

void Panelled::copy_to(arma::fmat& m) const {
  for (std::size_t i = 0; i < inner_; ++i) copy_column(i, m.colptr(i));
}

}  // namespace pipeline::kernels
