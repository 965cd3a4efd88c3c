#include "base/memory.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

namespace pipeline::base {
namespace fs = std::filesystem;

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

/// Bytes of a line "MemTotal:  16384 kB" of /proc/meminfo.
double of_machine(const std::string& name, double otherwise) {
  std::ifstream info("/proc/meminfo");
  for (std::string line; std::getline(info, line);) {
    std::istringstream words(line);
    std::string key;
    double kilobytes;
    if (words >> key >> kilobytes && key == name + ":") return 1024 * kilobytes;
  }
  return otherwise;
}

/// The number in a file, or no limit: "max", or no such file.
double number_in(const fs::path& file) {
  std::ifstream in(file);
  double number;
  return in >> number ? number : kNone;
}

/// The smallest limit of the control groups that contain this process, without swap (v2 and v1).
double of_control_groups() {
  double least = kNone;
  std::ifstream groups("/proc/self/cgroup");  // "0::/user.slice/job", "9:memory:/job"
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool v2 = controllers.empty();
    if (!v2 && ("," + controllers + ",").find(",memory,") == std::string::npos) continue;
    const fs::path root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (fs::path group = line.substr(second + 1);; group = group.parent_path()) {
      const fs::path folder = root / group.relative_path();
      least = std::min(least, number_in(folder / (v2 ? "memory.max" : "memory.limit_in_bytes")));
      if (group.relative_path().empty()) break;
    }
  }
  return least;
}

}  // namespace

MemoryLimit memory_limit() {
  const double swap = of_machine("SwapTotal", 0), machine = of_machine("MemTotal", kNone) + swap,
               group = of_control_groups() + swap;
  rlimit address_space{};
  const bool limited = ::getrlimit(RLIMIT_AS, &address_space) == 0 && address_space.rlim_cur != RLIM_INFINITY;
  const double allowed = limited ? static_cast<double>(address_space.rlim_cur) : kNone;
  if (allowed <= machine && allowed <= group) return {allowed, "ulimit -v allows " + size_text(allowed)};
  if (group < machine) return {group, "the control group allows " + size_text(group)};
  return {machine, "this machine has " + size_text(machine) + " of memory" + (swap > 0 ? " and swap" : "")};
}

std::string size_text(double bytes) {
  const char* const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, bytes < 10 && unit > 0 ? "%.1f" : "%.0f", bytes);
  return std::string(text) + " " + units[unit];
}

}  // namespace pipeline::base
