#include <algorithm>
#include <stdexcept>

#include "base/utf8.hpp"
#include "config/line.hpp"
#include "config/section.hpp"

namespace pipeline::config {

namespace {

std::string line_of(const Setting& setting) {
  if (base::printable(setting.value) != setting.value)
    throw std::invalid_argument("the value of '" + setting.key + "' cannot be written on one line of text");
  return setting.key + " = " + written_value(setting.value);
}

}  // namespace

std::string as_ini(const std::vector<ResolvedSection>& sections, bool with_origin) {
  std::string text;
  for (const ResolvedSection& section : sections) {
    text += (text.empty() ? "[" : "\n[") + section.name + "]\n";
    std::vector<std::string> lines;
    std::size_t widest = 0;
    for (const Setting& setting : section.settings) {
      lines.push_back(line_of(setting));
      // a single long value must not push every origin off the screen
      constexpr std::size_t widest_aligned = 60;
      if (const std::size_t width = base::characters(lines.back()); width <= widest_aligned)
        widest = std::max(widest, width);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      text += lines[i];
      const std::size_t width = base::characters(lines[i]);
      if (with_origin)
        text += std::string(widest > width ? widest - width : 0, ' ') + "  # " +
                base::printable(section.settings[i].origin);
      text += '\n';
    }
  }
  return text;
}

}  // namespace pipeline::config
