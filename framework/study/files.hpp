// Files and folders of a run: nothing of an earlier run is ever touched, nothing half-written gets its final name.
#pragma once
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace pipeline::study {

/// Calls write(temporary name beside it), syncs, renames. On an exception the temporary file is removed.
void write_aside(const std::filesystem::path& target, const std::function<void(const std::filesystem::path&)>& write);
void write_text(const std::filesystem::path& target, const std::string& text);

/// runs/<name>/<UTC time>-<hash>, with -2, -3 ... added where it is taken; `latest` beside it points to the newest.
/// With `out` that folder instead: it must be empty or not exist. Throws std::runtime_error saying what to do.
std::filesystem::path make_run_folder(const std::string& name, const std::string& hash,
                                      const std::filesystem::path& out);

/// A file that only grows. A write that fails (disk full) throws std::runtime_error naming the file.
class AppendFile {
 public:
  explicit AppendFile(std::filesystem::path path);
  void append(const std::string& text);

 private:
  std::filesystem::path path_;
  std::ofstream out_;
};

/// "20261123T215901Z" and "2026-11-23T21:59:01Z"
std::string utc_for_names();
std::string utc_for_reading();

}  // namespace pipeline::study
