#include "experiment/checkpoint_interval.hpp"

#include <charconv>
#include <map>

namespace pipeline::experiment {

std::optional<CheckpointInterval> checkpoint_interval(const std::string& text) {
  static const std::map<std::string, double> seconds = {{"s", 1}, {"min", 60}, {"h", 3600}};
  if (text == "0") return CheckpointInterval{};
  CheckpointInterval interval;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string item = text.substr(from, comma - from);
    from = comma + 1;
    const std::size_t begin = item.find_first_not_of(' ');
    if (begin == item.npos) return std::nullopt;
    std::uint64_t count = 0;
    const char* const end = item.data() + item.size();
    auto [rest, error] = std::from_chars(item.data() + begin, end, count);
    if (error != std::errc{} || count == 0 || count > 1'000'000'000'000) return std::nullopt;
    while (rest != end && *rest == ' ') ++rest;
    std::string unit(rest, end);
    unit.erase(unit.find_last_not_of(' ') + 1);
    if (unit == "steps" || unit == "step") {
      if (interval.steps) return std::nullopt;
      interval.steps = count;
    } else if (const auto known = seconds.find(unit); known != seconds.end() && interval.seconds == 0) {
      interval.seconds = static_cast<double>(count) * known->second;
    } else {
      return std::nullopt;
    }
  }
  return interval;
}

}  // namespace pipeline::experiment
