// How this thread rounds, whether it treats subnormal numbers as 0, and which floating-point exceptions trap. A plugin
// that leaves them changed would change the bits of everything that the thread computes afterwards.
//
// Compared around every call into a plugin, so it reads two registers and no more; <cfenv> would store all of the state.
#pragma once
#include <cfenv>
#include <cstdint>
#include <string>

namespace pipeline::plugins {

class Arithmetic {
 public:
  static Arithmetic now() {
    Arithmetic a;
#if defined(__x86_64__)
    a.main_ = __builtin_ia32_stmxcsr() & ~kStatus;
    asm volatile("fnstcw %0" : "=m"(a.x87_));
#elif defined(__aarch64__)
    std::uint64_t control;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    a.main_ = static_cast<std::uint32_t>(control);
#else
    a.main_ = static_cast<std::uint32_t>(std::fegetround());
#endif
    return a;
  }
  void restore() const {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(main_);
    asm volatile("fnclex\n\tfldcw %0" : : "m"(x87_));
#elif defined(__aarch64__)
    asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{main_}));
#else
    std::fesetround(static_cast<int>(main_));
#endif
  }
  bool operator==(const Arithmetic&) const = default;
  /// What differs later, in words.
  std::string difference(const Arithmetic& later) const;

 private:
#if defined(__x86_64__)
  static constexpr std::uint32_t kStatus = 0x3f;  // exceptions that have occurred
#endif
  std::uint32_t main_ = 0;
  std::uint16_t x87_ = 0;
};

}  // namespace pipeline::plugins
