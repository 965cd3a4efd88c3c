// Reads a file from start to end, plain or gzipped; every error names the file.
//
// A gzipped file may unpack to 256 MB, or to 100 times its size if that is more. Large tables and images shrink by less;
// a file that unpacks to more was probably made to fill the memory: 1 MB can unpack to 1 GB.
#pragma once
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

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
    if (!file_) fail("cannot be opened: " + std::generic_category().message(errno));
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
      if (got > 0) have += static_cast<std::size_t>(got), total_ += static_cast<std::size_t>(got);
      if (gzipped() && total_ > allowed()) fail(unpacks_to("more than " + megabytes(static_cast<double>(allowed()))));
      if (got < static_cast<int>(piece)) {  // end of file, or an error
        int code = Z_OK;
        const char* words = gzerror(file_, &code);
        if (code == Z_BUF_ERROR) fail("its gzip data is truncated: fetch the file again");
        if (code == Z_ERRNO) fail("cannot be read: " + std::generic_category().message(errno));
        if (code != Z_OK) fail(std::string("its gzip data is damaged (") + words + "): fetch the file again");
        break;
      }
    }
    return have;
  }

  /// Refuses a file whose own words say that it unpacks to so many bytes, if they are more than it may.
  void must_allow(double bytes) {
    if (gzipped() && bytes > static_cast<double>(allowed())) fail(unpacks_to(megabytes(bytes)));
  }

  /// An upper bound on the bytes that can be read: a gzipped byte unpacks to at most 1032.
  std::size_t most() { return gzipped() ? length_ * 1032 : length_; }

  [[noreturn]] void fail(const std::string& what) const {
    if (file_) {
      gzclose_r(file_);
      file_ = nullptr;
    }
    throw std::runtime_error(path_.string() + ": " + what);
  }

 private:
  bool gzipped() { return !gzdirect(file_); }
  std::size_t allowed() const { return std::max<std::size_t>(256'000'000, 100 * length_); }
  std::string unpacks_to(const std::string& size) const {
    return "its " + std::to_string(length_) + " bytes unpack to " + size +
           ", as those of a file made to fill the memory do; if it is data, unpack it with gunzip and name the "
           "unpacked "
           "file";
  }
  static std::string megabytes(double bytes) { return std::to_string(static_cast<std::uint64_t>(bytes / 1e6)) + " MB"; }

  std::filesystem::path path_;
  mutable gzFile file_;
  std::size_t length_ = 0, total_ = 0;
};

}  // namespace pipeline::datasets
