#include "running/row_order.hpp"

#include <algorithm>
#include <limits>

namespace pipeline::running {

std::uint64_t RowOrder::horizon() const {
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t m = 0; m < next_.size(); ++m)
    if (open_[m]) first = std::min(first, next_[m]);
  return first;
}

std::vector<RowOrder::Released> RowOrder::waiting() const {
  std::vector<Released> out;
  for (const auto& [step, models] : waiting_)
    for (const auto& [model, measured] : models) out.push_back({step, model, measured});
  return out;
}

std::vector<RowOrder::Released> RowOrder::release() {
  std::vector<Released> out;
  const std::uint64_t end = horizon();
  while (!waiting_.empty() && waiting_.begin()->first < end) {
    for (auto& [model, measured] : waiting_.begin()->second)
      out.push_back({waiting_.begin()->first, model, std::move(measured)});
    waiting_.erase(waiting_.begin());
  }
  return out;
}

}  // namespace pipeline::running
