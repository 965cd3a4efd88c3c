#include "learning/panelled.hpp"

#include <algorithm>

#include "learning/kernels/panels.hpp"

namespace pipeline::learning {

void Panelled::of(const arma::fmat& m) {
  outputs_ = m.n_rows, inner_ = m.n_cols;
  if (const std::size_t size = kernels::padded(outputs_) * inner_; size > room_) {
    data_.reset(static_cast<float*>(::operator new[](size * sizeof(float), kLine)));
    room_ = size;
  }
  const std::size_t panels = kernels::panels(outputs_);
  for (std::size_t i = 0; i < inner_; ++i)  // column by column, for m may come from far away
    for (std::size_t p = 0; p < panels; ++p) {
      const kernels::Panel panel = kernels::panel(outputs_, p);
      float* const to = data_.get() + panel.first * inner_ + i * panel.width;
      std::fill_n(std::copy_n(m.colptr(i) + panel.first, panel.count, to), panel.width - panel.count, 0.0f);
    }
}

void Panelled::copy_to(arma::fmat& m) const {
  const std::size_t panels = kernels::panels(outputs_);
  for (std::size_t i = 0; i < inner_; ++i)
    for (std::size_t p = 0; p < panels; ++p) {
      const kernels::Panel panel = kernels::panel(outputs_, p);
      std::copy_n(data_.get() + panel.first * inner_ + i * panel.width, panel.count, m.colptr(i) + panel.first);
    }
}

}  // namespace pipeline::learning
