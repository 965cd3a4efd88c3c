// `pipeline new`: the files that it writes, and the errors. tests/install builds and runs the written projects.
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "support/program.hpp"

using namespace support;

namespace {

const Words kinds = {"regulariser", "optimiser", "metric", "dataset", "report"};

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(folder)) names.insert(file.path().filename().string());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(new_project)

BOOST_AUTO_TEST_CASE(writes_a_folder_without_traces_of_the_example) {
  const World world;
  fs::create_directories(world.here / "mine");
  for (const std::string& kind : kinds) {
    const std::string name = "my_" + kind.substr(0, 3);
    const Said said = world.run({"new", kind, name, "--dir", "mine"});
    check_exit(said, 0);
    check_says(said.out, "wrote mine/" + name + ": ");
    check_says(said.out,
               "\n  cmake -S mine/" + name + " -B mine/" + name + "/build -DCMAKE_PREFIX_PATH=" BUILD_DIR "\n");
    const fs::path folder = world.here / "mine" / name;
    BOOST_TEST(
        (files_in(folder) == std::set<std::string>{"CMakeLists.txt", "README.md", name + ".cpp", name + ".ini"}));
    for (const std::string& file : files_in(folder)) {
      const std::string text = read_file(folder / file);
      BOOST_TEST(text.size() > 100u, file);
      for (const char* word : {"example_", "Example", "KIND", "INSTALLATION"})
        BOOST_TEST(text.find(word) == std::string::npos, file);
    }
  }
  // The class name ends in its kind, as no class of the headers does, so every allowed name compiles.
  check_says(world.read("mine/my_reg/my_reg.cpp"), "class MyRegRegulariser final : public Regulariser");
  check_says(world.read("mine/my_reg/my_reg.cpp"), "\nPIPELINE_REGULARISER(MyRegRegulariser, my_reg, \"");
}

BOOST_AUTO_TEST_CASE(writes_the_code_of_the_example_plugin) {
  const World world;
  for (const std::string& kind : kinds) {
    check_exit(world.run({"new", kind, "example_" + kind}), 0);
    std::string capital = kind;
    capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
    BOOST_TEST(replaced(world.read("example_" + kind + "/example_" + kind + ".cpp"), "Example" + capital + capital,
                        "Example" + capital) == read_file(SOURCE_DIR "/plugins/template/example_" + kind + ".cpp"));
  }
}

BOOST_AUTO_TEST_CASE(writes_a_metric_that_looks_at_samples) {
  const World world;
  check_exit(world.run({"new", "metric", "my_metric", "--samples"}), 0);
  BOOST_TEST((files_in(world.here / "my_metric") ==
              std::set<std::string>{"CMakeLists.txt", "README.md", "my_metric.cpp", "my_metric.ini"}));
  const std::string source = world.read("my_metric/my_metric.cpp");
  check_says(source, "struct RightProbabilities final : Gatherer");
  check_says(source, "\nPIPELINE_METRIC(MyMetricMetric, my_metric, \"");
  for (const char* file : {"my_metric.cpp", "my_metric.ini", "CMakeLists.txt", "README.md"})
    for (const char* word : {"example_", "Example", "KIND", "sample_metric"})
      BOOST_TEST(world.read(fs::path("my_metric") / file).find(word) == std::string::npos, file);
  check_text(world.run({"new", "report", "a", "--samples"}).err,
             "error: --samples is for metrics: pipeline new metric NAME --samples\n");
}

// The plugin will be changed, so numbers measured with the example would soon be wrong.
BOOST_AUTO_TEST_CASE(states_no_results) {
  for (const auto& file : fs::directory_iterator(SOURCE_DIR "/plugins/template")) {
    if (file.path().extension() != ".ini") continue;
    const std::string text = read_file(file.path()), head = text.substr(0, text.find("[pipeline]"));
    BOOST_TEST(!std::regex_search(head, std::regex("[.][0-9]|measured")), file.path().filename() << ": " << head);
  }
}

BOOST_AUTO_TEST_CASE(writes_a_pipeline_that_passes_check_and_runs) {
  const World world;
  const Said said = world.run({"new", "pipeline", "2-arms"});
  check_exit(said, 0);
  check_text(world.tidy(said.out),
             "wrote 2-arms.ini\n\nNext:\n  <build>/bin/pipeline check 2-arms.ini\n  <build>/bin/pipeline run "
             "2-arms.ini\n");
  const std::string first = world.read("2-arms.ini").substr(0, world.read("2-arms.ini").find('\n'));
  BOOST_TEST((first.starts_with("# ") && first.ends_with("?")));  // it starts with its question
  check_text(
      world.run({"check", "2-arms.ini"}).out,
      "2-arms.ini is fine: 3 models, 1001 steps, 2 metrics, 3 reports\nits data was not read; --data reads it\n");
  check_says(world.run({"show", "2-arms.ini"}).out, "\nname = 2-arms\n");
  check_exit(world.run({"run", "2-arms.ini", "training.steps=20", "dataset.train=200", "dataset.test=100"}), 0);
}

