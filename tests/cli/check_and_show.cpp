// The output and exit code of `check` and `show`.
#include <nlohmann/json.hpp>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(reports_the_result_and_whether_the_data_was_read) {
  const StudyFixture fixture;
  Said said = fixture.run({"check", "study.ini"});
  check_exit(said, 0);
  check_text(said.out,
             "study.ini is fine: 2 models, 30 steps, 1 metric, 0 reports\nits data was not read; --data reads it\n");
  said = fixture.run({"check", "study.ini", "~model:l2", "training.steps=1", "+report:plots", "+metric:loss.every=1"});
  check_text(said.out,
             "study.ini is fine: 1 model, 1 step, 2 metrics, 1 report\nits data was not read; --data reads it\n");
  BOOST_TEST(!fs::exists(fixture.here / "runs"));
}

BOOST_AUTO_TEST_CASE(json_contains_every_complaint) {
  const StudyFixture fixture;
  Said said = fixture.run({"check", "study.ini", "--format", "json"});
  check_exit(said, 0);
  BOOST_TEST((json::parse(said.out) == json::parse(R"({"ok": true, "data_read": false, "warnings": [],
                                                        "complaints": [], "further_complaints": 0})")));
  fixture.write("bad.ini", replaced(small_study, "learning_rate", "lerning_rate"));
  said = fixture.run({"check", "bad.ini", "training.steps=x", "--format", "json"});
  check_exit(said, 2);
  BOOST_TEST(said.err == "");
  BOOST_TEST((json::parse(said.out) == json::parse(R"json({"ok": false, "data_read": false, "warnings": [],
                                                   "further_complaints": 0, "complaints": [
    {"file": "bad.ini", "line": 16, "column": 1, "width": 12, "subject": "",
     "message": "unknown key 'lerning_rate' in [training]",
     "remedy": "did you mean 'learning_rate'?  (valid: batch_size, kernels, learning_rate, loss, on_nan, optimiser, schedule, schedule.warmup, steps)"},
    {"file": "command line", "line": 0, "column": 16, "width": 1, "subject": "training.steps",
     "message": "value 'x' of steps is not a whole number (digits only)", "remedy": "x >= 0"}]
})json")));
  // An error without a place in the text is also in the JSON, besides the usual message.
  said = fixture.run({"check", "nosuch.ini", "--format", "json"});
  check_exit(said, 2);
  const json nowhere = json::parse(said.out);
  BOOST_TEST((nowhere["ok"] == false));
  BOOST_TEST_REQUIRE(nowhere["complaints"].size() == 1u);
  check_says(nowhere["complaints"][0]["message"].get<std::string>(), "nosuch.ini");
  check_says(said.err, "nosuch.ini");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(show)

BOOST_AUTO_TEST_CASE(names_the_origin_of_every_value) {
  const StudyFixture fixture;
  fixture.write("longer.ini", "[pipeline]\ninclude = study.ini\nname = longer\n\n[training]\nsteps = 60\n");
  const Said said = fixture.run({"show", "longer.ini", "model:l2.l2.lambda=2e-3", "--origin"});
  check_exit(said, 0);
  const auto origin = [&](const std::string& line) {
    for (const std::string& l : lines_of(said.out))
      if (l.starts_with(line)) return l.substr(l.find('#'));
    return std::string("missing");
  };
  BOOST_TEST(origin("name = longer ") == "# longer.ini:3");
  BOOST_TEST(origin("steps = 60 ") == "# longer.ini:6");
  BOOST_TEST(origin("train = 600 ") == "# study.ini:7");
  BOOST_TEST(origin("seed = 1 ") == "# default");
  BOOST_TEST(origin("sloppiness = 1 ") == "# default of digits");
  BOOST_TEST(origin("l2.lambda = 0.002 ") == "# command line");
  BOOST_TEST(origin("l2.layers = all ") == "# default");
  // A model without its own learning rate has no such key, so it still follows [training] if this text is changed.
  const auto place = said.out.find("[model:l2]");
  BOOST_TEST_REQUIRE(place != std::string::npos);
  BOOST_TEST(said.out.substr(place).find("learning_rate") == std::string::npos);
  for (const std::string& line : lines_of(said.out))
    if (line.find(" = ") != std::string::npos) BOOST_TEST(line.find("# ") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(its_output_resolves_to_itself) {
  World world;
  // Everything that needs quoting: blanks, comment signs, quotes, backslashes; paths relative to an oddly named folder.
  const std::string folder = "a b #c";
  fs::create_directories(world.here / folder / "more plugins");
  world.write(folder + "/tab;le \"x\".csv", "\"the # label\",x\n0,1\n1,2\n0,1\n1,2\n");
  world.write(folder + "/tricky.ini", R"(; a comment
[pipeline]
name = tricky-1_x
plugin_path = "more plugins"
[dataset]
plugin = csv
train = "tab;le \"x\".csv"
test_rows = 2 ; of four
header = yes
label = "the # label"
[network]
layers = 1,2
[training]
steps = 2
batch_size = 2
[model:twice]
regularisers = first, second
first.plugin = l2
second.plugin = l2
second.lambda = 1E-3
second.layers = 1
[metric:accuracy]
every = 1
)");
  std::vector<std::string> files = {folder + "/tricky.ini"};
  for (const fs::path& file : shipped_pipelines()) files.push_back(file.string());
  BOOST_TEST(files.size() >= 3u);
  for (const std::string& file : files)
    for (const Words& more : {Words{}, Words{"--origin"}}) {
      const Said first = world.run(Words{"show", file} + more);
      check_exit(first, 0);
      world.write("elsewhere/shown.ini", first.out);
      const Said second = world.run({"show", "elsewhere/shown.ini"});
      check_exit(second, 0);
      check_text(second.out, world.run({"show", file}).out);
    }
  // The output also runs, from another folder, with the same results.
  world.write("elsewhere/shown.ini", world.run({"show", files[0]}).out);
  check_exit(world.run({"run", "elsewhere/shown.ini", "--out", "shown"}), 0);
  check_exit(world.run({"run", files[0], "--out", "given"}), 0);
  BOOST_TEST(world.read("shown/metrics.csv") == world.read("given/metrics.csv"));
}

BOOST_AUTO_TEST_SUITE_END()
