#include "base/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/numbers.hpp"

namespace pipeline::base {

namespace {

std::size_t cores_of_affinity() {
  // Large enough for any machine; a mask that is too small is refused by the kernel.
  constexpr std::size_t most = 16'384;
  cpu_set_t* const mask = CPU_ALLOC(most);
  const std::size_t size = CPU_ALLOC_SIZE(most);
  CPU_ZERO_S(size, mask);
  const std::size_t cores = ::sched_getaffinity(0, size, mask) == 0 ? static_cast<std::size_t>(CPU_COUNT_S(size, mask))
                                                                    : std::thread::hardware_concurrency();
  CPU_FREE(mask);
  return std::max<std::size_t>(cores, 1);
}

/// The least quota of this process's cgroup (version 2) and those above it, rounded up; 0 if there is none.
std::size_t cores_of_cgroup() {
  std::ifstream in("/proc/self/cgroup");
  std::string line, group;
  while (std::getline(in, line))
    if (line.starts_with("0::")) group = line.substr(3);
  std::size_t least = 0;
  for (std::filesystem::path at = group; !group.empty(); at = at.parent_path()) {
    std::ifstream file("/sys/fs/cgroup" / at.relative_path() / "cpu.max");
    std::string quota;
    double period = 0;
    if (file >> quota >> period && quota != "max" && period > 0)
      if (const auto time = parse_whole(quota)) {
        const auto cores = static_cast<std::size_t>(std::max(1.0, std::ceil(static_cast<double>(*time) / period)));
        least = least == 0 ? cores : std::min(least, cores);
      }
    if (at == at.root_path() || at.empty()) break;
  }
  return least;
}

std::size_t cores_of_slurm() {
  const char* const text = std::getenv("SLURM_CPUS_PER_TASK");
  const auto cores = text ? parse_whole(text) : std::nullopt;
  return cores ? static_cast<std::size_t>(*cores) : 0;
}

}  // namespace

std::size_t usable_cores() {
  std::size_t cores = cores_of_affinity();
  for (const std::size_t limit : {cores_of_cgroup(), cores_of_slurm()})
    if (limit > 0) cores = std::min(cores, limit);
  return cores;
}

}  // namespace pipeline::base
