// A small curve of a value against the steps, in one line of text.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace pipeline::cli {

class TextCurve {
 public:
  static constexpr std::size_t columns = 24;  // each stands for as many steps of the run

  /// The last value of a column counts. Values that are not finite are left out.
  void add(std::uint64_t step, std::uint64_t steps, double value);
  bool empty() const;
  /// The least and the largest value of a column; 0 and 0 if there is none.
  double low() const;
  double high() const;
  /// One character for each column, `columns` in all, where `low` is the lowest of eight heights and `high` the highest.
  /// A column without a value repeats the one before it; those before the first and after the last are blank.
  std::string text(double low, double high, bool utf8) const;

 private:
  std::array<std::optional<double>, columns> values_;
};

/// Whether the user's locale has UTF-8.
bool shows_utf8();

}  // namespace pipeline::cli
