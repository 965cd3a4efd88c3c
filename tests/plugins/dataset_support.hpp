// Shared by the tests of datasets: IDX files, gzip, and a DataAccess to files by name.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <map>

#include <pipeline/dataset.hpp>

#include "support/load_plugin.hpp"
#include "support/scratch.hpp"

namespace support {

/// The bytes of an IDX file with these sizes, elements and element type.
inline std::string idx_bytes(const std::vector<std::uint32_t>& sizes, const std::string& elements, char type = 8) {
  std::string bytes{'\0', '\0', type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  return bytes + elements;
}

inline std::string gzipped(const std::string& plain) {
  const Scratch scratch;
  const std::string path = (scratch.path() / "x").string();
  gzFile out = gzopen(path.c_str(), "wb");
  gzwrite(out, plain.data(), static_cast<unsigned>(plain.size()));
  gzclose(out);
  return read_file(path);
}

/// Access to `files` by name, on one thread. Keeps the warnings.
class Lent final : public pipeline::DataAccess {
 public:
  std::map<std::string, std::filesystem::path> files;
  std::size_t validation = 0;
  mutable std::vector<std::string> warnings = {};
  std::size_t set_aside() const override { return validation; }
  void warn(const std::string& message) const override { warnings.push_back(message); }
  std::filesystem::path file(const std::string& name) const override { return files.at(name); }
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override {
    for (std::size_t i = 0; i < n; ++i) body(i);
  }
};

}  // namespace support
