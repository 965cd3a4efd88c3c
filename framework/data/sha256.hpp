// SHA-256, piece by piece or of a whole file.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include <pipeline/network.hpp>

namespace pipeline::data {

class PIPELINE_API Sha256 {
 public:
  Sha256();
  void add(const void* bytes, std::size_t count);
  /// 64 lower-case hexadecimal digits; ends the sum.
  std::string hex();

 private:
  std::unique_ptr<void, void (*)(void*)> context_;
};

/// Throws DataError where the file cannot be read.
PIPELINE_API std::string sha256_of(const std::filesystem::path& file);

}  // namespace pipeline::data
