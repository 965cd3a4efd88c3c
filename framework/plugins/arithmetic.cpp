#include "plugins/arithmetic.hpp"

namespace pipeline::plugins {

std::string Arithmetic::difference(const Arithmetic& later) const {
  const std::uint32_t main = main_ ^ later.main_, x87 = static_cast<std::uint32_t>(x87_ ^ later.x87_);
#if defined(__x86_64__)
  const bool rounding = (main & 0x6000) || (x87 & 0x0f00), subnormal = main & 0x8040,
             traps = (main & 0x1f80) || (x87 & 0x3f);
#elif defined(__aarch64__)
  const bool rounding = main & 0xc00000, subnormal = main & 0x1080000, traps = main & 0x9f00;
#else
  const bool rounding = main, subnormal = false, traps = false;
#endif
  if (rounding) return "the rounding of floating-point numbers";
  if (subnormal) return "the treatment of subnormal numbers";
  if (traps) return "which floating-point exceptions trap";
  return main || x87 ? "the settings of floating-point arithmetic" : "";
}

}  // namespace pipeline::plugins
