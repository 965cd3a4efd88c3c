// How the outputs of a dense matrix are divided into panels, the same at every level: a column's chains in one panel
// fill 14 registers of AVX2 or 7 of AVX-512, which leaves one for the factor.
#pragma once
#include <cstddef>

namespace pipeline::kernels {
namespace {  // one copy per file: the linker must not share one that was compiled for a newer processor

constexpr std::size_t kUnit = 16;      // widths are multiples of this: a register of AVX-512
constexpr std::size_t kMostUnits = 7;  // rows of wider panels would leave the L1 cache sooner

constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
constexpr std::size_t units(std::size_t outputs) { return (outputs + kUnit - 1) / kUnit; }
constexpr std::size_t padded(std::size_t outputs) { return units(outputs) * kUnit; }
constexpr std::size_t panels(std::size_t outputs) { return (units(outputs) + kMostUnits - 1) / kMostUnits; }

/// Outputs first .. first + count - 1, followed by zeros up to `width`.
struct Panel {
  std::size_t first, count, width;
};

/// Panel p. Widths differ by at most one unit.
constexpr Panel panel(std::size_t outputs, std::size_t p) {
  const std::size_t all = units(outputs), of = panels(outputs);
  const std::size_t from = p * all / of * kUnit, to = (p + 1) * all / of * kUnit;
  return {from, smaller(to, outputs) - from, to - from};
}

}  // namespace
}  // namespace pipeline::kernels
