// Laws for plugins of every kind: what each says of itself holds, and a test file bears its name.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>

#include "every_plugin.hpp"

using namespace pipeline;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(every_plugin)

// The other laws range over what is found here, so finding little must not pass.
BOOST_AUTO_TEST_CASE(every_source_is_found_as_a_plugin_of_its_name) {
  std::size_t sources = 0;
  for (const std::string& kind : plugins::kinds()) {
    const auto found = laws::names(kind);
    for (const auto& file : fs::directory_iterator(fs::path(SOURCE_DIR "/plugins") / (kind + "s"))) {
      if (file.path().extension() != ".cpp") continue;
      ++sources;
      BOOST_TEST(std::ranges::count(found, file.path().stem().string()) == 1, kind + " " + file.path().stem().string());
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

BOOST_AUTO_TEST_CASE(says_what_it_is) {
  laws::each_plugin([](const std::string& kind, const std::string& name, const Parameters&) {
    const plugins::Loaded& plugin = laws::catalogue().load(kind, name);
    BOOST_TEST_CONTEXT(kind << " " << name) {
      BOOST_TEST(plugin.name == name);
      BOOST_TEST(plugin.summary.size() > 10u);
      BOOST_TEST(!plugin.summary.ends_with('.'));  // a phrase in a list, not a sentence
      BOOST_TEST(!plugin.version.empty());
    }
  });
}

BOOST_AUTO_TEST_CASE(parameters_are_described_and_take_their_own_defaults) {
  laws::each_plugin([](const std::string& kind, const std::string& name, const Parameters& parameters) {
    std::set<std::string> seen;
    for (const Parameter& p : parameters.all()) BOOST_TEST_CONTEXT(kind << " " << name << "." << p.name) {
        BOOST_TEST(seen.insert(p.name).second, "declared twice");
        BOOST_TEST(p.name != "plugin");  // these keys are the engine's
        BOOST_TEST(p.name != "layers");
        BOOST_TEST(p.name != "biases");
        BOOST_TEST(p.meaning.size() > 5u);
        if (p.required) continue;
        BOOST_TEST(p.set(p.initial).value_or("") == "");
        BOOST_TEST(p.get() == p.initial);  // written and read back, nothing is lost
      }
  });
}

BOOST_AUTO_TEST_CASE(the_neutral_value_is_taken) {
  laws::each_plugin([](const std::string& kind, const std::string& name, const Parameters& parameters) {
    for (const Parameter& p : parameters.all())
      if (!p.neutral_value.empty()) BOOST_TEST_CONTEXT(kind << " " << name << "." << p.name) {
          BOOST_TEST(p.set(p.neutral_value).value_or("") == "");
          BOOST_TEST(p.get() == p.neutral_value);
        }
  });
}

BOOST_AUTO_TEST_CASE(garbage_and_values_out_of_range_are_refused_and_change_nothing) {
  laws::each_plugin([](const std::string& kind, const std::string& name, const Parameters& parameters) {
    for (const Parameter& p : parameters.all()) BOOST_TEST_CONTEXT(kind << " " << name << "." << p.name) {
        std::vector<std::string> refused;
        if (p.type == "number" || p.type == "whole number") refused = {"nan", "1,5", "x", "1 2", "", "0x1p3"};
        if (p.type == "whole number") refused.insert(refused.end(), {"-1", "1.5", "1e3", "99999999999999999999999"});
        if (p.type == "whole numbers") refused = {"1,,2", "x", "-1", "1.5"};
        if (p.type == "choice" || p.type == "yes or no") refused = {"", "nonsense", "YES"};
        if (p.type == "words") refused = {"a,,b"};
        // The range in words, "0 < x <= 1": its finite ends tell what lies outside.
        if (p.type == "number" && p.range.find("x <") != std::string::npos && !p.range.ends_with("inf"))
          refused.push_back("1e30");
        if (p.type == "number" && (p.range.starts_with("0 <") || p.range.starts_with("x >")))
          refused.push_back("-1e30");
        const std::string before = p.get();
        for (const std::string& text : refused)
          BOOST_CHECK_MESSAGE(p.set(text).has_value(), "'" << text << "' was taken for " << p.type << " " << p.range);
        BOOST_TEST(p.get() == before);
      }
  });
}

BOOST_AUTO_TEST_SUITE_END()
