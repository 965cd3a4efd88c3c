// Surroundings for tests of the search for data: a working directory, a home and a data path for one test.
#pragma once
#include <cstdlib>
#include <map>
#include <optional>

#include "base/sha256.hpp"
#include "data/files.hpp"
#include "support/scratch.hpp"

namespace support {

namespace fs = std::filesystem;

/// Sets the working directory and the environment variables; the destructor restores them.
class DataEnvironment {
 public:
  DataEnvironment() : before_(fs::current_path()) {
    set("XDG_DATA_HOME", (scratch.path() / "home").string());
    set("PIPELINE_DATA_PATH", "");
    set("no_proxy", "127.0.0.1");  // a proxy of the machine would answer instead of the test's mirrors
    fs::create_directories(scratch.path() / "work");
    fs::current_path(scratch.path() / "work");
  }
  ~DataEnvironment() {
    fs::current_path(before_);
    for (const auto& [name, value] : saved_)
      if (value)
        setenv(name.c_str(), value->c_str(), 1);
      else
        unsetenv(name.c_str());
  }

  void set(const std::string& name, const std::string& value) {
    const char* old = std::getenv(name.c_str());
    saved_.emplace(name, old ? std::optional<std::string>(old) : std::nullopt);
    setenv(name.c_str(), value.c_str(), 1);
  }

  fs::path home() const { return scratch.path() / "home/pipeline/data"; }

  /// The number of files below the scratch folder whose name contains `part`.
  int count(const std::string& part) const {
    int n = 0;
    for (const auto& entry : fs::recursive_directory_iterator(scratch.path()))
      n += entry.is_regular_file() && entry.path().filename().string().find(part) != std::string::npos;
    return n;
  }

  Scratch scratch;

 private:
  fs::path before_;
  std::map<std::string, std::optional<std::string>> saved_;
};

inline std::string sha256_of_text(const std::string& text) {
  pipeline::base::Sha256 sum;
  sum.add(text.data(), text.size());
  return sum.hex();
}

}  // namespace support
