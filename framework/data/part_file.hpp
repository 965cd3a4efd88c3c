// A file on its way in: it carries a name of its own ending in .part until it is whole, and vanishes if it never is.
#pragma once
#include <cstddef>
#include <filesystem>

namespace pipeline::data {

class PartFile {
 public:
  /// Creates <target>.<something unique>.part, so that two programs fetching the same file do not meet, and
  /// the folder where it is missing. Throws DataError where it cannot.
  explicit PartFile(const std::filesystem::path& target);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  void write(const char* bytes, std::size_t count);
  /// Puts the file under its real name, on the disk before it is visible.
  void finish();

 private:
  std::filesystem::path target_, part_;
  int file_ = -1;
};

}  // namespace pipeline::data
