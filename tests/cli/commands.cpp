// The output and exit code of every command that does not train.
#include <nlohmann/json.hpp>
#include <regex>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

const std::vector<std::string> all_commands = {"run",  "sweep",   "compare", "rank", "check",
                                               "show", "plugins", "new",     "data", "version"};

struct StudyFixture : World {
  StudyFixture() { write("study.ini", small_study); }
};

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

std::vector<fs::path> shipped_pipelines() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(SOURCE_DIR "/pipelines"))
    if (file.path().extension() == ".ini") files.push_back(file.path());
  std::ranges::sort(files);
  return files;
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

BOOST_AUTO_TEST_SUITE(plugins)

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
    const std::string name = words_of(line)[0];
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

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(path_lists_the_search_folders_and_the_download_folder) {
  World world;
  world.environment["PIPELINE_DATA_PATH"] = "/somewhere:shared";
  check_text(world.tidy(world.run({"data", "path", "mnist"}).out), R"(looked for in   <here>/data/mnist
looked for in   /somewhere/mnist
looked for in   <here>/shared/mnist
looked for in   <scratch>/home/share/pipeline/data/mnist
downloaded to   <scratch>/home/share/pipeline/data/mnist
)");
  fs::create_directories(world.here / "data");
  check_says(world.tidy(world.run({"data", "path", "mnist"}).out), "downloaded to   <here>/data/mnist\n");
}

BOOST_AUTO_TEST_CASE(verify_and_fetch_without_a_network) {
  World world;
  world.write("shared/mnist/t10k-labels-idx1-ubyte", "unpacked by hand");
  world.environment["PIPELINE_DATA_PATH"] = "shared";
  Said said = world.run({"data", "verify", "mnist"});
  check_exit(said, 4);
  check_text(world.tidy(said.out), R"(train-images-idx3-ubyte.gz: missing
train-labels-idx1-ubyte.gz: missing
t10k-images-idx3-ubyte.gz: missing
t10k-labels-idx1-ubyte.gz: found (no hash to compare with), <here>/shared/mnist/t10k-labels-idx1-ubyte
to download what is missing: pipeline data fetch mnist
)");
  said = world.run({"data", "fetch", "mnist", "--offline"});
  check_exit(said, 4);
  check_says(said.err, "error: files of dataset mnist are missing, and --offline forbids downloading them\n");
  for (const std::string word : {"fetch", "verify"}) {
    said = world.run({"data", word, "digits"});
    check_exit(said, 0);
    check_text(said.out, "digits needs no files\n");
  }
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
