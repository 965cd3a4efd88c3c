// A parameter is one statement: name, where it goes, range, meaning. The value before it is declared is the default.
//
//   void declare(Parameters& p) override {
//     p.number("keep_prob", keep_prob, above(0).up_to(1), "probability that a unit is kept").neutral("1");
//   }
//
// Parsing, checking, `plugins inspect`, `show` and completion all come from that statement.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pipeline/network.hpp>

namespace pipeline {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// An interval. An infinite end is outside unless the end was named: at_least(0) refuses inf, up_to(infinity) takes it.
struct Range {
  double low = -infinity, high = infinity;
  bool low_open = true, high_open = true;
  Range up_to(double x) const { return {low, x, low_open, false}; }
  Range below(double x) const { return {low, x, low_open, true}; }
  bool contains(double x) const { return (low_open ? x > low : x >= low) && (high_open ? x < high : x <= high); }
  PIPELINE_API std::string text() const;  // "0 < x <= 1"
};
inline Range above(double x) { return {x, infinity, true, true}; }
inline Range at_least(double x) { return {x, infinity, false, true}; }
inline Range any_number() { return {}; }

/// One declared parameter. `set` takes the text of a value and returns a complaint, or nothing when it was taken.
struct Parameter {
  std::string name, type, range, meaning;
  std::string initial = {};        // the default, as it would be written
  std::string neutral_value = {};  // the value that alone switches the whole plugin off, if there is one
  std::string unit_name = {};
  bool required = false;  // then there is no default
  std::vector<std::string> choices = {};
  std::function<std::optional<std::string>(std::string_view)> set = {};
  std::function<std::string()> get = {};  // the present value, as it would be written

  Parameter& neutral(std::string value) {
    neutral_value = std::move(value);
    return *this;
  }
  Parameter& unit(std::string words) {
    unit_name = std::move(words);
    return *this;
  }
  Parameter& must_be_given() {
    required = true;
    return *this;
  }
};

class PIPELINE_API Parameters {
 public:
  /// A real number: 0.1, 5e-5; inf only where the range names it. Never nan.
  Parameter& number(std::string name, float& target, Range range, std::string meaning);
  Parameter& number(std::string name, double& target, Range range, std::string meaning);
  /// A whole number, digits only.
  Parameter& whole(std::string name, std::uint64_t& target, Range range, std::string meaning);
  /// yes or no.
  Parameter& flag(std::string name, bool& target, std::string meaning);
  /// One word out of a list.
  Parameter& choice(std::string name, std::string& target, std::vector<std::string> choices, std::string meaning);
  /// Free text.
  Parameter& text(std::string name, std::string& target, std::string meaning);
  /// A file or folder; relative paths are relative to the pipeline file. Whether it exists is the plugin's to say.
  Parameter& path(std::string name, std::filesystem::path& target, std::string meaning);
  /// Whole numbers or words, separated by commas.
  Parameter& wholes(std::string name, std::vector<std::uint64_t>& target, Range range, std::string meaning);
  Parameter& words(std::string name, std::vector<std::string>& target, std::string meaning);

  const std::vector<Parameter>& all() const { return all_; }
  Parameter* find(std::string_view name);

  /// Where relative paths start; set by the engine before values are.
  std::filesystem::path base;

 private:
  Parameter& add(Parameter parameter);
  std::vector<Parameter> all_;
};

}  // namespace pipeline
