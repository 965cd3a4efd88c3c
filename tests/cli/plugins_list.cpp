// The output and exit code of `plugins list`, `inspect` and `path`.
#include <nlohmann/json.hpp>
#include <regex>

#include "support/csv_rows.hpp"
#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(plugins)

BOOST_AUTO_TEST_CASE(where_only_some_plugins_are_built_an_unknown_one_says_so,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  World world;  // with a build tree as ./dev quickstart leaves it
  const fs::path from = BUILD_DIR "/lib", to = world.here / "tree/lib";
  fs::create_directories(to / "pipeline/plugins");
  for (const std::string file : {"libpipeline.so.0", "pipeline/probe", "pipeline/plugins/digits.so"})
    fs::copy_file(from / file, to / file);
  world.write("tree/CMakeCache.txt", "");
  world.environment["LD_PRELOAD"] = (to / "libpipeline.so.0").string();
  for (const std::string text : {"[dataset]\nplugin = mnist\n", "[model:a]\nregularisers = l2\n"}) {
    world.write("study.ini", text);
    check_says(world.run({"check", "study.ini"}).err,
               "; only some plugins have been built here: ./dev build builds all");
  }
  world.environment.erase("LD_PRELOAD");
  BOOST_TEST(world.run({"check", "study.ini"}).err.find("./dev build") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(list_has_one_line_per_plugin) {
  const World world;
  const Said said = world.run({"plugins", "list"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  std::string kind;
  std::map<std::string, int> count;
  for (const std::string& line : lines_of(said.out)) {
    BOOST_TEST(line.size() <= 100u, line);
    if (!line.starts_with("  ")) {
      kind = line;
      continue;
    }
    BOOST_TEST(std::regex_match(line, std::regex("  [a-z0-9_]+ +[^ ].{10,}")), line);
    ++count[kind];
  }
  BOOST_TEST(count.size() == 5u);
  std::size_t built = 0;
  for (const auto& file : fs::directory_iterator(BUILD_DIR "/lib/pipeline/plugins"))
    built += file.path().extension() == ".so";
  int listed = 0;
  for (const auto& [name, n] : count) listed += n;
  BOOST_TEST(listed == static_cast<int>(built));
}

BOOST_AUTO_TEST_CASE(a_plugin_folder_named_test_is_not_the_subcommand) {
  const World world;
  fs::create_directories(world.here / "test");
  const Said said = world.run({"plugins", "--plugin-path", "test", "list"});
  check_exit(said, 0);
  check_says(said.out, "regulariser");
  check_exit(world.run({"plugins", "--plugin-path", "test", "test", "l2"}), 0);
}

BOOST_AUTO_TEST_CASE(inspect_shows_parameters_as_text_and_json) {
  const World world;
  Said said = world.run({"plugins", "inspect", "dropout"});
  check_exit(said, 0);
  std::string about;  // the comment at the head of the source
  for (const std::string& line : lines_of(read_file(SOURCE_DIR "/plugins/regularisers/dropout.cpp"))) {
    if (!line.starts_with("//")) break;
    about += (line == "//" ? "" : " " + line.substr(2)) + "\n";
  }
  check_text(world.tidy(said.out), R"(dropout: sets units to 0 at random while training
  regulariser, version 1, <build>/lib/pipeline/plugins/dropout.so
  keep_prob = 0.5
      probability that a unit is kept (number, 0 < x <= 1; 1 changes nothing)
  It also takes layers = all.

)" + about);
  check_says(world.run({"plugins", "inspect", "l2"}).out,
             "takes layers = all, biases = no and strength_schedule = constant.\n");
  check_says(world.run({"plugins", "inspect", "gradient_noise"}).out, "takes layers = all and biases = yes.\n");
  check_says(world.run({"plugins", "inspect", "batch_norm"}).out, "takes layers = all.\n");
  check_says(world.run({"plugins", "inspect", "sam"}).out, "and takes neither layers nor biases.\n");
  const json j = json::parse(world.run({"plugins", "inspect", "dropout", "--json"}).out);
  BOOST_TEST((j["kind"] == "regulariser"));
  BOOST_TEST((j["parameters"][0]["name"] == "keep_prob"));
  BOOST_TEST((j["parameters"][0]["range"] == "0 < x <= 1"));
  BOOST_TEST((j["parameters"][0]["default"] == "0.5"));
  BOOST_TEST((j["parameters"][0]["neutral"] == "1"));
  // A parameter without a default has null.
  const json csv = json::parse(world.run({"plugins", "inspect", "csv", "--json"}).out);
  BOOST_TEST(csv["parameters"][0]["default"].is_null());
}

BOOST_AUTO_TEST_CASE(the_ini_text_of_every_plugin_can_be_pasted_into_a_pipeline) {
  World world;
  const std::string frame = "[network]\nlayers = 784, 4, 10\n\n[training]\nsteps = 1\nbatch_size = 5\n\n";
  std::string kind;
  for (const std::string& line : lines_of(world.run({"plugins", "list"}).out)) {
    if (!line.starts_with("  ")) {
      kind = line;
      continue;
    }
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    if (kind == "datasets" && (name == "csv" || name == "idx")) continue;  // these need the user's files
    if (name == "early_stopping") continue;                                // and this one needs a metric section
    const Said said = world.run({"plugins", "inspect", name, "--ini"});
    check_exit(said, 0);
    for (const bool uncommented : {false, true}) {
      std::string section;
      for (const std::string& l : lines_of(said.out))
        section += (uncommented && l.starts_with("; ") ? l.substr(2) : l) + "\n";
      world.write("pasted.ini", frame + (kind == "datasets" ? "" : "[dataset]\nplugin = digits\n\n") +
                                    (kind == "regularisers" ? "" : "[model:plain]\n\n") + section);
      const Said checked = world.run({"check", "pasted.ini"});
      BOOST_TEST(checked.exit == 0, name << ": " << checked.err << said.out);
    }
  }
}

BOOST_AUTO_TEST_CASE(list_takes_a_kind) {
  const World world;
  const std::string all = world.run({"plugins", "list"}).out;
  for (const char* kind : {"metrics", "metric"}) {
    const Said said = world.run({"plugins", "list", kind});
    check_exit(said, 0);
    BOOST_TEST(said.out.starts_with("metrics\n  accuracy "));
    BOOST_TEST(said.out.find("dropout") == std::string::npos);
    BOOST_TEST(all.find(said.out) != std::string::npos);
  }
}

// With whatever named the folder of its plugins gone.
BOOST_AUTO_TEST_CASE(a_resolved_pipeline_runs_again_without_the_options_that_found_its_plugins) {
  World world;
  const fs::path folder = world.here / "more";
  fs::create_directories(folder);
  fs::create_directories(world.here / "unused");
  fs::copy_file(BUILD_DIR "/lib/pipeline/template/example_regulariser.so", folder / "example_regulariser.so");
  world.write("study.ini", replaced(replaced(small_study, "l2.lambda = 1e-3\n", ""), "= l2", "= example_regulariser"));
  const auto check_again = [&](const std::string& run) {
    world.environment.erase("PIPELINE_PLUGIN_PATH");
    BOOST_TEST(world.read(run + "/resolved.ini").find("\nplugin_path = " + folder.string() + "\n") !=
               std::string::npos);
    fs::create_directories(world.here / "elsewhere");
    world.write("elsewhere/again.ini", world.read(run + "/resolved.ini"));
    check_exit(world.run({"run", "elsewhere/again.ini", "--out", run + "_again"}), 0);
    BOOST_TEST(world.read(run + "_again/metrics.csv") == world.read(run + "/metrics.csv"));
    BOOST_TEST(world.read(run + "_again/resolved.ini") == world.read(run + "/resolved.ini"));
  };
  check_exit(world.run({"run", "study.ini", "--out", "a", "--plugin-path", "more", "--plugin-path", "unused"}), 0);
  check_again("a");
  world.environment["PIPELINE_PLUGIN_PATH"] = "unused:more";
  check_exit(world.run({"run", "study.ini", "--out", "b"}), 0);
  check_again("b");
  // Where they came from does not change which configuration it is.
  BOOST_TEST((json::parse(world.read("a/run.json"))["configuration"] ==
              json::parse(world.read("b_again/run.json"))["configuration"]));
}

BOOST_AUTO_TEST_CASE(path_lists_the_folders_in_search_order) {
  World world;
  fs::create_directories(world.here / "one");
  world.environment["PIPELINE_PLUGIN_PATH"] = "two:/three//four:";
  Said said = world.run({"plugins", "path", "--plugin-path", "one"});
  check_exit(said, 0);
  check_text(world.tidy(said.out),
             "<here>/one\n<here>/two\n/three/four\n<scratch>/home/share/pipeline/plugins\n<build>/lib/"
             "pipeline/plugins\n");
  said = world.run({"plugins", "path", "--plugin-path", "one", "--no-user-plugins"});
  check_text(world.tidy(said.out), "<here>/one\n<build>/lib/pipeline/plugins\n");
  world.environment.erase("PIPELINE_PLUGIN_PATH");
  for (const char* useless : {"", "relative"}) {  // the XDG standard ignores such values
    world.environment["XDG_DATA_HOME"] = useless;
    check_text(world.tidy(world.run({"plugins", "path"}).out),
               "<scratch>/home/.local/share/pipeline/plugins\n<build>/lib/pipeline/plugins\n");
  }
}

BOOST_AUTO_TEST_CASE(are_found_in_every_folder_of_the_search_path) {
  World world;
  const fs::path library = BUILD_DIR "/lib/test_libraries/misbehaves.so";
  const std::string study = replaced(replaced(small_study, "l2.lambda = 1e-3\n", ""), "= l2", "= hook_throws");
  world.write("study.ini", study);
  const auto exit = [&](const Words& more = {}) { return world.run(Words{"check", "study.ini"} + more).exit; };
  BOOST_TEST(exit() == 2);  // not in any folder
  const auto in = [&](const fs::path& folder, auto&& tests) {
    fs::create_directories(folder);
    fs::copy_file(library, folder / "misbehaves.so");
    tests();
    fs::remove(folder / "misbehaves.so");
  };
  in(world.here / "one", [&] {
    BOOST_TEST(exit({"--plugin-path", "one"}) == 0);
    // A folder named on the command line is searched all the same.
    BOOST_TEST(exit({"--plugin-path", "one", "--no-user-plugins"}) == 0);
  });
  in(world.here / "two", [&] {
    world.environment["PIPELINE_PLUGIN_PATH"] = "nowhere:two";
    BOOST_TEST(exit() == 0);
    BOOST_TEST(exit({"--no-user-plugins"}) == 2);
    world.environment.erase("PIPELINE_PLUGIN_PATH");
  });
  in(world.here / "three", [&] {  // one folder named in three ways does not count as two libraries of that name
    world.environment["PIPELINE_PLUGIN_PATH"] = "three/:./three";
    BOOST_TEST(exit({"--plugin-path", "three"}) == 0);
    world.environment.erase("PIPELINE_PLUGIN_PATH");
  });
  in(world.home() / "share/pipeline/plugins", [&] {
    BOOST_TEST(exit() == 0);
    BOOST_TEST(exit({"--no-user-plugins"}) == 2);
  });
  fs::create_directories(world.here / "sub/none");
  world.write("list/study.ini", replaced(study, "name = small", "name = small\nplugin_path = ../sub/none, ../sub/lib"));
  world.write("comma/study.ini", replaced(study, "name = small", "name = small\nplugin_path = a, b"));
  in(world.here / "sub/lib", [&] { BOOST_TEST(world.run({"check", "list/study.ini"}).exit == 0); });
  in(world.here / "comma/a, b", [&] { BOOST_TEST(world.run({"check", "comma/study.ini"}).exit == 0); });
  world.write("sub/study.ini", replaced(study, "name = small", "name = small\nplugin_path = lib"));
  in(world.here / "sub/lib", [&] {  // relative to the pipeline file
    BOOST_TEST(world.run({"check", "sub/study.ini"}).exit == 0);
    BOOST_TEST(world.run({"check", "sub/study.ini", "--no-user-plugins"}).exit == 2);
  });
}

BOOST_AUTO_TEST_SUITE_END()
