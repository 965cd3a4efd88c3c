// Help, version, overrides, and mistakes on the command line.
#include <nlohmann/json.hpp>
#include <regex>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

const std::vector<std::string> all_commands = {"run",  "sweep",   "compare", "rank", "check",
                                               "show", "plugins", "new",     "data", "version"};

/// The words of a shell command line that uses no special characters except '...'.
Words words_of(const std::string& line) {
  Words words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : line)
    if (c == '\'')
      quoted = !quoted, any = true;
    else if (c == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear(), any = false;
    } else
      word += c, any = true;
  if (any) words.push_back(word);
  return words;
}

std::vector<std::string> examples(const std::string& help) {
  std::vector<std::string> out;
  bool in_examples = false;
  for (const std::string& line : lines_of(help)) {
    in_examples |= line == "example:";
    if (in_examples && line.starts_with("  pipeline ")) out.push_back(line.substr(2));
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(lists_every_command_and_the_shipped_pipelines) {
  const World world;
  const Said said = world.run({"--help"});
  check_exit(said, 0);
  for (const std::string& command : all_commands) check_says(said.out, "\n  " + command + " ");
  for (const fs::path& file : shipped_pipelines()) check_says(said.out, " " + file.filename().string());
  for (const Words& words : {Words{}, Words{"-h"}, Words{"help"}}) BOOST_TEST(world.run(words).out == said.out);
  // Features that do not exist yet, or only as subcommands, are not listed.
  for (const std::string word : {"doctor", "--resume"}) BOOST_TEST(said.out.find(word) == std::string::npos, word);
}

BOOST_AUTO_TEST_CASE(of_every_command_fits_100_columns_and_has_an_example) {
  const World world;
  for (const std::string& command : all_commands) {
    const Said said = world.run({command, "--help"});
    check_exit(said, 0);
    BOOST_TEST(said.out.starts_with("usage: pipeline " + command));
    BOOST_TEST(said.err == "");
    BOOST_TEST(!examples(said.out).empty(), command);
    for (const std::string& line : lines_of(said.out)) BOOST_TEST(line.size() <= 100u, line);
    BOOST_TEST(world.run({"help", command}).out == said.out);
  }
}

BOOST_AUTO_TEST_CASE(examples_work) {
  World world;
  check_exit(world.run({"sweep", "quickstart.ini", "pipeline.seed={1..2}", "training.steps=1", "dataset.train=600",
                        "dataset.test=100", "--lean", "--out", "seeds", "--progress", "none"}),
             0);  // for the example of `compare`
  // Examples that train or download are replaced: `check` reads the same file and overrides, `data path` the same name.
  for (const std::string& command : all_commands)
    for (const std::string& example : examples(world.run({command, "--help"}).out)) {
      Words words = words_of(example);
      words.erase(words.begin());
      if (words[0] == "run") {
        words[0] = "check";
        if (const auto out = std::ranges::find(words, "--out"); out != words.end()) words.erase(out, out + 2);
      }
      if (words[0] == "sweep" && std::ranges::count(words, "--dry-run") == 0) words.push_back("--dry-run");
      if (words[0] == "data" && words[1] == "fetch") words[1] = "path";
      const Said said = world.run(words);
      BOOST_TEST(said.exit == 0, example << ": " << said.err);
      BOOST_TEST(said.out != "", example);
    }
  const auto first = examples(world.run({"--help"}).out);
  BOOST_TEST_REQUIRE(first.size() == 1u);
  Words words = words_of(first[0]);
  words.erase(words.begin(), words.begin() + 2);
  words.insert(words.begin(), "check");
  check_exit(world.run(words), 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(mistakes_exit_with_2_and_a_remedy) {
  const StudyFixture fixture;
  struct Case {
    Words words;
    std::string complaint;
  };
  const Case cases[] = {
      {{"chek", "study.ini"},
       "error: unknown command 'chek'\n"
       "  did you mean 'check'?  (valid: check, compare, data, new, plugins, rank, report, run, show, sweep,\n"
       "  version)\n"},
      {{"check", "study.ini", "--fromat", "json"},
       "error: unrecognised option '--fromat'\n"
       "  did you mean '--format'?\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--seed", "2"},
       "error: unrecognised option '--seed'\n"
       "  write pipeline.seed=VALUE, without dashes\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--lr=0.1"},
       "error: unrecognised option '--lr'\n"
       "  write training.learning_rate=0.1, without dashes\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--epochs", "3"},
       "error: unrecognised option '--epochs'\n"
       "  training.steps counts updates: epochs x training samples / batch_size\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--training.steps=3"},
       "error: unrecognised option '--training.steps'\n"
       "  an override has no dashes: write training.steps=3\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--form", "json"},  // no abbreviations
       "error: unrecognised option '--form'\n"
       "  did you mean '--format'?\n"
       "  usage: pipeline check FILE [section.key=value ...] [--data] [--format text|json]   (see --help)\n"},
      {{"check", "study.ini", "--format", "xml"}, "error: --format must be text or json, not 'xml'\n"},
      {{"version", "please"}, "error: version takes no arguments, but got 'please'\n"},
      {{"check"}, "error: check needs a pipeline file: pipeline check FILE\n"},
      {{"show"}, "error: show needs a pipeline file: pipeline show FILE\n"},
      {{"run"}, "error: run needs a pipeline file: pipeline run FILE\n"},
      {{"run", "study.ini", "--threads", "0"}, "error: --threads must be a number from 1 to 1024\n"},
      {{"run", "study.ini", "--threads", "many"},
       "error: the argument ('many') for option '--threads' is invalid\n"
       "  usage: pipeline run FILE [section.key=value ...] [options]   (see --help)\n"},
      {{"run", "study.ini", "--threads", "-1"}, "error: --threads must be a number from 1 to 1024\n"},
      {{"run", "study.ini", "--progress", "loud"},
       "error: --progress must be auto, bar, line, json or none, not 'loud'\n"},
      {{"run", "study.ini", "--out"},
       "error: the required argument for option '--out' is missing\n"
       "  usage: pipeline run FILE [section.key=value ...] [options]   (see --help)\n"},
      {{"check", "stduy.ini"},
       "error: there is no file 'stduy.ini' here, and no shipped pipeline of that name\n"
       "  <file near stduy.ini>\n"},
      {{"check", "mnist_srn.ini"},
       "error: there is no file 'mnist_srn.ini' here, and no shipped pipeline of that name\n"
       "  <file near mnist_srn.ini>\n"},
      {{"check", "./stduy.ini"},
       "error: there is no file './stduy.ini'\n"
       "  did you mean 'study.ini'?  (valid: study.ini)\n"},
      {{"check", "nowhere/study.ini"}, "error: there is no file 'nowhere/study.ini': there is no folder 'nowhere'\n"},
      {{"check", "."}, "error: '.' is a folder, not a pipeline file\n"},
      {{"check", ""}, "error: the name of the pipeline file is empty\n"},
      {{"check", "study.ini", "--plugin-path", "nosuch"},
       "error: --plugin-path 'nosuch' is not a folder; give one that contains plugins (*.so)\n"},
      {{"plugins"},
       "error: plugins needs a subcommand\n"
       "  (valid: doctor, inspect, list, path, test)\n"
       "  usage: pipeline plugins list [KIND] | inspect NAME [--ini|--json] | test NAME | doctor | "
       "path   (see --help)\n"},
      {{"plugins", "lits"},
       "error: unknown subcommand 'lits' of plugins\n"
       "  did you mean 'list'?  (valid: doctor, inspect, list, path, test)\n"
       "  usage: pipeline plugins list [KIND] | inspect NAME [--ini|--json] | test NAME | doctor | "
       "path   (see --help)\n"},
      {{"plugins", "list", "l2"},
       "error: plugins list takes a kind, not a plugin; write pipeline plugins inspect l2\n"},
      {{"plugins", "list", "metrcs"},
       "error: unknown kind of plugin 'metrcs'\n"
       "  did you mean 'metrics'?  (valid: datasets, metrics, optimisers, regularisers, reports)\n"},
      {{"plugins", "list", "metrics", "datasets"},
       "error: plugins list takes at most one kind\n"
       "  usage: pipeline plugins list [KIND] | inspect NAME [--ini|--json] | test NAME | doctor | "
       "path   (see --help)\n"},
      {{"plugins", "inspect"}, "error: inspect needs the name of one plugin: pipeline plugins inspect NAME\n"},
      {{"plugins", "inspect", "dropot"},
       "error: unknown plugin 'dropot'\n"
       "  <plugin near dropot>\n"},
      {{"plugins", "inspect", "S"},
       "error: unknown plugin 'S'\n"
       "  did you mean 'snr_optimality'?\n"},
      {{"plugins", "inspect", "my_section"},
       "error: unknown plugin 'my_section'\n"
       "  pipeline plugins list prints all; the plugin of a section with another name is its `plugin =`\n"},
      {{"data"},
       "error: data needs a subcommand\n"
       "  (valid: fetch, inspect, path, verify)\n"
       "  usage: pipeline data fetch | verify | path NAME | inspect FILE   (see --help)\n"},
      {{"data", "ftch", "mnist"},
       "error: unknown subcommand 'ftch' of data\n"
       "  did you mean 'fetch'?  (valid: fetch, inspect, path, verify)\n"
       "  usage: pipeline data fetch | verify | path NAME | inspect FILE   (see --help)\n"},
      {{"data", "fetch"}, "error: data fetch needs the name of a dataset: pipeline data fetch mnist\n"},
      {{"data", "inspect"}, "error: data inspect needs one file: pipeline data inspect FILE\n"},
      {{"data", "inspect", "a.csv", "b.csv"}, "error: data inspect needs one file: pipeline data inspect FILE\n"},
      {{"data", "path", "mnst"},
       "error: unknown dataset 'mnst'\n"
       "  <dataset near mnst>\n"},
      {{"data", "path", "mnist", "mirors=x"},
       "error: unknown key 'mirors' of dataset 'mnist'\n"
       "  did you mean 'mirrors'?  (valid: mirrors)\n"},
      {{"data", "path", "mnist", "mirrors"}, "error: 'mirrors' has no value; write mirrors=VALUE\n"},
      {{"data", "path", "digits", "train=none"}, "error: value 'none' of train is not a whole number (digits only)\n"},
  };
  for (const Case& c : cases) {
    const Said said = fixture.run(c.words);
    check_exit(said, 2);
    check_text(fixture.tidy(said.err), with_suggestions(c.complaint));
    BOOST_TEST(said.out == "");
  }
}

