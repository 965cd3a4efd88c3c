// A temporary folder for one test, and helpers for files and error messages.
#pragma once
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <source_location>
#include <string>

namespace support {

/// A new folder, removed with everything in it by the destructor.
class Scratch {
 public:
  Scratch() {
    static std::atomic<int> counter = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("pipeline_test_" + std::to_string(getpid()) + "_" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file, creates its folders if necessary, and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The message of the exception that `work` throws; empty if it throws none.
std::string message_of(auto&& work) {
  try {
    work();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

/// Checks that `message` contains `part`; a failure shows both, and the caller's line.
inline void check_says(const std::string& message, const std::string& part,
                       std::source_location where = std::source_location::current()) {
  BOOST_CHECK_MESSAGE(message.find(part) != std::string::npos,
                      where.file_name() << ":" << where.line() << ": '" << part << "' is not in: " << message);
}

}  // namespace support
