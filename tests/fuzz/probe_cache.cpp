// A remembered result of a probe. The input is the file; then the same with the stamps of the present library and
// engine, without which nothing else in it is looked at.
#include <fstream>
#include <nlohmann/json.hpp>

#include "fuzz/fuzz.hpp"
#include "plugins/probe_cache.hpp"

namespace {

using namespace pipeline::plugins;
namespace fs = std::filesystem;

/// A library with a remembered result.
struct Remembered {
  fuzz::Folder folder;
  fs::path library = folder.write("x.so", "x"), file;
  nlohmann::json content;

  Remembered() {
    ::setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
    remember(library, stamp_of(library), {});
    file = fs::directory_iterator(folder.path() / "pipeline/probed")->path();
    content = nlohmann::json::parse(std::ifstream(file));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Remembered known;
  ::setenv("XDG_CACHE_HOME", known.folder.path().c_str(), 1);
  const std::string_view text = fuzz::text_of(data, size);
  const auto recalled = [&](std::string_view bytes) {
    known.folder.write("pipeline/probed/" + known.file.filename().string(), bytes);
    recall(known.library);
  };
  recalled(text);
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return 0;
  for (const char* stamp : {"library", "engine"}) json[stamp] = known.content.at(stamp);
  recalled(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return 0;
}