BOOST_AUTO_TEST_CASE(errors_in_overrides_quote_the_override) {
  const StudyFixture fixture;
  struct Case {
    Words words;
    std::string complaint;
  };
  const Case cases[] = {
      {{"training.stpes=100"},
       "command line: training.stpes: error: unknown key 'stpes' in [training]\n"
       "   | training.stpes=100\n"
       "   |          ^~~~~ did you mean 'steps'?  (valid: batch_size, kernels, learning_rate, loss, on_nan, "
       "optimiser, schedule, schedule.warmup, steps)\n"},
      {{"training.steps=1e5"},
       "command line: training.steps: error: value '1e5' of steps is not a whole number (digits only: 100000)\n"
       "   | training.steps=1e5\n"
       "   |                ^~~ x >= 0\n"},
      {{"training.steps="},
       "command line: training.steps: error: value '' of steps is not a whole number (digits only)\n"
       "   | training.steps=\n"
       "   |                ^ x >= 0\n"},
      {{"training.learning_rate=0,1"},
       "command line: training.learning_rate: error: value '0,1' of learning_rate is not a number (the "
       "decimal point is '.')\n"
       "   | training.learning_rate=0,1\n"
       "   |                        ^~~ x > 0, default 0.1\n"},
      {{"trainning.steps=5"},
       "command line: trainning.steps: error: no section 'trainning' in the pipeline\n"
       "   | trainning.steps=5\n"
       "   | ^~~~~~~~~ did you mean 'training'?  (valid: dataset, metric:accuracy, model:l2, model:plain, "
       "network, pipeline, training)\n"},
      {{"model:l3.l2.lambda=1"},
       "command line: model:l3.l2.lambda: error: no section 'model:l3' in the pipeline\n"
       "   | model:l3.l2.lambda=1\n"
       "   | ^~~~~~~~ did you mean 'model:l2'?  (valid: dataset, metric:accuracy, model:l2, model:plain, "
       "network, pipeline, training); '+model:l3.l2.lambda=1' creates it\n"},
      {{"steps=5"},
       "command line: steps: error: 'steps' is not section.key\n"
       "   | steps=5\n"
       "   | ^~~~~ did you mean 'training.steps=5'?\n"},
      {{"training.steps"},
       "command line: training.steps: error: missing '=' in override 'training.steps'\n"
       "   | training.steps\n"
       "   | ^~~~~~~~~~~~~~ an override is one word: training.steps=VALUE\n"},
      {{"step=5"},
       "command line: step: error: 'step' is not section.key\n"
       "   | step=5\n"
       "   | ^~~~ did you mean 'training.steps=5'?\n"},
      {{"~model:l3"},
       "command line: model:l3: error: no section 'model:l3' in the pipeline\n"
       "   | ~model:l3\n"
       "   |  ^~~~~~~~ did you mean 'model:l2'?  (valid: dataset, metric:accuracy, model:l2, model:plain, "
       "network, pipeline, training)\n"},
      {{"~training.loss"},
       "command line: training.loss: error: key 'loss' is not set in [training]\n"
       "   | ~training.loss\n"
       "   |           ^~~~ (valid: batch_size, learning_rate, steps)\n"},
      {{"+model:control"},
       "command line: model:control: error: the name 'control' is reserved for the untrained network\n"
       "   | +model:control\n"
       "   |  ^~~~~~~~~~~~~ give the model another name\n"},
      {{"+modle:x"},
       "command line: modle:x: error: unknown section [modle:x]\n"
       "   | +modle:x\n"
       "   |  ^~~~~~~ did you mean [model:x]?  (valid: [pipeline], [dataset], [network], [training], "
       "[sweep], [model:NAME], [metric:NAME], [report:NAME])\n"},
      {{"+model:x.regularisers=l22"},
       "command line: model:x.regularisers: error: unknown regulariser 'l22'\n"
       "   | +model:x.regularisers=l22\n"
       "   |                       ^~~ <regulariser near l22>\n"},
      {{"network.layers=784, 16, 12"},
       "command line: network.layers: error: the network has 12 outputs, but dataset 'digits' has 10 "
       "classes\n"
       "   | network.layers=784, 16, 12\n"
       "   |                         ^~ write 10 as the last of layers\n"},
      {{"model:l2.regularisers=l2,weight_average", "model:l2.weight_average.form=equal",
        "model:l2.weight_average.decay=0.5"},
       "command line: model:l2.weight_average.decay: error: 'weight_average.decay' has no effect\n"
       "   | model:l2.weight_average.decay=0.5\n"
       "   |          ^~~~~~~~~~~~~~~~~~~~ it is used only with weight_average.form = exponential; remove it, or set "
       "that\n"},
      {{"model:l2.regularisers=dropout"},
       "study.ini:22:1: error: 'l2.lambda' has no effect: regularisers does not list l2\n"
       "   22 | l2.lambda = 1e-3\n"
       "      | ^~~~~~~~~ write regularisers = dropout, l2, or add '~model:l2.l2.lambda'\n"},
      {{"study2.ini"},
       "command line: study2.ini: error: missing '=' in override 'study2.ini'\n"
       "   | study2.ini\n"
       "   | ^~~~~~~~~~ one pipeline file at a time; the words after it are overrides\n"},
  };
  for (const Case& c : cases) {
    const Said said = fixture.run(Words{"check", "study.ini"} + c.words);
    check_exit(said, 2);
    check_text(said.err, with_suggestions(c.complaint));
  }
}

