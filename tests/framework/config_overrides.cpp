// Overrides on the command line: how each form changes the tree, and the error messages for wrong ones.
#include <boost/test/unit_test.hpp>

#include "framework/config_support.hpp"

using namespace pipeline::config;

namespace {
const std::string text = "[dataset]\nplugin = mnist\nfolder = d\n[training]\nsteps = 5\n[model:l2]\nl2.lambda = 1\n";

std::string after(const std::vector<std::string>& overrides) {
  const Reading r(text, overrides);
  return r.complaints.any() ? r.complained() : flat(r.tree);
}
const std::string dataset = "[dataset]plugin=mnist|folder=d", training = "[training]steps=5",
                  l2 = "[model:l2]l2.lambda=1";
}  // namespace

BOOST_AUTO_TEST_SUITE(config_overrides)

BOOST_AUTO_TEST_CASE(each_form) {
  BOOST_TEST(after({}) == dataset + training + l2);
  BOOST_TEST(after({"model:l2.l2.lambda=1e-4"}) == dataset + training + "[model:l2]l2.lambda=1e-4");
  BOOST_TEST(after({"training.rate=a=b"}) == dataset + training + "|rate=a=b" + l2);
  BOOST_TEST(after({"training.steps = \" 7 \""}) == dataset + "[training]steps= 7 " + l2);
  BOOST_TEST(after({"training.steps="}) == dataset + "[training]steps=" + l2);
  BOOST_TEST(after({"training.name=a;b"}) == dataset + training + "|name=a;b" + l2);
  BOOST_TEST(after({"+model:l1"}) == dataset + training + l2 + "[model:l1]");
  BOOST_TEST(after({"+model:l1.a=1", "model:l1.b=2"}) == dataset + training + l2 + "[model:l1]a=1|b=2");
  BOOST_TEST(after({"+training", "+training.steps=6"}) == dataset + "[training]steps=6" + l2);
  BOOST_TEST(after({"~model:l2"}) == dataset + training);
  BOOST_TEST(after({"~model:l2.l2.lambda"}) == dataset + training + "[model:l2]");
  BOOST_TEST(after({"~training", "+training.steps=1"}) == dataset + l2 + "[training]steps=1");
}

BOOST_AUTO_TEST_CASE(a_seed_can_be_set_without_a_pipeline_section) {
  BOOST_TEST(after({"pipeline.seed=2"}) == dataset + training + l2 + "[pipeline]seed=2");
  BOOST_TEST(after({"~pipeline.seed"}).starts_with("command line: pipeline.seed: error: no section 'pipeline'"));
}

BOOST_AUTO_TEST_CASE(another_plugin_discards_the_keys_of_the_file) {
  BOOST_TEST(after({"dataset.plugin=digits"}) == "[dataset]plugin=digits" + training + l2);
  BOOST_TEST(after({"dataset.plugin=mnist"}) == dataset + training + l2);
  BOOST_TEST(after({"dataset.seed=3", "dataset.plugin=digits"}) == "[dataset]seed=3|plugin=digits" + training + l2);
}

BOOST_AUTO_TEST_CASE(the_place_of_an_override) {
  const Reading r(text, {"+model:l1.l1.lambda=\"2\""});
  const Entry& entry = child(*child(r.tree, "model:l1"), "l1.lambda")->data();
  BOOST_TEST(entry.name.place.on_command_line());
  BOOST_TEST(entry.name.place.column == 11u);
  BOOST_TEST(entry.value.place.column == 22u);
  BOOST_TEST(entry.value.place.line_text.str() == "+model:l1.l1.lambda=\"2\"");
  BOOST_TEST(child(r.tree, "model:l1")->data().name.place.column == 2u);
}

