// `pipeline plugins doctor`: every library file of the search path, accepted, refused or passed over, and why.
#include <nlohmann/json.hpp>

#include "support/bench.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// What it says of the files in the bench's own folder.
std::string own_part(const Bench& bench, const Said& said) {
  const std::string text = bench.tidy(said.out);
  const std::size_t end = text.find("\n<build>/lib/pipeline/plugins/");
  return text.substr(0, end) + "\n";
}

json entry(const json& all, const std::string& name) {
  for (const json& library : all["libraries"])
    if (fs::path(library["path"].get<std::string>()).filename() == name) return library;
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_AUTO_TEST_CASE(all_is_well_with_what_is_shipped) {
  const World world;
  const Said said = world.run({"plugins", "doctor"});
  check_exit(said, 0);
  check_says(world.tidy(said.out), "<build>/lib/pipeline/plugins/l2.so\n  accepted: regulariser l2\n");
  check_says(said.out, "\nnothing is refused of ");
  const json j = json::parse(world.run({"plugins", "doctor", "--json"}).out);
  BOOST_TEST((j["ok"] == true));
  BOOST_TEST((entry(j, "l2.so")["verdict"] == "accepted"));
}

BOOST_AUTO_TEST_CASE(every_file_is_explained) {
  const Bench bench;
  bench.put(libraries / "crashes_making.so");
  bench.put(libraries / "missing_symbol.so");
  bench.put(libraries / "refused.so");
  bench.put(shipped / "l2.so");
  bench.put(BUILD_DIR "/lib/libpipeline.so", "stranger.so");
  bench.write("plugins/text.so", "not a library");
  bench.write("plugins/notes.txt", "not even called one");
  fs::create_directories(bench.here / "plugins/folder.so");
  fs::create_symlink("nowhere", bench.here / "plugins/dangling.so");
  const Said said = bench.with({"plugins", "doctor"});
  check_exit(said, 3);
  std::string text = own_part(bench, said);
  // The layout of this build stands in the middle of other_build's refusal.
  const std::size_t from = text.find("    program: C++ ABI"), to = text.find("    build it again with the program's");
  BOOST_TEST_REQUIRE((from < to && to != std::string::npos));
  text.replace(from, to - from, "    program: ...\n");
  check_text(text, R"(<here>/plugins/crashes_making.so
  refused: regulariser 'harms' crashes while it is made (SIGSEGV, Segmentation fault)
    mend the plugin or take its library away
    with it goes regulariser harms
    with it goes regulariser neighbour
<here>/plugins/dangling.so
  passed over: it cannot be read: No such file or directory
<here>/plugins/folder.so
  passed over: it is a folder
<here>/plugins/l2.so
  refused: regulariser 'l2' is also in <build>/lib/pipeline/plugins/l2.so
    remove or rename one, or leave its folder out of the search
<here>/plugins/missing_symbol.so
  refused: the library cannot be loaded: undefined symbol: gone::function_that_nobody_has(int)
    build it again, against this program
    with it goes regulariser missing_symbol
<here>/plugins/refused.so
  refused: regulariser 'makes_nothing' cannot be made: its library returns no object
  refused: regulariser 'other_build' was built with another layout of C++ objects
    plugin:  C++ ABI other, pointers 4
             OldC 1.0
    program: ...
    build it again with the program's compiler and libraries
  refused: regulariser 'other_contract' was built for plugin contract 999, this program has contract 5
    build it again, against this program's headers
<here>/plugins/stranger.so
  passed over: it is a library, but holds no plugin
<here>/plugins/text.so
  passed over: it is no library that can be read
)");
  check_says(bench.tidy(said.out),
             "<build>/lib/pipeline/plugins/l2.so\n  refused: regulariser 'l2' is also in <here>/plugins/l2.so\n");
  check_says(said.out, "\n5 of ");

  const Said as_json = bench.with({"plugins", "doctor", "--json"});
  check_exit(as_json, 3);
  const json j = json::parse(as_json.out);
  BOOST_TEST((j["ok"] == false));
  BOOST_TEST((entry(j, "text.so")["verdict"] == "passed over"));
  BOOST_TEST((entry(j, "text.so")["passed_over"] == "is no library that can be read"));
  const json made = entry(j, "crashes_making.so"), refused = entry(j, "refused.so");
  BOOST_TEST((made["verdict"] == "refused"));
  BOOST_TEST(
      (made["refused"]["cause"] == "regulariser 'harms' crashes while it is made (SIGSEGV, Segmentation fault)"));
  BOOST_TEST((made["plugins"].size() == 2u && made["plugins"][1]["accepted"] == false));
  BOOST_TEST((refused["verdict"] == "refused" && refused["refused"].is_null()));
  BOOST_TEST((refused["plugins"][2]["refused"]["remedy"] == "build it again, against this program's headers"));
  BOOST_TEST((entry(j, "accuracy.so")["plugins"][0]["accepted"] == true));
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_tried_again) {
  Bench bench;
  bench.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  bench.put(libraries / "hangs_loading.so");
  const Words names_it = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=harms"};
  check_exit(bench.with(names_it), 3);
  check_says(bench.with(names_it).err, "remembered");
  const Said said = bench.with({"plugins", "doctor"});
  check_says(said.out, "refused: the library hangs while it is loaded: no answer within 0.5 s");
  BOOST_TEST(said.out.find("remembered") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
