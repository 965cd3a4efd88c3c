#include "data/stamp.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/file_error.hpp"
#include "base/sha256.hpp"

namespace pipeline::data {
namespace fs = std::filesystem;

namespace {

/// "fifo" and its kind, as a user calls them; empty for files and folders, and for what does not exist.
std::string special(const fs::path& path) {
  std::error_code ignored;
  switch (fs::status(path, ignored).type()) {
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::character:
    case fs::file_type::block:
      return "a device";
    default:
      return "";
  }
}

std::string state_of(const fs::path& file) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0) throw base::FileError("read", file);
  std::string text;
  for (const auto part :
       {static_cast<long long>(s.st_dev), static_cast<long long>(s.st_ino), static_cast<long long>(s.st_size),
        static_cast<long long>(s.st_mtim.tv_sec), static_cast<long long>(s.st_mtim.tv_nsec)})
    text += std::to_string(part) + " ";
  return text;
}

/// The regular files below a folder, in order of their names. Links to folders are not followed: they may form a cycle.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Stamp stamp_of_folder(const fs::path& folder) {
  Stamp stamp{folder, "", ""};
  base::Sha256 sum;
  for (const fs::path& file : files_below(folder)) {
    stamp.state += state_of(file);
    sum.add(file.lexically_relative(folder).string() + '\0' + base::sha256_of(file) + '\n');
  }
  stamp.sha256 = sum.hex();
  return stamp;
}

}  // namespace

void refuse_special_files(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths)
    if (const std::string what = special(path); !what.empty())
      throw std::runtime_error(path.string() + ": is " + what +
                               ", not a file: write its contents to a file, and name that");
}

std::vector<Stamp> stamps_of(const std::vector<fs::path>& paths) {
  std::vector<Stamp> stamps;
  for (const fs::path& path : paths) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
      const std::string state = state_of(path);  // before the hash, so that a change in between shows
      stamps.push_back({path, base::sha256_of(path), state});
    } else if (fs::is_directory(path, ignored)) {
      stamps.push_back(stamp_of_folder(path));
    }
  }
  return stamps;
}

}  // namespace pipeline::data
