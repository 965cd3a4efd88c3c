// How the outputs of a dense matrix are divided into panels, the same at every level: a column's chains through one
// panel fill 14 registers of AVX2 or 7 of AVX-512, which leaves one for the factor.
#pragma once
#include <cstddef>

namespace pipeline::learning::kernels {
namespace {  // one copy for each file: those compiled for newer processors must not lend theirs to others

constexpr std::size_t kUnit = 16;      // widths are whole multiples of this: a register of AVX-512
constexpr std::size_t kMostUnits = 7;  // a wider panel's rows would leave the first-level cache sooner

constexpr std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
constexpr std::size_t units(std::size_t outputs) { return (outputs + kUnit - 1) / kUnit; }
constexpr std::size_t padded(std::size_t outputs) { return units(outputs) * kUnit; }
constexpr std::size_t panels(std::size_t outputs) { return (units(outputs) + kMostUnits - 1) / kMostUnits; }

/// Outputs first .. first + count - 1, followed by zeros up to `width`.
struct Panel {
  std::size_t first, count, width;
};

/// Panel p: all are as wide as each other, or a unit wider.
constexpr Panel panel(std::size_t outputs, std::size_t p) {
  const std::size_t all = units(outputs), of = panels(outputs);
  const std::size_t from = p * all / of * kUnit, to = (p + 1) * all / of * kUnit;
  return {from, smaller(to, outputs) - from, to - from};
}

}  // namespace
}  // namespace pipeline::learning::kernels
