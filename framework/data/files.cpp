#include "data/files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

#include "data/advice.hpp"
#include "data/download.hpp"
#include "data/part_file.hpp"
#include "data/sha256.hpp"

namespace pipeline::data {
namespace fs = std::filesystem;
namespace {

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Verdict examine(const std::string& dataset, const DataFile& file) {
  Verdict verdict{file.name, State::missing, {}, {}, file.sha256};
  const bool zipped = file.name.ends_with(".gz");
  const std::string plain = zipped ? file.name.substr(0, file.name.size() - 3) : file.name;
  for (const fs::path& folder : search_folders()) {
    const fs::path named = folder / dataset / file.name, unzipped = folder / dataset / plain;
    if (!is_file(named) && !is_file(unzipped)) continue;
    const bool as_named = is_file(named);
    verdict.path = as_named ? named : unzipped;
    verdict.sha256 = sha256_of(verdict.path);
    if (!as_named || file.sha256.empty())
      verdict.state = State::unpinned;
    else
      verdict.state = verdict.sha256 == file.sha256 ? State::good : State::wrong;
    break;
  }
  return verdict;
}

std::string beginning_of(const fs::path& path) {
  std::string bytes(16, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// Why these bytes are not the file, or nothing.
std::string complaint_about(const DataFile& file, const Downloaded& got) {
  const std::string page =
      looks_like_web_page(got.beginning) ? "sent a web page (it begins with '<'), not the file" : "";
  if (!file.sha256.empty()) {
    if (got.sha256 == file.sha256) return "";
    return (page.empty() ? "sent another file" : page) + ": SHA-256 " + got.sha256 + ", expected " + file.sha256;
  }
  // Nothing is pinned: at least what should be gzip must be gzip.
  if (file.name.ends_with(".gz") && !got.beginning.starts_with("\x1f\x8b"))
    return page.empty() ? "sent something that is not gzip" : page;
  return "";
}

class Fetcher {
 public:
  Fetcher(const std::string& dataset, const FetchOptions& options)
      : options_(options), landing_(landing_folder(dataset)) {}

  /// Nothing where no mirror delivered; tried() then says why.
  std::optional<Located> fetch(const DataFile& file) {
    for (const std::string& mirror : in_order(file.mirrors)) {
      const std::string url = mirror + (mirror.ends_with('/') ? "" : "/") + file.name;
      try {
        PartFile part(landing_ / file.name);
        const Downloaded got = download(url, part, options_.patience, [&](std::uint64_t have, std::uint64_t total) {
          if (options_.progress) options_.progress(file.name, have, total);
        });
        if (const std::string complaint = complaint_about(file, got); !complaint.empty()) throw MirrorFailed(complaint);
        part.finish();
        return Located{file.name, landing_ / file.name, got.sha256, url};
      } catch (const MirrorFailed& failure) {
        tried_.push_back(url + "\n      " + failure.what());
        failed_.insert(mirror);
      } catch (const DataError& failure) {  // the disk, not the mirror: no other mirror would help
        tried_.push_back(failure.what());
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  const std::vector<std::string>& tried() const { return tried_; }

 private:
  /// A mirror that failed before is asked last, so that a dead one costs its timeout once, not once a file.
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

std::vector<Verdict> verify(const std::string& dataset, const std::vector<DataFile>& files) {
  std::vector<Verdict> verdicts;
  for (const DataFile& file : files) verdicts.push_back(examine(dataset, file));
  return verdicts;
}

std::vector<Located> locate(const std::string& dataset, const std::vector<DataFile>& files,
                            const FetchOptions& options) {
  const std::vector<Verdict> verdicts = verify(dataset, files);
  std::string wrong;
  std::vector<std::string> missing;
  for (const Verdict& v : verdicts) {
    if (v.state == State::wrong) wrong += wrong_hash(v, looks_like_web_page(beginning_of(v.path)));
    if (v.state == State::missing) missing.push_back(v.name);
  }
  if (!wrong.empty()) throw DataError(wrong.substr(0, wrong.size() - 1));

  std::vector<Located> located;
  Fetcher fetcher(dataset, options);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Verdict& v = verdicts[i];
    if (v.state != State::missing) {
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
