#include "plugins/memory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/dll/runtime_symbol_info.hpp>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/sha256.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Relative folders do not count, says the XDG specification.
fs::path folder() {
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && fs::path(xdg).is_absolute())
    return fs::path(xdg) / "pipeline/probed";
  if (const char* home = std::getenv("HOME"); home && fs::path(home).is_absolute())
    return fs::path(home) / ".cache/pipeline/probed";
  return {};
}

/// One file a library, named by the SHA-256 of its path. Its path stands in it too, so two of one name only forget.
fs::path file_of(const fs::path& library) {
  const std::string path = library.string();
  data::Sha256 sum;
  sum.add(path.data(), path.size());
  return folder() / (library.stem().string() + "-" + sum.hex().substr(0, 16) + ".json");
}

/// What tells that a file is another than it was.
json stamp(const fs::path& file) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0) return nullptr;
  return {{"path", file.string()},
          {"size", s.st_size},
          {"mtime_ns", std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec},
          {"inode", s.st_ino},
          {"device", s.st_dev}};
}

fs::path engine() { return boost::dll::this_line_location().string(); }

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc)};
}

}  // namespace

std::optional<Verdict> recall(const fs::path& library) try {
  const fs::path home = folder();
  std::ifstream in(file_of(library));
  if (home.empty() || !in) return {};
  const json known = json::parse(in);
  if (known.at("library") != stamp(library) || known.at("engine") != stamp(engine())) return {};
  const json& refused = known.at("refused");
  if (refused.is_null()) return Verdict{};
  if (known.at("seconds").get<double>() < probe_seconds()) return {};
  Refusal why{refused.at("cause"), refused.at("details"), refused.at("remedy")};
  why.details.push_back("found on " + known.at("tried").get<std::string>() +
                        ", remembered until the file changes or `pipeline plugins doctor` tries it again");
  return Verdict{why, {}, true};
} catch (const std::exception&) {
  return {};  // half a file, or another version's
}

void remember(const fs::path& library, const Verdict& verdict) noexcept try {
  const fs::path home = folder(), file = file_of(library);
  if (home.empty()) return;
  std::error_code ignored;
  if (!verdict.lasting) {
    fs::remove(file, ignored);
    return;
  }
  json refused;
  if (verdict.refusal)
    refused = {
        {"cause", verdict.refusal->cause}, {"details", verdict.refusal->details}, {"remedy", verdict.refusal->remedy}};
  const json known = {{"library", stamp(library)},
                      {"engine", stamp(engine())},
                      {"tried", now()},
                      {"seconds", probe_seconds()},
                      {"refused", refused}};
  // Aside and renamed: of two programs at once the last one counts, and nobody reads half a file.
  fs::create_directories(home, ignored);
  const fs::path aside = file.string() + "." + std::to_string(::getpid());
  {
    std::ofstream out(aside);
    out << known.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
    if (!out.flush()) {
      fs::remove(aside, ignored);
      return;
    }
  }
  fs::rename(aside, file, ignored);
} catch (const std::exception&) {
}

}  // namespace pipeline::plugins
