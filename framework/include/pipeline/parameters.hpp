// A parameter is one statement: name, where its value goes, range, meaning. The value before it is declared is the
// default.
//
//   void declare(Parameters& p) override {
//     p.number("keep_prob", keep_prob, above(0).up_to(1), "probability that a unit is kept").neutral("1");
//   }
//
// Parsing, checking, `plugins inspect`, `show` and completion all follow from that statement.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <pipeline/shape.hpp>

namespace pipeline {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// An interval. An infinite end is excluded unless it is named: at_least(0) refuses inf, up_to(infinity) accepts it.
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

/// Thrown by check() and changed_shape() if the value of a parameter does not fit this network or this data. `message`
/// continues the parameter's name: Misfit("per_class", "= 900 of 10 classes is more than the 6,000 samples"). Any other
/// exception is the plugin's own failure.
struct PIPELINE_API Misfit : std::runtime_error {
  Misfit(std::string parameter_name, const std::string& message)
      : std::runtime_error(parameter_name + " " + message), parameter(std::move(parameter_name)) {}
  std::string parameter;
};

enum class ParameterType { number, whole, flag, choice, text, path, wholes, words };
/// "number", "whole number", "yes or no", ...
PIPELINE_API const char* name_of(ParameterType type);

/// One declared parameter.
struct Parameter {
  std::string name;
  ParameterType type;
  std::string meaning;
  std::optional<Range> range = {};        // of numbers
  std::vector<std::string> choices = {};  // of choices, flags, and lists of choices
  std::string initial = {};               // the default, as it would be written
  std::string neutral_value = {};         // the value that alone switches the whole plugin off, if there is one
  std::string unit_name = {};
  bool required = false;                           // then there is no default
  std::string condition_name = {};                 // the parameter that decides whether this one has an effect
  std::vector<std::string> condition_values = {};  // the values with which it has
  /// Takes the text of a value. Returns what is wrong with it, or nothing once it was taken.
  std::function<std::optional<std::string>(std::string_view)> set = {};
  std::function<std::string()> get = {};  // the present value, as it would be written

  /// "0 < x <= 1", or the choices; empty for other types.
  PIPELINE_API std::string values_text() const;

  Parameter& neutral(std::string value) {
    neutral_value = std::move(value);
    return *this;
  }
  Parameter& unit(std::string words) {
    unit_name = std::move(words);
    return *this;
  }
  /// Where it is used at all (used_if).
  Parameter& must_be_given() {
    required = true;
    return *this;
  }
  /// It has an effect only if another parameter of the same object has one of these values; given without it, it is a
  /// mistake: p.number("divide_by", ...).used_if("scaling", {"divide"})
  Parameter& used_if(std::string other, std::vector<std::string> values) {
    condition_name = std::move(other);
    condition_values = std::move(values);
    return *this;
  }
};

/// The parameters of one object, which must outlive it.
class PIPELINE_API Parameters {
 public:
  Parameters() = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  /// A real number: 0.1, 5e-5; inf only where the range names it; never nan.
  Parameter& number(std::string name, float& target, Range range, std::string meaning);
  Parameter& number(std::string name, double& target, Range range, std::string meaning);
  /// A whole number, digits only.
  Parameter& whole(std::string name, std::uint64_t& target, Range range, std::string meaning);
  /// yes or no.
  Parameter& flag(std::string name, bool& target, std::string meaning);
  /// One word of a list.
  Parameter& choice(std::string name, std::string& target, std::vector<std::string> choices, std::string meaning);
  /// Free text.
  Parameter& text(std::string name, std::string& target, std::string meaning);
  /// A file or folder. Relative paths start from the folder of the pipeline file. Whether it exists is for the plugin
  /// to check.
  Parameter& path(std::string name, std::filesystem::path& target, std::string meaning);
  /// Whole numbers or words, separated by commas.
  Parameter& wholes(std::string name, std::vector<std::uint64_t>& target, Range range, std::string meaning);
  Parameter& words(std::string name, std::vector<std::string>& target, std::string meaning);
  /// At least one of these choices, each at most once, separated by commas.
  Parameter& words(std::string name, std::vector<std::string>& target, std::vector<std::string> choices,
                   std::string meaning);

  const std::vector<Parameter>& all() const { return all_; }
  Parameter* find(std::string_view name);
  /// Whether the present values give this parameter an effect (used_if).
  bool used(const Parameter& parameter) const;

  /// Where relative paths start. The engine sets it before it sets values.
  std::filesystem::path base;

 private:
  Parameter& add(Parameter parameter);
  std::vector<Parameter> all_;
};

}  // namespace pipeline
