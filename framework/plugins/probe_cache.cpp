#include "plugins/probe_cache.hpp"

#include <sys/stat.h>

#include <boost/dll/runtime_symbol_info.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "base/search_paths.hpp"
#include "base/sha256.hpp"
#include "base/utc.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path folder() {
  const fs::path home = base::cache_home();
  return home.empty() ? home : home / "pipeline/probed";
}

/// One file per library, named after the SHA-256 of its path. It contains the path too: a collision only costs a probe.
fs::path file_of(const fs::path& library) {
  const std::string path = library.string();
  base::Sha256 sum;
  sum.add(path.data(), path.size());
  return folder() / (library.stem().string() + "-" + sum.hex().substr(0, 16) + ".json");
}

fs::path engine() { return boost::dll::this_line_location().string(); }

}  // namespace

json stamp_of(const fs::path& file) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0) return nullptr;
  return {{"path", file.string()},
          {"size", s.st_size},
          {"mtime_ns", std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec},
          {"inode", s.st_ino},
          {"device", s.st_dev}};
}

std::optional<ProbeResult> recall(const fs::path& library) try {
  const fs::path home = folder();
  std::ifstream in(file_of(library));
  if (home.empty() || !in) return {};
  const json known = json::parse(in);
  if (known.at("library") != stamp_of(library) || known.at("engine") != stamp_of(engine())) return {};
  const json& refused = known.at("refused");
  if (refused.is_null()) return ProbeResult{};
  if (known.at("seconds").get<double>() < probe_seconds()) return {};
  Refusal why{refused.at("cause"), refused.at("details"), refused.at("remedy")};
  why.details.push_back("found on " + known.at("tried").get<std::string>() +
                        ", remembered until the file changes or `pipeline plugins doctor` probes it again");
  return ProbeResult{why, {}, true};
} catch (const std::exception&) {
  return {};  // a truncated file, or one of another version
}

void remember(const fs::path& library, const json& stamp, const ProbeResult& result) noexcept try {
  const fs::path home = folder(), file = file_of(library);
  if (home.empty()) return;
  std::error_code ignored;
  if (!result.lasting) {
    fs::remove(file, ignored);
    return;
  }
  json refused;
  if (result.refusal)
    refused = {
        {"cause", result.refusal->cause}, {"details", result.refusal->details}, {"remedy", result.refusal->remedy}};
  const json known = {{"library", stamp},
                      {"engine", stamp_of(engine())},
                      {"tried", base::utc_now("%Y-%m-%d %H:%M UTC")},
                      {"seconds", probe_seconds()},
                      {"refused", refused}};
  base::write_file(file, known.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
} catch (const std::exception&) {
}

}  // namespace pipeline::plugins
