// The current time in UTC, as text.
#pragma once
#include <ctime>
#include <string>

namespace pipeline::base {

/// In a format of strftime.
inline std::string utc_now(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}
/// "2026-11-23T21:59:01Z"
inline std::string utc_now() { return utc_now("%Y-%m-%dT%H:%M:%SZ"); }

}  // namespace pipeline::base
