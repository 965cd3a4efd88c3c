// A pipeline that is written out and read again is the same pipeline.
#include <boost/test/unit_test.hpp>
#include <random>

#include "framework/config_support.hpp"

using namespace pipeline::config;

namespace {

std::vector<ResolvedSection> resolved(const Tree& tree) {
  std::vector<ResolvedSection> sections;
  for (const auto& [name, keys] : tree) {
    sections.push_back({name, {}});
    for (const auto& [key, node] : keys)
      sections.back().settings.push_back({key, node.data().value.text, "", false, {}});
  }
  return sections;
}

void check_reads_back(const std::vector<ResolvedSection>& sections) {
  for (const bool with_origin : {false, true}) {
    const std::string text = as_ini(sections, with_origin);
    const Reading again(text);
    BOOST_TEST(again.complained() == "");
    BOOST_TEST(as_ini(resolved(again.tree), false) == as_ini(sections, false));
    for (const ResolvedSection& section : sections)
      for (const Setting& s : section.settings)
        BOOST_TEST(child(*child(again.tree, section.name), s.key)->data().value.text == s.value);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_ini)

BOOST_AUTO_TEST_CASE(sections_settings_and_origins) {
  const std::vector<ResolvedSection> sections = {
      {"training", {{"steps", "100001", "mnist_snr.ini:12", false, {}}, {"loss", "softmax", "default", false, {}}}},
      {"model:noreg", {}},
      {"model:l2",
       {{"l2.lambda", "5e-05", "default of l2", false, {}}, {"title", "größe", "command line", false, {}}}}};
  BOOST_TEST(as_ini(sections, false) ==
             "[training]\nsteps = 100001\nloss = softmax\n\n[model:noreg]\n\n[model:l2]\nl2.lambda = 5e-05\n"
             "title = größe\n");
  BOOST_TEST(as_ini(sections, true) ==
             "[training]\nsteps = 100001  # mnist_snr.ini:12\nloss = softmax  # "
             "default\n\n[model:noreg]\n\n[model:l2]\n"
             "l2.lambda = 5e-05  # default of l2\ntitle = größe      # command line\n");
  BOOST_TEST(as_ini({}, true) == "");
}

BOOST_AUTO_TEST_CASE(odd_values_read_back) {
  std::vector<Setting> settings;
  for (const char* value :
       {"",       " ",   "\t", " x", "x ",   "x\t",   ";",     "#",      ";x",   "# x",       "a ; b",
        "a\t# b", "a;b", "\"", "\\", "\\\\", "\"x\"", "a\"b",  "\\\"",   "a \\", "{",         "}",
        "{1,2}",  "[s]", "]",  "=",  "= x",  "a = b", "größe", "\uFFFD", "🂡 ",   "日本語 # x"})
    settings.push_back({std::string("k").append(std::to_string(settings.size())), value, "a # b \"c\"", false, {}});
  settings.push_back({"long", std::string(100000, 'x'), "default", false, {}});
  check_reads_back({{"s", settings}});
}

BOOST_AUTO_TEST_CASE(random_values_read_back) {
  std::mt19937 random(20240607);  // any seed will do; a fixed one makes failures reproducible
  const std::vector<std::string> pieces = {" ", "\t", ";", "#", "\"", "\\", "{", "}",
                                           "[", "]",  "=", ".", "a",  "0",  "é", "\uFFFD"};
  for (int round = 0; round < 20; ++round) {
    std::vector<Setting> settings;
    for (int i = 0; i < 50; ++i) {
      std::string value;
      for (auto length = random() % 8; length > 0; --length) value += pieces[random() % pieces.size()];
      settings.push_back({"k." + std::to_string(i), value, "default", false, {}});
    }
    check_reads_back({{"s", settings}, {"kind:name", {}}});
  }
}

BOOST_AUTO_TEST_CASE(a_value_with_a_newline_is_refused) {
  BOOST_CHECK_THROW(as_ini({{"s", {{"k", "a\nb", "default", false, {}}}}}, false), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
