#include "kernels/nonzeros.hpp"

#include "kernels/choose.hpp"

namespace pipeline::kernels {

void Nonzeros::Lists::make_room(std::size_t entries_at_most) {
  if (entries_at_most <= room) return;
  room = entries_at_most;
  entries = std::make_unique_for_overwrite<Nonzero[]>(room);
}

void Nonzeros::assign(const arma::fmat& m) {
  has_rows_ = false;
  columns_.make_room((m.n_rows + 1) * m.n_cols + kSpare);  // plus one closing entry per column
  columns_.begin.resize(m.n_cols);
  Nonzero* next = columns_.entries.get();
  const auto rows = static_cast<std::uint32_t>(m.n_rows);
  for (arma::uword c = 0; c < m.n_cols; ++c) {
    columns_.begin[c] = static_cast<std::uint32_t>(next - columns_.entries.get());
    next += best().list(m.colptr(c), m.n_rows, next);
    *next++ = {rows, 0};
  }
  columns_.count = static_cast<std::size_t>(next - columns_.entries.get()) - m.n_cols;
}

Sparse Nonzeros::rows(const arma::fmat& m) {
  if (has_rows_) return rows_.view();
  some_rows(m, 0, m.n_rows);
  has_rows_ = true;
  return rows_.view();
}

Sparse Nonzeros::some_rows(const arma::fmat& m, std::size_t first, std::size_t count) {
  has_rows_ = false;
  rows_.make_room(count * (m.n_cols + 1) + kSpare);
  rows_.begin.resize(count);
  room_.resize(kRowsListed * m.n_cols);
  rows_.count = best().list_rows(m.memptr() + first, m.n_rows, count, m.n_cols, room_.data(), rows_.entries.get(),
                                 rows_.begin.data());
  return rows_.view();
}

}  // namespace pipeline::kernels
