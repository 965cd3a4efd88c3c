// include and drop: the text after them changes the included pipeline.
#include <boost/test/unit_test.hpp>

#include "framework/config_support.hpp"

using namespace pipeline::config;

namespace {
const std::string base =
    "[pipeline]\nname = base\nseed = 1\n[dataset]\nplugin = mnist\nfolder = data\n[model:l2]\n"
    "regularisers = l2\nl2.lambda = 5e-5\n[metric:loss]\nevery = 200\n";
std::string includes(const std::string& rest) { return "[pipeline]\ninclude = base.ini\n" + rest; }
Reading with_base(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return Reading(text, overrides, {{"base.ini", base}});
}
}  // namespace

BOOST_AUTO_TEST_SUITE(config_include)

BOOST_AUTO_TEST_CASE(later_keys_change_the_included_pipeline_one_by_one) {
  const Reading r = with_base(includes("name = mine\n[model:l2]\nl2.lambda = 1\n[model:l1]\nregularisers = l1\n"));
  BOOST_TEST(r.complained() == "");
  BOOST_TEST(flat(r.tree) ==
             "[pipeline]name=mine|seed=1[dataset]plugin=mnist|folder=data[model:l2]regularisers=l2|l2.lambda=1"
             "[metric:loss]every=200[model:l1]regularisers=l1");
  BOOST_TEST(child(*child(r.tree, "pipeline"), "name")->data().value.place.file.str() == (r.path / "a.ini").string());
  BOOST_TEST(child(*child(r.tree, "pipeline"), "seed")->data().value.place.file.str() ==
             (r.path / "base.ini").string());
}

BOOST_AUTO_TEST_CASE(another_plugin_discards_the_included_keys) {
  BOOST_TEST(flat(with_base(includes("[dataset]\nplugin = digits\n")).tree).find("[dataset]plugin=digits[") !=
             std::string::npos);
  BOOST_TEST(flat(with_base(includes("[dataset]\nplugin = mnist\n")).tree).find("[dataset]plugin=mnist|folder=data") !=
             std::string::npos);
  // a section without plugin = uses the plugin that it is named after
  BOOST_TEST(
      flat(with_base(includes("[metric:loss]\nplugin = loss\n")).tree).find("[metric:loss]every=200|plugin=loss") !=
      std::string::npos);
  BOOST_TEST(flat(with_base(includes("[metric:loss]\nplugin = hinge\n")).tree).find("[metric:loss]plugin=hinge") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(drop_removes_included_sections) {
  const Reading r = with_base(includes("drop = model:l2 , metric:loss\n[model:l2]\nregularisers = l1\n"));
  BOOST_TEST(r.complained() == "");
  BOOST_TEST(flat(r.tree) == "[pipeline]name=base|seed=1[dataset]plugin=mnist|folder=data[model:l2]regularisers=l1");
}

BOOST_AUTO_TEST_CASE(includes_nest_and_paths_are_relative_to_the_including_file) {
  const Reading r("[pipeline]\ninclude = sub/b.ini\n", {},
                  {{"sub/b.ini", "[pipeline]\ninclude = ../c.ini\nseed = 2\n"}, {"c.ini", "[pipeline]\nname = c\n"}});
  BOOST_TEST(r.complained() == "");
  BOOST_TEST(flat(r.tree) == "[pipeline]name=c|seed=2");
  BOOST_TEST(child(*child(r.tree, "pipeline"), "name")->data().value.place.file.str() == (r.path / "c.ini").string());
}

BOOST_AUTO_TEST_CASE(complaints) {
  BOOST_TEST(Reading("[pipeline]\ninclude = no.ini\n").complained() ==
             "a.ini:2:11: error: cannot read 'no.ini': No such file or directory\n"
             "    2 | include = no.ini\n"
             "      |           ^~~~~~ the path is relative to the including file");
  BOOST_TEST(Reading("[pipeline]\ninclude =\n").complained() ==
             "a.ini:2:10: error: 'include' is empty\n"
             "    2 | include =\n"
             "      |          ^ give a pipeline file, relative to this one");
  BOOST_TEST(
      Reading("[pipeline]\ninclude = b.ini\n", {}, {{"b.ini", "[pipeline]\ninclude = ./a.ini\n"}}).complained() ==
      "b.ini:2:11: error: include cycle: 'a.ini' is already included\n"
      "    2 | include = ./a.ini\n"
      "      |           ^~~~~~~ a.ini -> b.ini -> a.ini");
  BOOST_TEST(with_base("[pipeline]\nname = x\ninclude = base.ini\n").complained() ==
             "a.ini:3:1: error: 'include' must be the first key of [pipeline]\n"
             "    3 | include = base.ini\n"
             "      | ^~~~~~~ move it to the top; everything after it changes the included pipeline");
  BOOST_TEST(Reading("[pipeline]\ndrop = model:l2\n").complained() ==
             "a.ini:2:1: error: 'drop' without 'include'\n"
             "    2 | drop = model:l2\n"
             "      | ^~~~ 'drop' removes sections of an included file; delete a section of this file instead");
  BOOST_TEST(with_base(includes("drop = model:l2, metrics:loss\n")).complained() ==
             "a.ini:3:18: error: the included file has no section 'metrics:loss' to drop\n"
             "    3 | drop = model:l2, metrics:loss\n"
             "      |                  ^~~~~~~~~~~~ did you mean 'metric:loss'?  (valid: dataset, "
             "metric:loss, model:l2, "
             "pipeline)");
  BOOST_TEST(Reading("[pipeline]\ninclude = b.ini\n[s]\n[s]\n", {}, {{"b.ini", "[s\n"}}).complained() ==
             "a.ini:4:2: error: section [s] appears twice\n"
             "    4 | [s]\n"
             "      |  ^ the first is at a.ini:3\n"
             "b.ini:1:1: error: missing ']'\n"
             "    1 | [s\n"
             "      | ^~");
}

BOOST_AUTO_TEST_CASE(sixteen_files_deep_and_no_deeper) {
  const auto chain = [](std::size_t length) {
    std::vector<std::pair<std::string, std::string>> files;
    for (std::size_t i = 1; i <= length; ++i)
      files.emplace_back("f" + std::to_string(i) + ".ini",
                         i < length ? "[pipeline]\ninclude = f" + std::to_string(i + 1) + ".ini\n" : "[s]\nk = 1\n");
    return files;
  };
  const std::string start = "[pipeline]\ninclude = f1.ini\n";
  const Reading deep(start, {}, chain(16));
  BOOST_TEST(deep.complained() == "");
  BOOST_TEST(flat(deep.tree) == "[s]k=1[pipeline]");
  BOOST_TEST(Reading(start, {}, chain(17)).complained() ==
             "f16.ini:2:11: error: more than 16 files include each other\n"
             "    2 | include = f17.ini\n"
             "      |           ^~~~~~~ put what they have in common into one file");
  // Thousands take no longer: no file beyond the limit is opened.
  BOOST_TEST(Reading(start, {}, chain(2000)).complaints.count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