BOOST_AUTO_TEST_CASE(complaints) {
  const std::string form = "an override is section.key=value, +section, +section.key=value, ~section or ~section.key";
  const std::pair<std::string, std::string> cases[] = {
      {"",
       "command line: : error: an override that names no section\n"
       "   | \n"
       "   | ^ " +
           form},
      {".k=1",
       "command line: .k: error: an override that names no section\n"
       "   | .k=1\n"
       "   | ^~~~ " +
           form},
      {"b.ini",
       "command line: b.ini: error: missing '=' in override 'b.ini'\n"
       "   | b.ini\n"
       "   | ^~~~~ one pipeline file at a time; the words after it are overrides"},
      {"+training.steps",
       "command line: training.steps: error: missing '=' in override '+training.steps'\n"
       "   | +training.steps\n"
       "   | ^~~~~~~~~~~~~~~ an override is one word: +training.steps=VALUE"},
      {"steps=5",
       "command line: steps: error: 'steps' is not section.key\n"
       "   | steps=5\n"
       "   | ^~~~~ did you mean 'training.steps=5'?"},
      {"training.=5",
       "command line: training.: error: '' is not a valid key\n"
       "   | training.=5\n"
       "   |          ^ a key consists of letters, digits, _ and -, or of several such words joined by dots"},
      {"~training.steps=5",
       "command line: training.steps: error: '~' removes a section or key and takes no value\n"
       "   | ~training.steps=5\n"
       "   |                ^ " +
           form},
      {"trainig.steps=5",
       "command line: trainig.steps: error: no section 'trainig' in the pipeline\n"
       "   | trainig.steps=5\n"
       "   | ^~~~~~~ did you mean 'training'?  (valid: dataset, model:l2, training)"},
      {"model:l3.lambda=5",
       "command line: model:l3.lambda: error: no section 'model:l3' in the pipeline\n"
       "   | model:l3.lambda=5\n"
       "   | ^~~~~~~~ did you mean 'model:l2'?  (valid: dataset, model:l2, training); "
       "'+model:l3.lambda=5' creates it"},
      {"l2.lambda=5",
       "command line: l2.lambda: error: no section 'l2' in the pipeline\n"
       "   | l2.lambda=5\n"
       "   | ^~ did you mean 'model:l2.l2.lambda'?"},
      {"~l2.lambda",
       "command line: l2.lambda: error: no section 'l2' in the pipeline\n"
       "   | ~l2.lambda\n"
       "   |  ^~ did you mean '~model:l2.l2.lambda'?"},
      {"~trainig",
       "command line: trainig: error: no section 'trainig' in the pipeline\n"
       "   | ~trainig\n"
       "   |  ^~~~~~~ did you mean 'training'?  (valid: dataset, model:l2, training)"},
      {"~training.stpes",
       "command line: training.stpes: error: key 'stpes' is not set in [training]\n"
       "   | ~training.stpes\n"
       "   |           ^~~~~ did you mean 'steps'?  (valid: steps)"},
      {"training.steps={1..5}",
       "command line: training.steps: error: braces are reserved for sweeps\n"
       "   | training.steps={1..5}\n"
       "   |                ^~~~~~ `pipeline sweep` takes them: one run for each value; quote the value if it is plain "
       "text"},
      {"training.name=a # b",
       "command line: training.name: error: a comment in an override\n"
       "   | training.name=a # b\n"
       "   |                 ^~~ quote the value if this is part of it"},
      {"training.name=\"a",
       "command line: training.name: error: unclosed quote\n"
       "   | training.name=\"a\n"
       "   |               ^~ close it with '\"' on the same line"},
      {"training.name=a\nb",
       "command line: training.name: error: an override with a character that is not allowed in a "
       "pipeline file\n"
       "   | training.name=a\uFFFDb\n"
       "   | ^~~~~~~~~~~~~~~~~ an override must be UTF-8 text on one line"},
      {"+model:control",
       "command line: model:control: error: the name 'control' is reserved for the untrained network\n"
       "   | +model:control\n"
       "   |  ^~~~~~~~~~~~~ give the model another name"},
      {"sweep.rate=1",
       "command line: sweep.rate: error: no section 'sweep' in the pipeline\n"
       "   | sweep.rate=1\n"
       "   | ^~~~~ (valid: dataset, model:l2, training); '+sweep.rate=1' creates it"},
      {"+sweep.a:b:c.d={1, 2}",
       "command line: sweep.a:b:c.d: error: 'a:b:c.d' is not section.key\n"
       "   | +sweep.a:b:c.d={1, 2}\n"
       "   |        ^~~~~~~ write sweep.section.key={...}"},
      {"+pipeline.include=b.ini",
       "command line: pipeline.include: error: 'include' belongs in a file\n"
       "   | +pipeline.include=b.ini\n"
       "   |           ^~~~~~~ put it in a pipeline file of your own"},
      {"+pipeline.drop=model:l2",
       "command line: pipeline.drop: error: 'drop' belongs in a file\n"
       "   | +pipeline.drop=model:l2\n"
       "   |           ^~~~ on the command line, write ~section"},
  };
  for (const auto& [word, complaint] : cases) BOOST_TEST(after({word}) == complaint);
  BOOST_TEST(Reading("", {"training.steps=5"}).complained() ==
             "command line: training.steps: error: no section 'training' in the pipeline\n"
             "   | training.steps=5\n"
             "   | ^~~~~~~~ '+training.steps=5' creates it");
}

