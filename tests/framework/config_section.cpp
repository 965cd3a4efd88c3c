// Keys are assigned to declared parameters: values, defaults, origins, and the error messages for invalid ones.
#include <boost/test/unit_test.hpp>
#include <clocale>

#include "framework/config_support.hpp"

using namespace pipeline;
using namespace pipeline::config;

namespace {

/// One section with a parameter of every type.
struct Declared {
  float rate = 0.1f;
  double scale = 1;
  std::uint64_t steps = 100;
  bool bias = true;
  std::string loss = "softmax", title = "none";
  std::filesystem::path folder;
  std::vector<std::uint64_t> layers = {784, 10};
  std::vector<std::string> regularisers;
  Parameters parameters;

  Declared() {
    parameters.number("learning_rate", rate, above(0).up_to(1), "step size");
    parameters.number("scale", scale, at_least(0).up_to(infinity), "any scale");
    parameters.whole("steps", steps, at_least(1), "number of updates");
    parameters.flag("output_bias", bias, "whether the last layer has a bias");
    parameters.choice("loss", loss, {"softmax", "hinge"}, "what is minimised");
    parameters.text("title", title, "a heading");
    parameters.path("folder", folder, "where the data is");
    parameters.wholes("layers", layers, at_least(1), "widths");
    parameters.words("regularisers", regularisers, "what a model applies");
  }
};

struct Taken : Reading {
  Declared declared;
  std::vector<Setting> settings;