BOOST_AUTO_TEST_CASE(shows_commands_as_a_shell_finds_the_program) {
  World world;
  const std::string path = world.environment["PATH"];
  world.environment["PATH"] = BUILD_DIR "/bin:" + path;
  check_says(world.run({"new", "pipeline", "a"}).out, "\n  pipeline check a.ini\n");
  // Another program of that name is found first.
  fs::permissions(world.write("first/pipeline", "#!/bin/sh\n"), fs::perms::owner_all);
  world.environment["PATH"] = (world.here / "first").string() + ":" BUILD_DIR "/bin:" + path;
  check_says(world.run({"new", "pipeline", "b"}).out, "\n  " BUILD_DIR "/bin/pipeline check b.ini\n");
}

BOOST_AUTO_TEST_CASE(overwrites_nothing) {
  const World world;
  world.write("taken/note.txt", "a year's work");
  world.write("taken.ini", "# mine");
  world.write("file", "");
  fs::create_symlink("nowhere", world.here / "link");
  for (const char* name : {"taken", "file", "link"}) {
    const Said said = world.run({"new", "metric", name});
    check_exit(said, 2);
    check_text(said.err,
               "error: '" + std::string(name) +
                   "' already exists and is not overwritten\n  choose another name, or another folder: --dir DIR\n");
  }
  check_exit(world.run({"new", "pipeline", "taken"}), 2);
  BOOST_TEST(world.read("taken.ini") == "# mine");
  BOOST_TEST((files_in(world.here) == std::set<std::string>{"file", "link", "taken", "taken.ini"}));
  BOOST_TEST((files_in(world.here / "taken") == std::set<std::string>{"note.txt"}));
}

BOOST_AUTO_TEST_CASE(accepts_the_longest_name) {
  const World world;
  const std::string name(200, 'a');
  check_exit(world.run({"new", "regulariser", name}), 0);
  BOOST_TEST(files_in(world.here / name).size() == 4u);
}

BOOST_AUTO_TEST_CASE(mistakes_exit_with_2_and_a_remedy) {
  const World world;
  const std::string usage =
      "  usage: pipeline new regulariser | optimiser | metric | dataset | report | pipeline NAME [--dir DIR]   (see "
      "--help)\n";
  struct Case {
    Words words;
    std::string complaint;
  };
  const Case cases[] = {
      {{}, "new needs a kind\n  (valid: dataset, metric, optimiser, pipeline, regulariser, report)\n" + usage},
      {{"regularizer", "a"},
       "unknown kind 'regularizer' after new\n"
       "  did you mean 'regulariser'?  (valid: dataset, metric, optimiser, pipeline, regulariser, report)\n" +
           usage},
      {{"metric"}, "new metric needs a name: pipeline new metric NAME\n"},
      {{"metric", "a", "b"}, "new metric takes one name, but also got 'b'\n"},
      {{"metric", "my-norm"},
       "'my-norm' cannot be the name of a metric: it becomes a C++ class and a symbol\n"
       "  start with a letter, then use letters, digits and _; for example my_norm\n"},
      {{"metric", "2norm"},
       "'2norm' cannot be the name of a metric: it becomes a C++ class and a symbol\n"
       "  start with a letter, then use letters, digits and _; for example norm\n"},
      {{"report", "../x"},
       "'../x' cannot be the name of a report: it becomes a C++ class and a symbol\n"
       "  start with a letter, then use letters, digits and _; for example x\n"},
      {{"report", "\xc3\xa9"},
       "'\xc3\xa9' cannot be the name of a report: it becomes a C++ class and a symbol\n"
       "  start with a letter, then use letters, digits and _\n"},
      {{"pipeline", "a/b"},
       "'a/b' cannot be the name of a pipeline: it names the folder of its runs\n"
       "  use letters, digits, _ and -; for example a_b\n"},
      {{"pipeline", ""},
       "'' cannot be the name of a pipeline: it names the folder of its runs\n  use letters, digits, _ and -\n"},
      {{"regulariser", "l2"},
       "a regulariser 'l2' already exists: <build>/lib/pipeline/plugins/l2.so\n"
       "  choose another name; of two plugins with the same name neither is loaded\n"},
      {{"regulariser", "learning_rate"},
       "'learning_rate' cannot be the name of a regulariser: a [model] has a key of that name\n  choose another "
       "name\n"},
      {{"regulariser", "regularisers"},
       "'regularisers' cannot be the name of a regulariser: a [model] has a key of that name\n  choose another name\n"},
      {{"metric", std::string(201, 'a')},
       "the name of a metric may have at most 200 characters, but this one has 201\n  choose a shorter one\n"},
      {{"pipeline", std::string(300, 'a')},
       "the name of a pipeline may have at most 200 characters, but this one has 300\n  choose a shorter one\n"},
      {{"regulariser", "x1", "--dir", "/proc"},
       "the folder '/proc/x1' cannot be created: No such file or directory\n  choose a writable folder: --dir "
       "DIR\n"},
      {{"pipeline", "x1", "--dir", "/proc"},
       "the file '/proc/x1.ini' cannot be written: No such file or directory\n"
       "  choose a writable folder: --dir DIR\n"},
      {{"metric", "a", "--dir", "no where"},
       "--dir 'no where' is not a folder; create it first: mkdir -p 'no where'\n"},
  };
  for (const Case& c : cases) {
    const Said said = world.run(Words{"new"} + c.words);
    check_exit(said, 2);
    check_text(world.tidy(said.err), "error: " + c.complaint);
    BOOST_TEST(said.out == "");
  }
  BOOST_TEST(files_in(world.here).empty());
}

BOOST_AUTO_TEST_SUITE_END()
