// What the fuzz targets share. A target gives its input to a reader of the engine; an error of the reader's documented
// kind is a right answer. A crash, another exception, a hang or a gigabyte of memory is a finding.
#pragma once
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// A folder of this process, in memory where the machine has such; removed when the process ends.
class Folder {
 public:
  Folder() {
    std::string name =
        (::access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
        "pipeline_fuzz_XXXXXX";
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path file = path_ / name;
    std::FILE* const out = std::fopen(file.c_str(), "wb");
    if (!out || std::fwrite(bytes.data(), 1, bytes.size(), out) != bytes.size() || std::fclose(out) != 0)
      throw std::logic_error("cannot write " + file.string());
    return file;
  }

 private:
  std::filesystem::path path_;
};

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The parts of an input between lines "====".
inline std::vector<std::string_view> parts_of(std::string_view input) {
  constexpr std::string_view mark = "====\n";
  std::vector<std::string_view> parts;
  for (std::size_t at; (at = input.find(mark)) != input.npos; input.remove_prefix(at + mark.size()))
    parts.push_back(input.substr(0, at));
  parts.push_back(input);
  return parts;
}

/// Calls a reader. It may throw Error, whose message must say something; any other exception passes through.
template <class Error>
void may_throw(auto&& read) {
  try {
    read();
  } catch (const Error& e) {
    if (*e.what() == '\0') throw std::logic_error("an error without a message");
  }
}

}  // namespace fuzz