  explicit Taken(const std::string& keys, const std::vector<std::string>& overrides = {})
      : Reading("[s]\n" + keys, overrides) {
    SectionReader section("s", child(tree, "s"), complaints);
    section.take(declared.parameters);
    section.finish();
    settings = section.settings();
  }
};

std::string complaint_about(const std::string& keys) { return Taken(keys).complained(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(config_section)

BOOST_AUTO_TEST_CASE(every_type_is_read) {
  const Taken t(
      "learning_rate = 5e-5\nscale = inf\nsteps = 7 ; few\noutput_bias = no\nloss = hinge\ntitle = \"\"\n"
      "layers = 784, 300,10\nregularisers = l1, l2\n");
  BOOST_TEST(t.complained() == "");
  BOOST_TEST(t.declared.rate == 5e-5f);
  BOOST_TEST(t.declared.scale == infinity);
  BOOST_TEST(t.declared.steps == 7u);
  BOOST_TEST(!t.declared.bias);
  BOOST_TEST(t.declared.loss == "hinge");
  BOOST_TEST(t.declared.title == "");
  BOOST_TEST((t.declared.layers == std::vector<std::uint64_t>{784, 300, 10}));
  BOOST_TEST((t.declared.regularisers == std::vector<std::string>{"l1", "l2"}));
}

BOOST_AUTO_TEST_CASE(settings_record_value_and_origin) {
  const Taken t("steps = 7\n", {"s.learning_rate=0.50"});
  std::string all;
  for (const Setting& s : t.settings)
    all += s.key + "=" + s.value + " (" + std::filesystem::path(s.origin).filename().string() + ")\n";
  BOOST_TEST(all ==
             "learning_rate=0.5 (command line)\nscale=1 (default)\nsteps=7 (a.ini:2)\noutput_bias=yes (default)\n"
             "loss=softmax (default)\ntitle=none (default)\nfolder= (default)\nlayers=784, 10 (default)\n"
             "regularisers= (default)\n");
  BOOST_TEST(t.settings[0].word.text == "0.50");
  BOOST_TEST(t.settings[1].word.text == "s");
  BOOST_TEST(t.settings[1].word.place.line == 1u);
  BOOST_TEST(t.settings[6].is_path);
  BOOST_TEST(!t.settings[5].is_path);
}

BOOST_AUTO_TEST_CASE(paths_are_relative_to_the_file_that_contains_them) {
  BOOST_TEST(Taken("folder = data/x\n").declared.folder.filename() == "x");
  const Reading r("[pipeline]\ninclude = sub/b.ini\n[t]\nfolder = ../x\n", {"u.folder=x"},
                  {{"sub/b.ini", "[s]\nfolder = x\n[u]\n"}});
  const auto folder_in = [&](const char* name) {
    Complaints none;
    Declared d;
    SectionReader(name, child(r.tree, name), none).take(d.parameters);
    BOOST_TEST(d.parameters.base == "");
    return d.folder;
  };
  BOOST_TEST(folder_in("s") == r.path / "sub" / "x");
  BOOST_TEST(folder_in("t") == r.path.parent_path() / "x");
  BOOST_TEST(folder_in("u") == std::filesystem::current_path() / "x");
}

BOOST_AUTO_TEST_CASE(prefixes_and_owners) {
  Reading r("[model:a]\nregularisers = l2\nl2.lambda = 3\nl2.lamda = 4\n");
  SectionReader section("model:a", child(r.tree, "model:a"), r.complaints);
  Declared model;
  double lambda = 1, power = 2;
  Parameters l2;
  l2.number("lambda", lambda, at_least(0), "strength");
  l2.number("power", power, at_least(0), "power");
  section.take(l2, "l2.", "l2");
  BOOST_TEST(lambda == 3);
  BOOST_TEST(section.setting("l2.power").origin == "default of l2");
  BOOST_CHECK_THROW(section.setting("power"), std::out_of_range);
  Parameters engine;
  engine.words("regularisers", model.regularisers, "what a model applies");
  section.take(engine);
  section.finish();
  BOOST_TEST(r.complained() ==
             "a.ini:4:1: error: unknown key 'l2.lamda' in [model:a]\n"
             "    4 | l2.lamda = 4\n"
             "      | ^~~~~~~~ did you mean 'l2.lambda'?  (valid: l2.lambda, l2.power, regularisers)");
}

BOOST_AUTO_TEST_CASE(invalid_values_leave_the_default) {
  const std::pair<std::string, std::string> cases[] = {
      {"steps = 1e5",
       "a.ini:2:9: error: value '1e5' of steps is not a whole number (digits only: 100000)\n"
       "    2 | steps = 1e5\n"
       "      |         ^~~ x >= 1, default 100"},
      {"steps = -1",
       "a.ini:2:9: error: value '-1' of steps is not a whole number (digits only)\n"
       "    2 | steps = -1\n"
       "      |         ^~ x >= 1, default 100"},
      {"steps =",
       "a.ini:2:8: error: value '' of steps is not a whole number (digits only)\n"
       "    2 | steps =\n"
       "      |        ^ x >= 1, default 100"},
      {"steps = 0",
       "a.ini:2:9: error: value '0' of steps is outside the range x >= 1\n"
       "    2 | steps = 0\n"
       "      |         ^ x >= 1, default 100"},
      {"learning_rate = 0,1",
       "a.ini:2:17: error: value '0,1' of learning_rate is not a number (the decimal point is '.')\n"
       "    2 | learning_rate = 0,1\n"
       "      |                 ^~~ 0 < x <= 1, default 0.1"},
      {"learning_rate = nan",
       "a.ini:2:17: error: value 'nan' of learning_rate is not a number\n"
       "    2 | learning_rate = nan\n"
       "      |                 ^~~ 0 < x <= 1, default 0.1"},
      {"learning_rate = inf",
       "a.ini:2:17: error: value 'inf' of learning_rate is outside the range 0 < x <= 1\n"
       "    2 | learning_rate = inf\n"
       "      |                 ^~~ 0 < x <= 1, default 0.1"},
      {"output_bias = true",
       "a.ini:2:15: error: value 'true' of output_bias is neither yes nor no\n"
       "    2 | output_bias = true\n"
       "      |               ^~~~ (valid: no, yes), default yes"},
      {"loss = sotfmax",
       "a.ini:2:8: error: value 'sotfmax' of loss is not one of the choices\n"
       "    2 | loss = sotfmax\n"
       "      |        ^~~~~~~ did you mean 'softmax'?  (valid: hinge, softmax), default softmax"},
      {"layers = 784, 1e3",
       "a.ini:2:10: error: value '784, 1e3' of layers contains '1e3', which is not a whole number "
       "(digits only: 1000)\n"
       "    2 | layers = 784, 1e3\n"
       "      |          ^~~~~~~~ x >= 1, default 784, 10"},
      {"layers = [784, 10]",
       "a.ini:2:10: error: value '[784, 10]' of layers is not a list (a list is written 784, 10)\n"
       "    2 | layers = [784, 10]\n"
       "      |          ^~~~~~~~~ x >= 1, default 784, 10"},
      {"layers = 784 10",
       "a.ini:2:10: error: value '784 10' of layers is not a list (a list is written 784, 10)\n"
       "    2 | layers = 784 10\n"
       "      |          ^~~~~~ x >= 1, default 784, 10"},
      {"stpes = 5",
       "a.ini:2:1: error: unknown key 'stpes' in [s]\n"
       "    2 | stpes = 5\n"
       "      | ^~~~~ did you mean 'steps'?  (valid: folder, layers, learning_rate, loss, output_bias, "
       "regularisers, scale, steps, title)"},
  };
  for (const auto& [line, complaint] : cases) BOOST_TEST(complaint_about(line) == complaint);
  BOOST_TEST(Taken("steps = 1e5").declared.steps == 100u);
  // A path without a default may be left empty; one with a default may not.
  BOOST_TEST(complaint_about("folder =") == "");
  std::filesystem::path given = "x";
  BOOST_TEST(Parameters().path("given", given, "").set("").value_or("") == "is empty, but a path is required");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_on_the_command_line) {
  BOOST_TEST(Taken("", {"s.stpes=100"}).complained() ==
             "command line: s.stpes: error: unknown key 'stpes' in [s]\n"
             "   | s.stpes=100\n"
             "   |   ^~~~~ did you mean 'steps'?  (valid: folder, layers, learning_rate, loss, output_bias, "
             "regularisers, scale, steps, title)");
}

BOOST_AUTO_TEST_CASE(one_mistake_causes_one_complaint) {
  for (const char* line : {"steps = {1,2}", "steps = \"5", "steps 5", "steps", "steps = 5 \"x\"", "steps = \"\\d\""})
    BOOST_TEST(Taken(line).complaints.list().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_missing_required_key_is_reported_at_the_section_name) {
  Reading r("[network]\n");
  std::vector<std::uint64_t> layers;
  Parameters p;
  p.wholes("layers", layers, at_least(1), "widths of the layers").must_be_given();
  SectionReader present("network", child(r.tree, "network"), r.complaints);
  BOOST_TEST(!present.take(p));
  present.finish();
  BOOST_TEST(r.complained() ==
             "a.ini:1:2: error: [network] needs 'layers'\n"
             "    1 | [network]\n"
             "      |  ^~~~~~~ widths of the layers (x >= 1)");
  Complaints complaints;
  SectionReader absent("network", nullptr, complaints);
  absent.take(p);
  absent.finish();
  BOOST_TEST(absent.name().text == "network");
  BOOST_TEST(r.shown(complaints) == "error: [network] needs 'layers'\n   | widths of the layers (x >= 1)");
  BOOST_TEST(absent.settings().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_key_without_effect_is_a_complaint) {
  const auto taken = [](const std::string& keys) {
    Reading r("[s]\n" + keys);
    std::string scaling = "none", clip = "no";
    double divide_by = 255, limit = 1;
    Parameters p;
    p.number("divide_by", divide_by, above(0), "divisor").used_if("scaling", {"divide", "both"}).must_be_given();
    p.choice("scaling", scaling, {"none", "divide", "both"}, "how features are scaled");
    p.choice("clip", clip, {"no", "yes"}, "whether values are clipped").used_if("scaling", {"both"});
    p.number("limit", limit, above(0), "largest value").used_if("clip", {"yes"});
    SectionReader section("s", child(r.tree, "s"), r.complaints);
    section.take(p, "", "csv");
    section.finish();
    std::string text = r.complained();
    for (const Setting& s : section.settings()) text += "\n" + s.key + "=" + s.value;
    return text;
  };
  // A resolved pipeline has no key without effect, so that it can be run again.
  BOOST_TEST(taken("") == "\nscaling=none");
  BOOST_TEST(taken("scaling = divide\ndivide_by = 2\n") == "\ndivide_by=2\nscaling=divide");
  BOOST_TEST(taken("scaling = both\ndivide_by = 2\n") == "\ndivide_by=2\nscaling=both\nclip=no");
  BOOST_TEST(taken("scaling = divide\n").find("error: [s] needs 'divide_by'") != std::string::npos);
  BOOST_TEST(taken("divide_by = 2\n") ==
             "a.ini:2:1: error: 'divide_by' has no effect\n"
             "    2 | divide_by = 2\n"
             "      | ^~~~~~~~~ it is used only with scaling = divide or both; remove it, or set that\n"
             "divide_by=2\nscaling=none");
  BOOST_TEST(taken("limit = 2\n").find("'limit' has no effect") != std::string::npos);
  BOOST_TEST(taken("scaling = divid\nlimit = 2\n").find("a.ini:3") == std::string::npos);  // follows from line 2
}

BOOST_AUTO_TEST_CASE(a_misspelt_required_key_is_not_missing_too) {
  Reading r("[training]\nstpes = 5\n");
  std::uint64_t steps = 0;
  Parameters p;
  p.whole("steps", steps, at_least(0), "updates").must_be_given();
  SectionReader section("training", child(r.tree, "training"), r.complaints);
  BOOST_TEST(!section.take(p));
  section.finish();
  BOOST_TEST(section.unsure("steps"));
  BOOST_TEST(r.complained() ==
             "a.ini:2:1: error: unknown key 'stpes' in [training]\n"
             "    2 | stpes = 5\n"
             "      | ^~~~~ did you mean 'steps'?  (valid: steps)");
}

BOOST_AUTO_TEST_CASE(a_key_that_other_programs_call_otherwise) {
  const auto remedy = [](const std::string& keys) {
    const std::string said = complaint_about(keys);
    return said.substr(said.find(' ', said.rfind('^')) + 1);
  };
  BOOST_TEST(remedy("lr = 1") == "did you mean 'learning_rate'?");  // which this section has
  BOOST_TEST(remedy("seed = 1") == "did you mean 'pipeline.seed'?");
  BOOST_TEST(remedy("optimizer = x") == "did you mean 'training.optimiser'?");
  BOOST_TEST(remedy("activation = tanh") == "did you mean 'network.activation'?");
  BOOST_TEST(remedy("momentum = 1").starts_with("an optimiser is chosen by name"));
  for (const char* key : {"convolution = 3", "device = cuda", "dtype = float64"})
    BOOST_TEST(remedy(key).starts_with("not available; "));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_of_an_entry_is_not_mistaken_for_another) {
  Reading r("[model:a]\ndropout.rate = 0.5\n");
  SectionReader section("model:a", child(r.tree, "model:a"), r.complaints);
  double keep_prob = 1, biases = 0;
  Parameters p;
  p.number("keep_prob", keep_prob, above(0), "probability that a unit is kept");
  p.number("biases", biases, at_least(0), "whether it acts on biases");
  section.take(p, "dropout.");
  section.finish([](const Word&) { return std::string("advice that does not know that the entry exists"); });
  BOOST_TEST(r.complained() ==
             "a.ini:2:1: error: unknown key 'dropout.rate' in [model:a]\n"
             "    2 | dropout.rate = 0.5\n"
             "      | ^~~~~~~~~~~~ (valid: dropout.biases, dropout.keep_prob)");
}

BOOST_AUTO_TEST_CASE(include_and_drop_are_valid_keys_of_pipeline) {
  Reading r("[pipeline]\ninclud = x\n");
  SectionReader section("pipeline", child(r.tree, "pipeline"), r.complaints);
  section.finish();
  BOOST_TEST(r.complained() ==
             "a.ini:2:1: error: unknown key 'includ' in [pipeline]\n"
             "    2 | includ = x\n"
             "      | ^~~~~~ did you mean 'include'?  (valid: drop, include)");
}

BOOST_AUTO_TEST_CASE(numbers_do_not_follow_the_locale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const bool german = std::setlocale(LC_ALL, "de_DE.UTF-8") || std::setlocale(LC_ALL, "de_DE");
  if (!german) BOOST_TEST_MESSAGE("no German locale on this machine: checked in the default locale only");
  const Taken t("learning_rate = 0.25\n");
  BOOST_TEST(t.complained() == "");
  BOOST_TEST(t.settings[0].value == "0.25");
  BOOST_TEST(Taken("learning_rate = 0,25\n").complaints.list().size() == 1u);
  std::setlocale(LC_ALL, before.c_str());
}

BOOST_AUTO_TEST_SUITE_END()
