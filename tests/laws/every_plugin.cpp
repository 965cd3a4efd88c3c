// Every plugin source of this tree becomes a plugin of that name, and has a test file of that name.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

#include "every_plugin.hpp"

using namespace pipeline;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(every_plugin)

// The laws are tried on the plugins found, so finding too few must fail.
BOOST_AUTO_TEST_CASE(every_source_is_found_as_a_plugin_of_its_name) {
  std::size_t sources = 0;
  for (const plugins::PluginKind kind : plugins::kKinds) {
    const auto found = laws::names(kind);
    for (const auto& file :
         fs::directory_iterator(fs::path(SOURCE_DIR "/plugins") / (std::string(plugins::name_of(kind)) + "s"))) {
      if (file.path().extension() != ".cpp") continue;
      ++sources;
      const std::string name = file.path().stem().string();
      BOOST_TEST(std::ranges::count(found, name) == 1, plugins::title(kind, name));
      BOOST_TEST(laws::catalogue().load(kind, name).name == name);
    }
  }
  BOOST_TEST(sources >= 15u);
}

BOOST_AUTO_TEST_CASE(every_source_has_a_test_file_of_its_name) {
  std::set<std::string> tests;
  for (const auto& file : fs::recursive_directory_iterator(SOURCE_DIR "/tests"))
    if (file.path().extension() == ".cpp") tests.insert(file.path().filename().string());
  for (const auto& file : fs::recursive_directory_iterator(SOURCE_DIR "/plugins"))
    if (file.path().extension() == ".cpp" && file.path().parent_path().filename() != "plugins" &&
        file.path().parent_path().filename() != "template")
      BOOST_CHECK_MESSAGE(
          tests.contains(file.path().filename().string()),
          "no test file is called " << file.path().filename() << "; write tests/plugins/" << file.path().filename());
}

BOOST_AUTO_TEST_SUITE_END()
