#include "results/run_folder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <tuple>

#include "base/atomic_file.hpp"
#include "base/utc.hpp"

namespace pipeline::results {
namespace fs = std::filesystem;

namespace {

/// Where the files of another run are copied to before they get their names.
constexpr const char* kCopy = ".copied-run.part";

[[noreturn]] void cannot_create(const fs::path& folder, const std::error_code& error) {
  throw std::runtime_error("cannot create the run folder " + folder.string() + ": " + error.message() +
                           "\n  run from another folder, or name a place for the results: --out DIR");
}

void create(const fs::path& folder) {
  std::error_code error;
  if (!fs::create_directories(folder, error) && error) cannot_create(folder, error);
}

}  // namespace

bool is_free(const fs::path& folder) {
  std::error_code none;
  return fs::is_empty(folder, none) || (fs::exists(folder / kCopy, none) && !holds_a_run(folder));
}

bool holds_a_run(const fs::path& folder) {
  std::error_code none;
  return fs::exists(RunFolder{folder}.metrics_csv(), none);
}

RunFolder make_run_folder(const std::string& name, const std::string& hash, const fs::path& out) {
  if (!out.empty()) {
    const fs::path folder = fs::absolute(out).lexically_normal();
    std::error_code missing;
    if (fs::exists(folder, missing) && !(fs::is_directory(folder) && is_free(folder)))
      throw std::runtime_error("--out " + out.string() +
                               " is not empty; give a new folder, earlier results are never overwritten");
    create(folder);
    return {folder};
  }
  const fs::path all = fs::absolute(fs::path("runs") / name);
  create(all);
  const std::string wanted = base::utc_now("%Y%m%dT%H%M%SZ") + "-" + hash;
  fs::path folder = all / wanted;
  // create_directory returns whether it created the folder, so two runs started at once get one each.
  std::error_code error;
  for (int n = 2; !fs::create_directory(folder, error); ++n) {
    if (error) cannot_create(folder, error);
    folder = all / (wanted + "-" + std::to_string(n));
  }
  return {folder};
}

namespace {

/// The time at the start of the name, the number at its end (of runs that began in one second), and the whole name.
std::tuple<std::string, unsigned long, std::string> age(const RunFolder& run) {
  const std::string name = run.path.filename().string();
  static const std::regex form(R"((\d{8}T\d{6}Z)-[0-9a-f]+(-(\d{1,9}))?)");
  std::smatch parts;
  if (!std::regex_match(name, parts, form)) return {"", 0, name};
  return {parts[1], parts[3].matched ? std::stoul(parts[3]) : 1, name};
}

}  // namespace

std::vector<RunFolder> runs_of(const std::string& name) {
  std::vector<RunFolder> runs;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::absolute(fs::path("runs") / name), none))
    if (!entry.is_symlink(none) && entry.is_directory(none)) runs.push_back({entry.path()});
  std::ranges::sort(runs, std::greater(), age);
  return runs;
}

namespace {

/// In blocks: nodes.h5 may be larger than memory.
void copy_first_bytes(const fs::path& from, const fs::path& to, std::uintmax_t size) {
  std::ifstream in(from, std::ios::binary);
  if (!in) throw base::FileError("read", from);
  with_advice([&] {
    base::AtomicFile out(to);
    std::string block(1 << 20, '\0');
    for (std::uintmax_t left = size; left > 0;) {
      in.read(block.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(left, block.size())));
      const auto read = static_cast<std::size_t>(in.gcount());
      if (read == 0) throw std::runtime_error(from.string() + " has become shorter while it was copied");
      out.write({block.data(), read});
      left -= read;
    }
    out.commit();
  });
}

void copy_whole(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(from, error);
  if (error) throw std::runtime_error(from.string() + ": cannot be read: " + error.message());
  copy_first_bytes(from, to, size);
}

}  // namespace

void copy_measurements(const RunFolder& from, const RunFolder& to, const fs::path& checkpoint, std::size_t size) {
  const RunFolder part{to.path / kCopy};
  const auto remove_part = [&] {
    std::error_code ignored;
    fs::remove_all(part.path, ignored);
  };
  try {
    remove_part();
    copy_whole(checkpoint, part.checkpoints() / checkpoint.filename());
    if (fs::exists(from.nodes_h5())) copy_whole(from.nodes_h5(), part.nodes_h5());
    copy_first_bytes(from.metrics_csv(), part.metrics_csv(), size);
    create(to.checkpoints());
    fs::rename(part.checkpoints() / checkpoint.filename(), to.checkpoints() / checkpoint.filename());
    if (fs::exists(part.nodes_h5())) fs::rename(part.nodes_h5(), to.nodes_h5());
    fs::rename(part.metrics_csv(), to.metrics_csv());
  } catch (...) {
    remove_part();
    throw;
  }
  remove_part();
}

void remove_temporary_files(const RunFolder& run) {
  std::error_code ignored;
  const auto is_ours = [](const fs::path& file) {  // as base::AtomicFile and NodesWriter name them
    static const std::regex name(R"((.+\.[0-9]+-[0-9]+|nodes\.h5|nodes\.h5\.copy)\.part)");
    return std::regex_match(file.filename().string(), name);
  };
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator at(run.path, ignored), end; at != end && !ignored; at.increment(ignored))
    if (is_ours(at->path())) found.push_back(at->path());
  for (const fs::path& file : found) fs::remove(file, ignored);
}

std::string make_latest(const RunFolder& run) {
  const fs::path name = run.path.filename(), latest = run.path.parent_path() / "latest",
                 aside = run.path.parent_path() / (".latest-" + name.string());
  std::error_code ignored;  // on a file system without links (some network disks) there is no `latest`
  const fs::file_status there = fs::symlink_status(latest, ignored);
  if (fs::exists(there) && !fs::is_symlink(there))
    return latest.string() + " is a " + (fs::is_directory(there) ? "folder" : "file") +
           ", not a link, and does not show this run (were the runs copied by a program that follows links?)" +
           "\n  remove or rename it; the next run then makes the link";
  fs::create_directory_symlink(name, aside, ignored);
  fs::rename(aside, latest, ignored);
  if (ignored) fs::remove(aside, ignored);
  return "";
}

void rethrow_with_advice() {
  try {
    throw;
  } catch (const base::FileError& e) {
    if (!e.no_room()) throw;
    throw std::runtime_error(std::string(e.what()) +
                             "\n  make room there, or name another place for the results: --out DIR");
  }
}

void write_file(const fs::path& target, const std::string& text) {
  with_advice([&] { base::write_file(target, text); });
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code none;
  if (!in || !fs::is_regular_file(file, none)) throw std::runtime_error(file.string() + ": cannot be read");
  try {
    return {std::istreambuf_iterator<char>(in), {}};
  } catch (const std::ios_base::failure& e) {  // thrown by the buffer, whatever exceptions() says
    throw base::FileError("read", file, e.code().value());
  }
}

}  // namespace pipeline::results
