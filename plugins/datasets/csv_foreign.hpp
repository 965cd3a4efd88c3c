// Numbers as people write them that csv does not read: 3,14 and 1,234,567 and 12 % and $5.
#pragma once
#include <cctype>
#include <regex>
#include <string>
#include <string_view>

namespace pipeline::datasets {

/// Another way to write a number.
struct ForeignNumber {
  const char* with;    // "a decimal comma"
  const char* remedy;  // what to do
};

inline constexpr ForeignNumber decimal_comma{"a decimal comma", "write 3.14, not 3,14"};
inline constexpr ForeignNumber thousands{"thousands separators", "write 1234567, not 1,234,567"};
inline constexpr ForeignNumber some_comma{"a comma", "write 1.234 or 1234, whichever is meant"};
inline constexpr ForeignNumber percent{"a percent sign", "write the number alone"};
inline constexpr ForeignNumber currency{"a currency sign", "write the number alone"};

/// How such a word writes a number; nullptr if it is none.
inline const ForeignNumber* foreign_number(std::string_view cell) {
  // Most words need no pattern to be told apart.
  if (cell.size() > 40 || cell.find_first_of("0123456789") == cell.npos) return nullptr;
  if (std::isalpha(static_cast<unsigned char>(cell[0])) || cell.find_first_of("-:/", 1) != cell.npos) return nullptr;
  using Pattern = std::regex;
  static const struct {
    Pattern pattern;
    const ForeignNumber* is;
  } known[] = {
      {Pattern(R"([+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+) ?%)"), &percent},
      {Pattern("[+-]?(\\$|\u20ac|\u00a3|\u00a5) ?[0-9][0-9.,' ]*"), &currency},
      {Pattern("[+-]?[0-9][0-9.,' ]*(\\$|\u20ac|\u00a3|\u00a5)"), &currency},
      {Pattern(R"([+-]?[1-9][0-9]{0,2},[0-9]{3})"), &some_comma},
      {Pattern(R"([+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]*|[+-]?[0-9]{1,3}(,[0-9]{3}){2,})"), &thousands},
      {Pattern(R"([+-]?[0-9]{1,3}(\.[0-9]{3}){2,})"), &thousands},
      {Pattern("[+-]?[0-9]{1,3}(( |'|_|\u00a0|\u202f|\u2019)[0-9]{3})+([.,][0-9]+)?"), &thousands},
      {Pattern(R"([+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?|[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+)"), &decimal_comma}};
  for (const auto& [pattern, is] : known)
    if (std::regex_match(cell.begin(), cell.end(), pattern)) return is;
  return nullptr;
}

}  // namespace pipeline::datasets
