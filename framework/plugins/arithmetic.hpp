// How this thread rounds, whether it treats subnormal numbers as 0, and which floating-point exceptions trap. A plugin
// that leaves them changed would change the bits of everything that the thread computes afterwards.
//
// Compared around every call into a plugin, so it is one register; <cfenv> would store all of the state. On x86-64 it
// is that of the vector unit, which does all arithmetic in float and double.
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
    asm volatile("stmxcsr %0" : "=m"(a.control_));
    a.control_ &= ~0x3fu;  // without the exceptions that have occurred
#elif defined(__aarch64__)
    std::uint64_t control;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    a.control_ = static_cast<std::uint32_t>(control);
#else
    a.control_ = static_cast<std::uint32_t>(std::fegetround());
#endif
    return a;
  }
  bool operator==(const Arithmetic&) const = default;
  /// False unless now() returned it.
  bool is_known() const { return control_ != kUnknown; }
  /// What differs later, in words; empty if nothing does.
  std::string difference(const Arithmetic& later) const;
  void restore() const;

 private:
  static constexpr std::uint32_t kUnknown = ~0u;
  std::uint32_t control_ = kUnknown;
};

}  // namespace pipeline::plugins
