// The layout of the source tree: each room uses only the rooms below it, and plugins use only the public headers.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

// From the bottom up, as framework/README.md describes them.
const std::vector<std::string> rooms = {"base",      "plugin_api", "plugins",    "config",      "data",
                                        "kernels",   "learning",   "experiment", "measuring",   "results",
                                        "comparing", "running",    "sweep",      "conformance", "cli",
                                        "probe",     "start",      "git",        "mpi"};

struct Include {
  fs::path file;
  std::size_t line;
  std::string what;  // with its quotes or brackets
};

std::vector<Include> includes_below(const fs::path& folder) {
  std::vector<Include> out;
  static const std::regex include(R"(\s*#\s*include\s*([<"][^>"]+[>"]).*)");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    std::ifstream in(entry.path());
    std::string line;
    std::smatch found;
    for (std::size_t n = 1; std::getline(in, line); ++n)
      if (std::regex_match(line, found, include)) out.push_back({entry.path(), n, found[1]});
  }
  return out;
}

std::string place(const Include& i) {
  return fs::relative(i.file, SOURCE_DIR).string() + ":" + std::to_string(i.line) + " includes " + i.what;
}

std::ptrdiff_t level_of(const std::string& room) {
  const auto at = std::ranges::find(rooms, room);
  return at == rooms.end() ? -1 : at - rooms.begin();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(source_tree)

BOOST_AUTO_TEST_CASE(every_folder_of_the_framework_is_a_room) {
  for (const auto& entry : fs::directory_iterator(SOURCE_DIR "/framework")) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name == "include" || name == "cmake" || name == "guide") continue;
    BOOST_TEST(level_of(name) >= 0, name << " is not in the list of rooms; add it to the list in this test");
  }
}

BOOST_AUTO_TEST_CASE(each_room_uses_only_rooms_below_it) {
  std::size_t between_rooms = 0;
  for (const std::string& room : rooms)
    for (const Include& i : includes_below(fs::path(SOURCE_DIR "/framework") / room)) {
      if (i.what.front() != '"') continue;
      const std::string path = i.what.substr(1, i.what.size() - 2), used = path.substr(0, path.find('/'));
      BOOST_TEST(path.find('/') != std::string::npos, place(i) << "; name the room too");
      BOOST_TEST(level_of(used) >= 0, place(i) << ", which is not a room");
      BOOST_TEST(level_of(used) <= level_of(room), place(i) << ", which is in a higher room");
      between_rooms += used != room;
    }
  BOOST_TEST(between_rooms > 100u);  // otherwise nothing was read
}

BOOST_AUTO_TEST_CASE(public_headers_use_public_headers_only) {
  for (const Include& i : includes_below(SOURCE_DIR "/framework/include"))
    BOOST_TEST(i.what.front() == '<', place(i) << "; plugins cannot include the headers of rooms");
}

// A plugin of several files has a folder for them below its own: plugins/reports/page.
BOOST_AUTO_TEST_CASE(a_plugin_uses_public_headers_and_its_own_folder) {
  for (const Include& i : includes_below(SOURCE_DIR "/plugins")) {
    if (i.what.front() != '"') continue;
    const std::string path = i.what.substr(1, i.what.size() - 2);
    BOOST_TEST((!path.starts_with('.') && !path.starts_with('/')), place(i) << ", which is in another folder");
  }
}

// The engine must not depend on any particular plugin.
BOOST_AUTO_TEST_CASE(no_room_names_a_plugin) {
  std::vector<std::string> names;
  for (const char* kind : {"datasets", "regularisers", "optimisers", "metrics", "reports"})
    for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR "/plugins") / kind))
      if (entry.path().extension() == ".cpp") names.push_back('"' + entry.path().stem().string() + '"');
  std::erase(names, "\"loss\"");  // these two are also keys of [training]
  std::erase(names, "\"learning_rate\"");
  BOOST_TEST(names.size() > 50u);
  for (const char* room : {"base", "plugin_api", "plugins", "config", "data", "kernels", "learning", "experiment",
                           "measuring", "results", "running"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR "/framework") / room)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      if (entry.path().filename() == "other_words.cpp") continue;  // some words of other programs are plugins here
      std::ifstream in(entry.path());
      std::string line;
      while (std::getline(in, line)) {
        if (const auto comment = line.find("//"); comment != std::string::npos) line.erase(comment);
        for (const std::string& name : names)
          BOOST_TEST(line.find(name) == std::string::npos, entry.path().string() << " names " << name);
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
