#include "plugins/arithmetic.hpp"

namespace pipeline::plugins {

std::string Arithmetic::difference(const Arithmetic& later) const {
  const std::uint32_t changed = control_ ^ later.control_;
#if defined(__x86_64__)
  const std::uint32_t rounding = 0x6000, subnormal = 0x8040, traps = 0x1f80;
#elif defined(__aarch64__)
  const std::uint32_t rounding = 0xc00000, subnormal = 0x1080000, traps = 0x9f00;
#else
  const std::uint32_t rounding = ~0u, subnormal = 0, traps = 0;
#endif
  if (changed & rounding) return "the rounding of floating-point numbers";
  if (changed & subnormal) return "the treatment of subnormal numbers";
  if (changed & traps) return "which floating-point exceptions trap";
  return changed ? "the settings of floating-point arithmetic" : "";
}

void Arithmetic::restore() const {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(control_);
  // fesetround() and feenableexcept() also change the x87 unit, which has the same bits in other places.
  std::uint16_t x87;
  asm volatile("fnstcw %0" : "=m"(x87));
  x87 = static_cast<std::uint16_t>((x87 & ~0x0c3fu) | (control_ >> 13 & 3) << 10 | (control_ >> 7 & 0x3f));
  asm volatile("fnclex\n\tfldcw %0" : : "m"(x87));
#elif defined(__aarch64__)
  asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{control_}));
#else
  std::fesetround(static_cast<int>(control_));
#endif
}

}  // namespace pipeline::plugins
