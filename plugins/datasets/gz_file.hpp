// Reads a file from start to end, plain or gzipped; every error names the file.
#pragma once
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace pipeline::datasets {

class GzFile {
 public:
  explicit GzFile(const std::filesystem::path& path) : path_(path), file_(nullptr) {
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();  // opening a pipe would wait for a writer
    using enum std::filesystem::file_type;
    if (kind == directory) fail("is a folder, not a file");
    if (kind == fifo) fail("is a pipe, and data is read more than once: save it to a file");
    if (kind == character || kind == block || kind == socket) fail("is a device, not a file");
    file_ = gzopen(path.c_str(), "rb");
    if (!file_) fail(std::string("cannot be opened: ") + std::strerror(errno));
    gzbuffer(file_, 1 << 18);
    length_ = std::filesystem::file_size(path, error);
    if (error) fail("cannot be read: " + error.message());
  }
  ~GzFile() {
    if (file_) gzclose_r(file_);
  }
  GzFile(const GzFile&) = delete;
  GzFile& operator=(const GzFile&) = delete;

  /// Reads up to `count` bytes and returns how many were read: fewer only at the end of an intact file.
  std::size_t read(void* into, std::size_t count) {
    std::size_t have = 0;
    while (have < count) {
      const auto piece = static_cast<unsigned>(std::min<std::size_t>(count - have, 1u << 30));
      const int got = gzread(file_, static_cast<char*>(into) + have, piece);
      if (got > 0) have += static_cast<std::size_t>(got);
      if (got < static_cast<int>(piece)) {  // end of file, or an error
        int code = Z_OK;
        const char* words = gzerror(file_, &code);
        if (code == Z_BUF_ERROR) fail("its gzip data is truncated: fetch the file again");
        if (code == Z_ERRNO) fail(std::string("cannot be read: ") + std::strerror(errno));
        if (code != Z_OK) fail(std::string("its gzip data is damaged (") + words + "): fetch the file again");
        break;
      }
    }
    return have;
  }

  /// An upper bound on the bytes that can be read: a gzipped byte unpacks to at most 1032.
  std::size_t most() { return gzdirect(file_) ? length_ : length_ * 1032; }

  [[noreturn]] void fail(const std::string& what) const {
    if (file_) {
      gzclose_r(file_);
      file_ = nullptr;
    }
    throw std::runtime_error(path_.string() + ": " + what);
  }

 private:
  std::filesystem::path path_;
  mutable gzFile file_;
  std::size_t length_ = 0;
};

}  // namespace pipeline::datasets
