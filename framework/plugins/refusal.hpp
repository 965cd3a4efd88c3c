// Why a plugin is not used: the cause first, then the file, then what to do.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::plugins {

struct Refusal {
  std::string cause;
  std::vector<std::string> details;  // lines between the file and the remedy
  std::string remedy;                // may be empty: then only the plugin's author can help

  std::string text(const std::filesystem::path& library) const {
    std::string out = cause + "\n  " + library.string();
    for (const std::string& line : details) out += "\n  " + line;
    return out + (remedy.empty() ? "" : "\n  " + remedy);
  }
};

/// No plugin of that name was found in any folder.
struct UnknownPlugin : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A plugin was found but cannot be used. The message states the cause and the remedy.
struct RefusedPlugin : std::runtime_error {
  using std::runtime_error::runtime_error;
  RefusedPlugin(Refusal refusal, const std::filesystem::path& library)
      : std::runtime_error(refusal.text(library)), why(std::move(refusal)) {}
  Refusal why;
};

}  // namespace pipeline::plugins
