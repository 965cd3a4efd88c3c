#include "kernels/choose.hpp"

namespace pipeline::kernels {

std::vector<const Level*> usable() {
  std::vector<const Level*> levels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq"))
    levels.push_back(&avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) levels.push_back(&avx2);
#endif
  levels.push_back(&baseline);
  return levels;
}

const Level& best() {
  static const Level& level = *usable().front();
  return level;
}

}  // namespace pipeline::kernels
