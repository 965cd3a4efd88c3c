#include "learning/nonzeros.hpp"

#include <utility>

#include "learning/kernels/choose.hpp"

namespace pipeline::learning {

using kernels::Nonzero;

void Nonzeros::Lists::make_room(std::size_t entries_at_most) {
  if (entries_at_most <= room) return;
  room = entries_at_most;
  entries = std::make_unique_for_overwrite<Nonzero[]>(room);
}

void Nonzeros::of(const arma::fmat& m) {
  row_count_ = m.n_rows;
  has_rows_ = false;
  columns_.make_room((m.n_rows + 1) * m.n_cols + kernels::kSpare);  // each column is closed by an entry
  columns_.begin.resize(m.n_cols);
  Nonzero* next = columns_.entries.get();
  const auto rows = static_cast<std::uint32_t>(m.n_rows);
  for (arma::uword c = 0; c < m.n_cols; ++c) {
    columns_.begin[c] = static_cast<std::uint32_t>(next - columns_.entries.get());
    next += kernels::best().list(m.colptr(c), m.n_rows, next);
    *next++ = {rows, 0};
  }
  columns_.count = static_cast<std::size_t>(next - columns_.entries.get()) - m.n_cols;
}

kernels::Sparse Nonzeros::rows() {
  if (has_rows_) return rows_.view();
  const auto columns = static_cast<std::uint32_t>(columns_.begin.size());
  const Nonzero* const given = columns_.entries.get();
  const Nonzero* const end = given + columns_.count + columns;
  rows_.begin.assign(row_count_ + 1, 0);  // one more for the entries that close columns: they count as its row
  for (const Nonzero* e = given; e < end; ++e) ++rows_.begin[e->row];
  rows_.begin.pop_back();
  std::uint32_t from = 0;
  for (std::uint32_t& b : rows_.begin) from += std::exchange(b, from) + 1;
  rows_.count = columns_.count;
  rows_.make_room(from);
  Nonzero* const out = rows_.entries.get();
  for (std::uint32_t c = 0; c < columns; ++c)
    for (const Nonzero* e = given + columns_.begin[c]; e->row < row_count_; ++e)
      out[rows_.begin[e->row]++] = {c, e->value};
  for (std::size_t r = row_count_; r-- > 0;) {  // each stands at its end now: close it, and go back to its start
    out[rows_.begin[r]] = {columns, 0};
    rows_.begin[r] = r ? rows_.begin[r - 1] + 1 : 0;
  }
  has_rows_ = true;
  return rows_.view();
}

}  // namespace pipeline::learning