BOOST_AUTO_TEST_CASE(words_of_other_programs_are_understood) {
  const auto remedy = [&](const std::string& word) {
    const std::string said = Reading(text, {word}).complained();
    return said.substr(said.find(' ', said.rfind('^')) + 1);
  };
  BOOST_TEST(remedy("seed=2") == "did you mean 'pipeline.seed=2'?");
  BOOST_TEST(remedy("random-state=2") == "did you mean 'pipeline.seed=2'?");
  BOOST_TEST(remedy("lr=0.1") == "did you mean 'training.learning_rate=0.1'?");
  BOOST_TEST(remedy("LR=0.1") == "did you mean 'training.learning_rate=0.1'?");
  BOOST_TEST(remedy("folder=e") == "did you mean 'dataset.folder=e'?");  // a key of this file
  BOOST_TEST(remedy("epochs=3") == "training.steps counts updates: epochs x training samples / batch_size");
  BOOST_TEST(remedy("optimizer=adam") == "did you mean 'training.optimiser=adam'?");
  BOOST_TEST(remedy("scheduler=cosine") == "did you mean 'training.schedule=cosine'?");
  BOOST_TEST(remedy("momentum=0.9").starts_with("an optimiser is chosen by name"));
  BOOST_TEST(remedy("device=cuda") == "not available; everything is computed on the processor, in float32");
  BOOST_TEST(remedy("threads=2") == "the number of threads is an option: pipeline run FILE --threads N");
  BOOST_TEST(remedy("colour=red").starts_with("an override is section.key=value"));
}

BOOST_AUTO_TEST_CASE(keys_of_a_listed_entry_are_suggested_even_if_they_are_not_in_the_file) {
  const std::string listing = "[dataset]\nwrappers = subset,label_noise\n[model:a]\nregularisers = l1 , dropout\n";
  const auto remedy = [&](const std::string& word) {
    const std::string said = Reading(listing, {word}).complained();
    return said.substr(said.find(' ', said.rfind('^')) + 1);
  };
  BOOST_TEST(remedy("dropout.keep_prob=1") == "did you mean 'model:a.dropout.keep_prob'?");
  BOOST_TEST(remedy("label_noise.share=1") == "did you mean 'dataset.label_noise.share'?");
  BOOST_TEST(remedy("drop.keep_prob=1").find("model:a.drop") == std::string::npos);  // part of a name is not enough
  BOOST_TEST(remedy("drop.keep_prob=1") == "(valid: dataset, model:a)");             // no section can be called drop
}

BOOST_AUTO_TEST_SUITE_END()
