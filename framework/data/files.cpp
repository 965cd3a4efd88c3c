#include "data/files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

#include "base/sha256.hpp"
#include "data/advice.hpp"
#include "data/download.hpp"

namespace pipeline::data {
namespace fs = std::filesystem;
namespace {

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

FileCheck examine(const std::string& dataset, const DataFile& file) {
  FileCheck check{file.name, FileState::missing, {}, {}, file.sha256};
  const bool zipped = file.name.ends_with(".gz");
  const std::string plain = zipped ? file.name.substr(0, file.name.size() - 3) : file.name;
  for (const fs::path& folder : search_folders()) {
    const fs::path named = folder / dataset / file.name, unzipped = folder / dataset / plain;
    if (!is_file(named) && !is_file(unzipped)) continue;
    const bool as_named = is_file(named);
    check.path = as_named ? named : unzipped;
    try {
      check.sha256 = base::sha256_of(check.path);
    } catch (const base::FileError& e) {
      throw DataError(e.what());
    }
    if (!as_named || file.sha256.empty())
      check.state = FileState::unpinned;
    else
      check.state = check.sha256 == file.sha256 ? FileState::good : FileState::wrong;
    break;
  }
  return check;
}

std::string beginning_of(const fs::path& path) {
  std::string bytes(16, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// Why the download is not the expected file; empty if it is.
std::string complaint_about(const DataFile& file, const Downloaded& got) {
  const std::string page =
      looks_like_web_page(got.beginning) ? "sent a web page (it begins with '<'), not the file" : "";
  if (!file.sha256.empty()) {
    if (got.sha256 == file.sha256) return "";
    return (page.empty() ? "sent a different file" : page) + ": SHA-256 " + got.sha256 + ", expected " + file.sha256;
  }
  // No hash is pinned: at least a .gz file must be gzip.
  if (file.name.ends_with(".gz") && !got.beginning.starts_with("\x1f\x8b"))
    return page.empty() ? "sent something that is not gzip" : page;
  return "";
}

class Fetcher {
 public:
  Fetcher(const std::string& dataset, const FetchOptions& options)
      : options_(options), landing_(landing_folder(dataset)) {}

  /// Nothing if every mirror failed; tried() then lists why.
  std::optional<Located> fetch(const DataFile& file) {
    for (const std::string& mirror : in_order(file.mirrors)) {
      const std::string url = mirror + (mirror.ends_with('/') ? "" : "/") + file.name;
      try {
        base::remove_stale_parts(landing_ / file.name, std::chrono::hours(24));
        base::AtomicFile part(landing_ / file.name);
        const Downloaded got =
            download(url, part, options_.patience, options_.most_bytes, [&](std::uint64_t have, std::uint64_t total) {
              if (options_.progress) options_.progress(file.name, have, total);
            });
        if (const std::string complaint = complaint_about(file, got); !complaint.empty()) throw MirrorFailed(complaint);
        part.commit();
        return Located{file.name, landing_ / file.name, got.sha256, url};
      } catch (const MirrorFailed& failure) {
        tried_.push_back(url + "\n      " + failure.what());
        failed_.insert(mirror);
      } catch (const base::FileError& failure) {  // the disk: another mirror would not help
        tried_.push_back(failure.what());
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  const std::vector<std::string>& tried() const { return tried_; }

 private:
  /// A mirror that failed before is tried last, so that a dead one costs its timeout once, not once per file.
  std::vector<std::string> in_order(std::vector<std::string> mirrors) const {
    std::stable_partition(mirrors.begin(), mirrors.end(), [&](const std::string& m) { return !failed_.contains(m); });
    return mirrors;
  }

  const FetchOptions& options_;
  fs::path landing_;
  std::set<std::string> failed_;
  std::vector<std::string> tried_;
};

}  // namespace

std::vector<FileCheck> verify(const std::string& dataset, const std::vector<DataFile>& files) {
  std::vector<FileCheck> checks;
  checks.reserve(files.size());
  for (const DataFile& file : files) checks.push_back(examine(dataset, file));
  return checks;
}

std::vector<Located> locate(const std::string& dataset, const std::vector<DataFile>& files,
                            const FetchOptions& options) {
  const std::vector<FileCheck> checks = verify(dataset, files);
  std::string wrong;
  std::vector<std::string> missing;
  for (const FileCheck& v : checks) {
    if (v.state == FileState::wrong) wrong += wrong_hash(v, looks_like_web_page(beginning_of(v.path)));
    if (v.state == FileState::missing) missing.push_back(v.name);
  }
  if (!wrong.empty()) throw DataError(wrong.substr(0, wrong.size() - 1));

  std::vector<Located> located;
  Fetcher fetcher(dataset, options);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const FileCheck& v = checks[i];
    if (v.state != FileState::missing) {
      located.push_back({v.name, v.path, v.sha256, v.path.parent_path().string()});
      continue;
    }
    std::optional<Located> fetched;
    if (!options.offline) fetched = fetcher.fetch(files[i]);
    if (!fetched) {
      missing.erase(missing.begin(), std::find(missing.begin(), missing.end(), v.name));
      throw DataError(not_there(dataset, missing, fetcher.tried(), options));
    }
    located.push_back(*fetched);
  }
  return located;
}

}  // namespace pipeline::data
