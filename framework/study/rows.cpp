#include "study/rows.hpp"

#include <algorithm>
#include <limits>

#include "config/numbers.hpp"

namespace pipeline::study {

void Measured::append(Measured more) {
  rows.insert(rows.end(), std::make_move_iterator(more.rows.begin()), std::make_move_iterator(more.rows.end()));
  sheets.insert(sheets.end(), std::make_move_iterator(more.sheets.begin()), std::make_move_iterator(more.sheets.end()));
}

std::uint64_t Ordering::horizon() const {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t m = 0; m < next_.size(); ++m)
    if (open_[m]) first = std::min(first, next_[m]);
  return first;
}

std::vector<Ordering::Released> Ordering::release() {
  std::vector<Released> out;
  const std::uint64_t end = horizon();
  while (!waiting_.empty() && waiting_.begin()->first < end) {
    for (auto& [model, measured] : waiting_.begin()->second)
      out.push_back({waiting_.begin()->first, model, std::move(measured)});
    waiting_.erase(waiting_.begin());
  }
  return out;
}

std::string csv_line(const Row& row) {
  return std::to_string(row.step) + "," + row.model + "," + row.metric + "," +
         (row.layer ? std::to_string(row.layer) : "") + "," + config::nine_digits(row.value) + "\n";
}

}  // namespace pipeline::study
