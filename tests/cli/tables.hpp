// Tables that a test writes, and what `pipeline data inspect` says of them.
#pragma once
#include "support/program.hpp"

namespace support {

/// `count` rows; `row` returns the text of each.
inline std::string table(const std::string& head, int count, const std::function<std::string(int)>& row) {
  std::string text = head;
  for (int i = 0; i < count; ++i) text += row(i) + "\n";
  return text;
}

inline std::string number(int n) { return std::to_string(n); }

/// The numbers of training samples, test samples, inputs and classes in the comment below a section.
inline std::vector<std::string> sizes(const std::string& said) {
  static const std::regex comment(
      "; (\\d+) training and (\\d+) test samples of (\\d+) inputs in (\\d+) classes: \\[network\\] layers = \\d+, ..., "
      "\\d+\n");
  std::smatch found;
  if (!std::regex_search(said, found, comment)) return {"", "", "", ""};
  return {found[1], found[2], found[3], found[4]};
}

/// The section in what was said.
inline std::string section(const std::string& said) {
  return said.substr(std::min(said.find("[dataset]\n"), said.size()));
}

/// Runs a small study with the section as it stands.
inline Said run_section(const World& world, const std::string& said) {
  world.write("study.ini", section(said) + "[network]\nlayers = " + sizes(said)[2] + ", 3, " + sizes(said)[3] +
                               "\n[training]\nsteps = 2\nbatch_size = 2\nlearning_rate = 0.1\n[model:plain]\n"
                               "[metric:accuracy]\nevery = 1\n");
  return world.run({"run", "study.ini", "--out", "o"});
}

}  // namespace support