BOOST_AUTO_TEST_CASE(a_pipeline_is_found_without_its_ending) {
  const StudyFixture fixture;
  Said said = fixture.run({"check", "study"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "using study.ini\n");
  fs::create_directories(fixture.here / "study");  // a folder beside it
  check_exit(fixture.run({"check", "study"}), 0);
  said = fixture.run({"check", "quickstart"});
  check_exit(said, 0);
  BOOST_TEST(fixture.tidy(said.err) == "using the shipped pipeline <source>/pipelines/quickstart.ini\n");
  fixture.write("quickstart", small_study);  // the name as given comes first
  said = fixture.run({"check", "quickstart"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  fixture.write("sub/other.ini", small_study);
  check_exit(fixture.run({"check", "sub/other"}), 0);
  check_exit(fixture.run({"run", "study", "--out", "out"}), 0);
  BOOST_TEST(fixture.read("out/pipeline.ini") == small_study);
}

BOOST_AUTO_TEST_CASE(overrides_set_create_and_remove) {
  const StudyFixture fixture;
  const Said said = fixture.run({"show", "study.ini", "training.steps=7", "+model:both.regularisers=l2,dropout",
                                 "+model:both.dropout.keep_prob=0.75", "~model:plain", "~training.batch_size"});
  check_exit(said, 0);
  check_says(said.out, "\nsteps = 7\n");
  check_says(said.out, "\n[model:both]\nregularisers = l2, dropout\n");
  check_says(said.out, "\ndropout.keep_prob = 0.75\n");
  check_says(said.out, "\nbatch_size = 60\n");  // the default again
  BOOST_TEST(said.out.find("[model:plain]") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(version_names_program_contract_compiler_and_libraries) {
  const World world;
  const Said said = world.run({"version"});
  check_exit(said, 0);
  BOOST_TEST(std::regex_search(said.out, std::regex("^pipeline \\d+\\.\\d+\\.\\d+, plugin contract \\d+\n")));
  for (const std::string word : {"C++ ABI", "Armadillo", "Boost", "OpenBLAS"}) check_says(said.out, word);
  BOOST_TEST(world.run({"--version"}).out == said.out);
}
