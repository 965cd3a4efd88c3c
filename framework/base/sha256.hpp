// SHA-256 of data in pieces, or of a whole file.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace pipeline::base {

class Sha256 {
 public:
  Sha256();
  void add(const void* bytes, std::size_t count);
  void add(std::string_view text) { add(text.data(), text.size()); }
  /// 64 lower-case hexadecimal digits. Call once, after the last add().
  std::string hex();
  /// The digits of what was added so far; more may follow.
  std::string hex_so_far() const;

 private:
  std::unique_ptr<void, void (*)(void*)> context_;
};

/// Throws FileError if the file cannot be read.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace pipeline::base
