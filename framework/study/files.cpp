#include "study/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <system_error>

namespace pipeline::study {
namespace fs = std::filesystem;

namespace {

std::string utc(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  const int error = errno;
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw std::runtime_error(what + " " + path.string() + ": " + std::generic_category().message(error) +
                           (full ? "\n  make room there, or name another place for the results: --out DIR" : ""));
}

[[noreturn]] void cannot_create(const fs::path& folder, const std::error_code& error) {
  throw std::runtime_error("cannot create the run folder " + folder.string() + ": " + error.message() +
                           "\n  run from another folder, or name a place for the results: --out DIR");
}

void create(const fs::path& folder) {
  std::error_code error;
  if (!fs::create_directories(folder, error) && error) cannot_create(folder, error);
}

}  // namespace

std::string utc_for_names() { return utc("%Y%m%dT%H%M%SZ"); }
std::string utc_for_reading() { return utc("%Y-%m-%dT%H:%M:%SZ"); }

void write_aside(const fs::path& target, const std::function<void(const fs::path&)>& write) {
  const fs::path aside = target.string() + ".part";
  try {
    write(aside);
    const int file = ::open(aside.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || ::fsync(file) != 0) fail("cannot write", aside);
    ::close(file);
    fs::rename(aside, target);
  } catch (...) {
    std::error_code ignored;
    fs::remove(aside, ignored);
    throw;
  }
}

void write_text(const fs::path& target, const std::string& text) {
  write_aside(target, [&](const fs::path& aside) {
    std::ofstream out(aside, std::ios::binary);
    if (!(out << text) || !out.flush()) fail("cannot write", aside);
  });
}

fs::path make_run_folder(const std::string& name, const std::string& hash, const fs::path& out) {
  if (!out.empty()) {
    const fs::path folder = fs::absolute(out).lexically_normal();
    std::error_code missing;
    if (fs::exists(folder, missing) && !(fs::is_directory(folder) && fs::is_empty(folder)))
      throw std::runtime_error("--out " + out.string() +
                               " is not empty; give a new folder, earlier results are never overwritten");
    create(folder);
    return folder;
  }
  const fs::path all = fs::absolute(fs::path("runs") / name);
  create(all);
  const std::string wanted = utc_for_names() + "-" + hash;
  fs::path folder = all / wanted;
  // create_directory tells whether it made the folder, so two runs started at once get one each.
  std::error_code error;
  for (int n = 2; !fs::create_directory(folder, error); ++n) {
    if (error) cannot_create(folder, error);
    folder = all / (wanted + "-" + std::to_string(n));
  }
  const fs::path aside = all / (".latest-" + folder.filename().string()), latest = all / "latest";
  std::error_code ignored;  // a folder without links (some network disks) still holds the run
  fs::create_directory_symlink(folder.filename(), aside, ignored);
  fs::rename(aside, latest, ignored);
  return folder;
}

AppendFile::AppendFile(fs::path path) : path_(std::move(path)) {
  // O_EXCL: of two runs started with one --out, the second fails here instead of writing between the first one's rows.
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0 && errno == EEXIST)
    throw std::runtime_error("another run has just begun in " + path_.parent_path().string() +
                             "\n  give each run a folder of its own: --out DIR");
  if (file < 0) fail("cannot create", path_);
  ::close(file);
  out_.open(path_, std::ios::binary | std::ios::app);
  if (!out_) fail("cannot create", path_);
}

void AppendFile::append(const std::string& text) {
  if (!(out_ << text) || !out_.flush()) fail("cannot write", path_);
}

}  // namespace pipeline::study
