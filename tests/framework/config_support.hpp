// A folder of pipeline texts, and the result of reading one of them.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "config/tree.hpp"

struct Folder {
  std::filesystem::path path;

  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pipeline_config_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
    return path / name;
  }
  /// Complaints as they are printed, with file names relative to this folder.
  std::string shown(const pipeline::config::Complaints& complaints) const {
    std::string text = pipeline::config::PipelineTextError(complaints.list()).what();
    const std::string prefix = path.string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != text.npos;) text.erase(at, prefix.size());
    return text;
  }
};

/// The whole tree as "[section]key=value|key=value".
inline std::string flat(const pipeline::config::Tree& tree) {
  std::string text;
  for (const auto& [section, keys] : tree) {
    text.append("[").append(section).append("]");
    for (const auto& [key, node] : keys) {
      text.append(&node == &keys.front().second ? "" : "|").append(key).append("=").append(node.data().value.text);
    }
  }
  return text;
}

/// Writes the other files, then a.ini with this text, and reads it.
struct Reading : Folder {
  pipeline::config::Complaints complaints;
  pipeline::config::Tree tree;

  explicit Reading(const std::string& text, const std::vector<std::string>& overrides = {},
                   const std::vector<std::pair<std::string, std::string>>& others = {}) {
    for (const auto& [name, other] : others) write(name, other);
    tree = pipeline::config::read_pipeline(write("a.ini", text), overrides, complaints).tree;
  }
  std::string complained() const { return shown(complaints); }
};
