// A file appears whole or not at all: it is written under another name beside its place and then renamed.
#pragma once
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace pipeline::reports {

inline void write_aside(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path aside = file.string() + ".part";
  std::ofstream out(aside, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(file.string() + " cannot be written");
  std::filesystem::rename(aside, file);
}

}  // namespace pipeline::reports
