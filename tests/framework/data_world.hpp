// A small world to look for data in: a working directory, a home and a data path of the test's own.
#pragma once
#include <cstdlib>
#include <map>
#include <optional>

#include "data/files.hpp"
#include "data/sha256.hpp"
#include "support/scratch.hpp"

namespace support {

namespace fs = std::filesystem;

class World {
 public:
  World() : before_(fs::current_path()) {
    set("XDG_DATA_HOME", (scratch.path() / "home").string());
    set("PIPELINE_DATA_PATH", "");
    set("no_proxy", "127.0.0.1");  // a proxy of the machine's would answer in the place of our mirrors
    fs::create_directories(scratch.path() / "work");
    fs::current_path(scratch.path() / "work");
  }
  ~World() {
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

  /// How many files lie below the scratch folder whose name holds this.
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
  pipeline::data::Sha256 sum;
  sum.add(text.data(), text.size());
  return sum.hex();
}

}  // namespace support
