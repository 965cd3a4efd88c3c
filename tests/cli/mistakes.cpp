// What the program says about each way in which a pipeline file can be wrong: the whole text, as it is read.
#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

struct Mistake {
  std::string name, right, wrong, complaint;
};

// clang-format off
const Mistake mistakes[] = {
    {"a key", "learning_rate = 0.1", "lerning_rate = 0.1",
     R"(study.ini:16:1: error: unknown key 'lerning_rate' in [training]
   16 | lerning_rate = 0.1
      | ^~~~~~~~~~~~ did you mean 'learning_rate'?  (valid: batch_size, kernels, learning_rate, loss, steps)
)"},
    {"a key of a plugin", "l2.lambda", "l2.lamda",
     R"(study.ini:22:1: error: unknown key 'l2.lamda' in [model:l2]
   22 | l2.lamda = 1e-3
      | ^~~~~~~~ did you mean 'l2.lambda'?  (valid: l2.biases, l2.lambda, l2.layers, l2.plugin, learning_rate, regularisers)
)"},
    {"a section", "[training]", "[trainning]",
     R"(study.ini:13:2: error: unknown section [trainning]
   13 | [trainning]
      |  ^~~~~~~~~ did you mean 'training'?  (valid: dataset, metric, model, network, pipeline, report, training)
)"},
    {"the kind of a section", "[metric:accuracy]", "[metrics:accuracy]",
     R"(study.ini:24:2: error: unknown section [metrics:accuracy]
   24 | [metrics:accuracy]
      |  ^~~~~~~~~~~~~~~~ did you mean 'metric'?  (valid: dataset, metric, model, network, pipeline, report, training)
)"},
    {"a choice", "every = 10", "every = 10\non = tset",
     R"(study.ini:26:6: error: value 'tset' of on is not one of the choices
   26 | on = tset
      |      ^~~~ did you mean 'test'?  (valid: both, test, train, validation), default test
)"},
    {"a flag", "layers = 784, 16, 10", "layers = 784, 16, 10\noutput_bias = false",
     R"(study.ini:12:15: error: value 'false' of output_bias is neither yes nor no
   12 | output_bias = false
      |               ^~~~~ (valid: no, yes), default yes
)"},
    {"a data set", "plugin = digits", "plugin = digit",
     R"(study.ini:6:10: error: unknown dataset 'digit'
    6 | plugin = digit
      |          ^~~~~ did you mean 'digits'?  (valid: csv, digits, fashion_mnist, idx, mnist)
)"},
    {"a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_nose\nlabel_nose.share = 2",
     R"(study.ini:7:12: error: unknown wrapper 'label_nose'
    7 | wrappers = label_nose
      |            ^~~~~~~~~~ did you mean 'label_noise'?  (valid: label_noise, standardise, subset)
)"},
    {"a data set as a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise, mnist",
     R"(study.ini:7:25: error: 'mnist' is a data set by itself and wraps none
    7 | wrappers = label_noise, mnist
      |                         ^~~~~ (valid: label_noise, standardise, subset)
)"},
    {"a wrapper as a data set", "plugin = digits\ntrain = 600\ntest = 200", "plugin = label_noise",
     R"(study.ini:6:10: error: 'label_noise' wraps a data set and is none by itself
    6 | plugin = label_noise
      |          ^~~~~~~~~~~ name a data set here, and this one in wrappers = label_noise
)"},
    {"a wrapper twice", "plugin = digits", "plugin = digits\nwrappers = label_noise, label_noise",
     R"(study.ini:7:25: error: 'label_noise' stands twice in wrappers
    7 | wrappers = label_noise, label_noise
      |                         ^~~~~~~~~~~ each wraps the data set once
)"},
    {"a key of a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise\nlabel_noise.shar = .4",
     R"(study.ini:8:1: error: unknown key 'label_noise.shar' in [dataset]
    8 | label_noise.shar = .4
      | ^~~~~~~~~~~~~~~~ did you mean 'label_noise.share'?  (valid: label_noise.seed, label_noise.share, plugin, seed, sloppiness, test, train, validation, wrappers)
)"},
    {"a value of a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise\nlabel_noise.share = 1.5",
     R"(study.ini:8:21: error: value '1.5' of label_noise.share is outside the range 0 <= x <= 1
    8 | label_noise.share = 1.5
      |                     ^~~ 0 <= x <= 1, default 0.2
)"},
    {"a wrapper that needs a key", "plugin = digits", "plugin = digits\nwrappers = subset",
     R"(study.ini:5:2: error: [dataset] needs 'subset.per_class'
    5 | [dataset]
      |  ^~~~~~~ training samples kept of each class (x >= 1)
)"},
    {"a wrapper that the data do not fit", "plugin = digits", "plugin = digits\nwrappers = subset\nsubset.per_class = 61",
     R"(study.ini:8:20: error: [dataset]: subset.per_class = 61 of 10 classes is more than the training set of 600
    8 | subset.per_class = 61
      |                    ^~
)"},
    {"a batch larger than what a wrapper leaves", "plugin = digits", "plugin = digits\nwrappers = subset\nsubset.per_class = 1",
     R"(study.ini:17:14: error: a batch of 20 is larger than the training set of 10
   17 | batch_size = 20
      |              ^~ batch_size is 10 at most with this data set
)"},
    {"keys of a wrapper that is not listed", "plugin = digits", "plugin = digits\nlabel_noise.share = .4",
     R"(study.ini:7:1: error: unknown key 'label_noise.share' in [dataset]
    7 | label_noise.share = .4
      | ^~~~~~~~~~~~~~~~~ (valid: plugin, seed, sloppiness, test, train, validation, wrappers)
)"},
    {"images moved out of sight", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = shift\nshift.pixels = 28",
     R"(study.ini:22:16: error: [model:l2]: shift.pixels = 28 may move an image of 28 x 28 out of sight
   22 | shift.pixels = 28
      |                ^~
)"},
    {"a regulariser", "regularisers = l2", "regularisers = l22",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22
      |                ^~~ <regulariser near l22>
)"},
    {"a regulariser beside the one that was meant", "regularisers = l2\nl2.lambda", "regularisers = l22, l2\nl2.lamda",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22, l2
      |                ^~~ <regulariser near l22>
study.ini:22:1: error: unknown key 'l2.lamda' in [model:l2]
   22 | l2.lamda = 1e-3
      | ^~~~~~~~ did you mean 'l2.lambda'?  (valid: l2.biases, l2.lambda, l2.layers, l2.plugin, l22.biases, l22.layers, l22.plugin, learning_rate, regularisers)
)"},
    {"biases for what touches no weights", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = dropout\ndropout.biases = yes",
     R"(study.ini:22:18: error: 'dropout' touches no weights: dropout.biases changes nothing
   22 | dropout.biases = yes
      |                  ^~~ drop it
)"},
    {"a comma left out", "regularisers = l2", "regularisers = dropout l2",
     R"(study.ini:21:16: error: 'dropout l2' is more than one word
   21 | regularisers = dropout l2
      |                ^~~~~~~~~~ commas stand between the entries of a list
)"},
    {"layers that the entry does not act on", "l2.lambda = 1e-3", "l2.lambda = 1e-3\nl2.layers = 0",
     R"(study.ini:23:13: error: 'l2' would touch no layer of this network
   23 | l2.layers = 0
      |             ^ penalties and updates act on layers 1 to 2, changes of activations on hidden layers (0: the inputs)
)"},
    {"a regulariser that needs a key of its own", "regularisers = l2\nl2.lambda", "regularisers = l22\nl22.lambda",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22
      |                ^~~ <regulariser near l22>
)"},
    {"a metric", "[metric:accuracy]", "[metric:acuracy]",
     R"(study.ini:24:2: error: unknown metric 'acuracy'
   24 | [metric:acuracy]
      |  ^~~~~~~~~~~~~~ <metric near acuracy>
)"},
    {"a report", "every = 10\n", "every = 10\n\n[report:sumary]\n",
     R"(study.ini:27:2: error: unknown report 'sumary'
   27 | [report:sumary]
      |  ^~~~~~~~~~~~~ did you mean 'summary'?  (valid: plots, summary)
)"},
    {"an included file", "name = small", "include = nosuch.ini",
     R"(study.ini:3:11: error: cannot read 'nosuch.ini': No such file or directory
    3 | include = nosuch.ini
      |           ^~~~~~~~~~ the path is relative to the file that includes
)"},
    {"a folder of plugins", "name = small", "plugin_path = nosuch",
     R"(study.ini:3:15: error: plugin_path <here>/nosuch is no folder
    3 | plugin_path = nosuch
      |               ^~~~~~ a relative path starts at the folder of this file
)"},
    {"a duplicate section", "[metric:accuracy]", "[model:l2]",
     R"(study.ini:24:2: error: section [model:l2] appears twice
   24 | [model:l2]
      |  ^~~~~~~~ the first is at study.ini:20
)"},
    {"a duplicate key", "steps = 30", "steps = 30\nsteps = 40",
     R"(study.ini:15:1: error: key 'steps' appears twice in its section
   15 | steps = 40
      | ^~~~~ the first is at study.ini:14
)"},
    {"a section without a name", "[metric:accuracy]", "[metric]",
     R"(study.ini:24:2: error: section [metric] needs a name
   24 | [metric]
      |  ^~~~~~ write [metric:NAME]
)"},
    {"a name where none belongs", "[dataset]", "[dataset:digits]",
     R"(study.ini:5:2: error: section [dataset] takes no name
    5 | [dataset:digits]
      |  ^~~~~~~~~~~~~~ write [dataset]
)"},
    {"a section left open", "[training]", "[training",
     R"(study.ini:13:1: error: missing ']'
   13 | [training
      | ^~~~~~~~~
)"},
    {"no equals sign", "steps = 30", "steps 30",
     R"(study.ini:14:1: error: missing '=' after 'steps'
   14 | steps 30
      | ^~~~~ a line is a [section], 'key = value' or a comment
)"},
    {"text before the first section", "# Does l2", "Does l2",
     R"(study.ini:1:1: error: text before the first section
    1 | Does l2 help after thirty steps?
      | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a pipeline starts with a section such as [pipeline]
)"},
    {"a comment that sticks to its value", "steps = 30", "steps = 30;fewer",
     R"(study.ini:14:9: error: value '30;fewer' of steps is not a whole number (digits only)
   14 | steps = 30;fewer
      |         ^~~~~~~~ x >= 0
)"},
    {"a parameter without its entry", "l2.lambda = 1e-3", "lambda = 1e-3",
     R"(study.ini:22:1: error: unknown key 'lambda' in [model:l2]
   22 | lambda = 1e-3
      | ^~~~~~ did you mean 'l2.lambda'?
)"},
    {"layers for what knows none", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = sam\nsam.layers = 1\nsam.biases = yes",
     R"(study.ini:22:14: error: 'sam' acts on the whole network or batch: sam.layers changes nothing
   22 | sam.layers = 1
      |              ^ drop it
study.ini:23:14: error: 'sam' touches no weights: sam.biases changes nothing
   23 | sam.biases = yes
      |              ^~~ drop it
)"},
    {"images where all are measured", "every = 10", "every = 10\nimages = 7",
     R"(study.ini:26:10: error: images changes nothing where on = test: all of them are measured
   26 | images = 7
      |          ^ drop it, or measure on = train or both
)"},
    {"a report twice", "[metric:accuracy]", "[report:one]\nplugin = summary\n[report:two]\nplugin = summary\n[metric:accuracy]",
     R"(study.ini:26:2: error: [report:one] is the same 'summary', and both would write the same files
   26 | [report:two]
      |  ^~~~~~~~~~ drop one of them
)"},
    {"-1", "steps = 30", "steps = -1",
     R"(study.ini:14:9: error: value '-1' of steps is not a whole number (digits only)
   14 | steps = -1
      |         ^~ x >= 0
)"},
    {"1e5", "steps = 30", "steps = 1e5",
     R"(study.ini:14:9: error: value '1e5' of steps is not a whole number (digits only)
   14 | steps = 1e5
      |         ^~~ x >= 0
)"},
    {"0,1", "learning_rate = 0.1", "learning_rate = 0,1",
     R"(study.ini:16:17: error: value '0,1' of learning_rate is not a number (the decimal point is '.')
   16 | learning_rate = 0,1
      |                 ^~~ x > 0, default 0.1
)"},
    {"nan", "learning_rate = 0.1", "learning_rate = nan",
     R"(study.ini:16:17: error: value 'nan' of learning_rate is not a number
   16 | learning_rate = nan
      |                 ^~~ x > 0, default 0.1
)"},
    {"inf", "learning_rate = 0.1", "learning_rate = inf",
     R"(study.ini:16:17: error: value 'inf' of learning_rate is not finite
   16 | learning_rate = inf
      |                 ^~~ x > 0, default 0.1
)"},
    {"no number", "learning_rate = 0.1", "learning_rate =",
     R"(study.ini:16:16: error: value '' of learning_rate is not a number
   16 | learning_rate =
      |                ^ x > 0, default 0.1
)"},
    {"no whole number", "steps = 30", "steps =",
     R"(study.ini:14:8: error: value '' of steps is not a whole number (digits only)
   14 | steps =
      |        ^ x >= 0
)"},
    {"no layers", "layers = 784, 16, 10", "layers =",
     R"(study.ini:11:9: error: layers has fewer than two numbers
   11 | layers =
      |         ^ give the inputs and the classes at least: layers = 784, 10
)"},
    {"no plugin", "plugin = digits", "plugin =",
     R"(study.ini:6:9: error: plugin is empty
    6 | plugin =
      |         ^ (valid: csv, digits, fashion_mnist, idx, mnist)
)"},
    {"a whole number that is too large", "steps = 30", "steps = 99999999999999999999",
     R"(study.ini:14:9: error: value '99999999999999999999' of steps is too large
   14 | steps = 99999999999999999999
      |         ^~~~~~~~~~~~~~~~~~~~ x >= 0
)"},
    {"0 where nothing is done", "every = 10", "every = 0",
     R"(study.ini:25:9: error: value '0' of every is outside the range x >= 1
   25 | every = 0
      |         ^ x >= 1
)"},
    {"a layer of no units", "layers = 784, 16, 10", "layers = 784, 0, 10",
     R"(study.ini:11:10: error: value '784, 0, 10' of layers holds '0', which is outside the range 1 <= x <= 1000000
   11 | layers = 784, 0, 10
      |          ^~~~~~~~~~ 1 <= x <= 1000000
)"},
    {"a layer that is no number", "layers = 784, 16, 10", "layers = 784, x, 10",
     R"(study.ini:11:10: error: value '784, x, 10' of layers holds 'x', which is not a whole number (digits only)
   11 | layers = 784, x, 10
      |          ^~~~~~~~~~ 1 <= x <= 1000000
)"},
    {"one layer", "layers = 784, 16, 10", "layers = 784",
     R"(study.ini:11:10: error: layers has fewer than two numbers
   11 | layers = 784
      |          ^~~ give the inputs and the classes at least: layers = 784, 10
)"},
    {"layers that do not fit the data", "layers = 784, 16, 10", "layers = 64, 16, 12",
     R"(study.ini:11:10: error: the network has 64 inputs, but data set 'digits' has 784 features
   11 | layers = 64, 16, 12
      |          ^~ write 784 as the first of layers
study.ini:11:18: error: the network has 12 outputs, but data set 'digits' has 10 classes
   11 | layers = 64, 16, 12
      |                  ^~ write 10 as the last of layers
)"},
    {"a batch larger than the training set", "batch_size = 20", "batch_size = 601",
     R"(study.ini:15:14: error: a batch of 601 is larger than the training set of 600
   15 | batch_size = 601
      |              ^~~ batch_size is 600 at most with this data set
)"},
    {"a model named control", "[model:plain]", "[model:control]",
     R"(study.ini:18:2: error: the name 'control' is taken by the untrained network
   18 | [model:control]
      |  ^~~~~~~~~~~~~ give the model another name
)"},
    {"an entry twice", "regularisers = l2", "regularisers = l2, l2",
     R"(study.ini:21:20: error: 'l2' stands twice in regularisers
   21 | regularisers = l2, l2
      |                    ^~ to use it twice, name this one 'again' and add 'again.plugin = l2'
)"},
    {"a layer of a regulariser that is not there", "l2.lambda = 1e-3", "l2.layers = 1, 7",
     R"(study.ini:22:16: error: '7' is not a layer of this network
   22 | l2.layers = 1, 7
      |                ^ all, or numbers from 0 (the inputs) to 2
)"},
    {"a layer of a metric that is not there", "[metric:accuracy]", "[metric:weights_against_c]\nlayer = 7",
     R"(study.ini:25:9: error: [metric:weights_against_c]: layer = 7, but the network has 2 layers
   25 | layer = 7
      |         ^
)"},
    {"a name that is no plain word", "name = small", "name = a/b",
     R"(study.ini:3:8: error: name 'a/b' is not a plain word
    3 | name = a/b
      |        ^~~ letters, digits, _ and - only
)"},
    {"no section at all that is needed", "[training]\nsteps = 30\nbatch_size = 20\nlearning_rate = 0.1\n", "",
     R"(study.ini: error: [training] needs 'steps'
   | updates of every model (x >= 0)
)"},
    {"no model", "[model:plain]\n\n[model:l2]\nregularisers = l2\nl2.lambda = 1e-3\n", "",
     R"(study.ini:2:2: error: there is no [model:NAME] section
    2 | [pipeline]
      |  ^~~~~~~~ add [model:plain] for a model without regularisers
)"},
    {"a key that must be given", "every = 10", "",
     R"(study.ini:24:2: error: [metric:accuracy] needs 'every'
   24 | [metric:accuracy]
      |  ^~~~~~~~~~~~~~~ measured before the update of every so many steps, and after the last (x >= 1)
)"},
    {"braces", "learning_rate = 0.1", "learning_rate = {0.1,0.2}",
     R"(study.ini:16:17: error: braces are reserved for sweeps
   16 | learning_rate = {0.1,0.2}
      |                 ^~~~~~~~~ quote the value if it is plain text
)"},
    {"several at once", "steps = 30\nbatch_size = 20\nlearning_rate = 0.1", "stpes = 30\nbatch_size = x\nlearning_rate = 0",
     R"(study.ini:13:2: error: [training] needs 'steps'
   13 | [training]
      |  ^~~~~~~~ updates of every model (x >= 0)
study.ini:14:1: error: unknown key 'stpes' in [training]
   14 | stpes = 30
      | ^~~~~ did you mean 'steps'?  (valid: batch_size, kernels, learning_rate, loss, steps)
study.ini:15:14: error: value 'x' of batch_size is not a whole number (digits only)
   15 | batch_size = x
      |              ^ x >= 1, default 60
study.ini:16:17: error: value '0' of learning_rate is outside the range x > 0
   16 | learning_rate = 0
      |                 ^ x > 0, default 0.1
)"},
    {"a learning rate of a model that is 0", "regularisers = l2", "regularisers = l2\nlearning_rate = 0",
     R"(study.ini:22:17: error: value '0' of learning_rate is outside the range x > 0
   22 | learning_rate = 0
      |                 ^ x > 0, default 0.1
)"},
};
// clang-format on

/// The same numbers as the small study: however a file is saved, it means the same.
void means_the_same(const World& world, const std::string& bytes,
                    std::source_location where = std::source_location::current()) {
  world.write("other.ini", bytes);
  world.write("small.ini", small_study);
  const Said said = world.run({"show", "other.ini"});
  check_exit(said, 0, where);
  check_text(said.out, world.run({"show", "small.ini"}).out, where);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_files)

BOOST_AUTO_TEST_CASE(every_mistake_is_told_by_place_word_and_remedy) {
  const World world;
  for (const Mistake& m : mistakes) {
    const std::size_t at = small_study.find(m.right);
    BOOST_TEST_REQUIRE(at != std::string::npos, m.name);
    world.write("study.ini", std::string(small_study).replace(at, m.right.size(), m.wrong));
    const Said said = world.run({"check", "study.ini"});
    BOOST_TEST_CONTEXT(m.name) {
      check_exit(said, 2);
      check_text(world.tidy(said.err), with_suggestions(m.complaint));
      BOOST_TEST(said.out == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(run_and_show_complain_as_check_does) {
  const World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = -1"));
  const Said checked = world.run({"check", "study.ini"});
  for (const std::string command : {"run", "show"}) {
    const Said said = world.run({command, "study.ini"});
    check_exit(said, 2);
    check_text(said.err, checked.err);
    BOOST_TEST(said.out == "");
  }
  BOOST_TEST(!fs::exists(world.here / "runs"));
}

BOOST_AUTO_TEST_CASE(file_and_command_line_are_complained_about_in_one_go) {
  const World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = -1"));
  const Said said = world.run({"check", "study.ini", "model:l2.l2.lambda=-1"});
  check_exit(said, 2);
  check_text(said.err, R"(study.ini:14:9: error: value '-1' of steps is not a whole number (digits only)
   14 | steps = -1
      |         ^~ x >= 0
command line: model:l2.l2.lambda: error: value '-1' of l2.lambda is outside the range x >= 0
   | model:l2.l2.lambda=-1
   |                    ^~ x >= 0, default 5e-05
)");
}

BOOST_AUTO_TEST_CASE(the_thousandth_complaint_helps_nobody) {
  const World world;
  std::string text = small_study;
  for (int i = 0; i < 60; ++i) text += "[odd" + std::to_string(i) + "]\n";
  world.write("study.ini", text);
  const Said said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  BOOST_TEST(said.err.ends_with("\n... and 10 more\n"));
}

BOOST_AUTO_TEST_CASE(no_colours_without_a_terminal) {
  const World world;
  world.write("study.ini", "[]\n");
  BOOST_TEST(world.run({"check", "study.ini"}).err.find('\033') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(comments_and_blanks_do_not_count) {
  const World world;
  std::string text;
  for (const std::string& line : lines_of(small_study))
    text += "\t" + line + (line.empty() ? "" : " \t; why #not") + "\n\n";
  means_the_same(world, text);
  means_the_same(world, replaced(small_study, " = ", "="));
}

BOOST_AUTO_TEST_CASE(line_ends_byte_order_mark_and_a_missing_last_newline_do_not_count) {
  const World world;
  means_the_same(world, replaced(small_study, "\n", "\r\n"));
  means_the_same(world, "\xef\xbb\xbf" + small_study);
  means_the_same(world, small_study.substr(0, small_study.size() - 1));
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_told_once) {
  const World world;
  world.write("study.ini", std::string("\xff\xfe[\0p\0", 6));
  Said said = world.run({"check", "study.ini", "training.steps=5"});
  check_exit(said, 2);
  check_says(said.err, "this file is UTF-16: save it as UTF-8");
  BOOST_TEST(lines_of(said.err).size() == 3u);
  world.write("study.ini", read_file(BUILD_DIR "/bin/pipeline").substr(0, 100'000));
  said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  check_says(said.err, "is this a text file?");
  BOOST_TEST(lines_of(said.err).size() == 3u);  // what seems to be missing may stand in what cannot be read
  world.write("study.ini", "");
  said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  check_says(said.err, "there is no [model:NAME] section");
}

BOOST_AUTO_TEST_CASE(what_an_unread_file_may_hold_is_not_missed) {
  const World world;
  world.write("study.ini", "[pipeline]\ninclude = nosuch.ini\n\n[training]\nsteps = 5\n");
  const Said said = world.run({"check", "study.ini", "model:l2.l2.lambda=1e-4"});
  check_exit(said, 2);
  check_text(said.err, R"(study.ini:2:11: error: cannot read 'nosuch.ini': No such file or directory
    2 | include = nosuch.ini
      |           ^~~~~~~~~~ the path is relative to the file that includes
)");
}

BOOST_AUTO_TEST_CASE(ten_megabytes_are_read_like_any_file) {
  const World world;
  std::string text = small_study;
  text.reserve(11'000'000);
  while (text.size() < 10'000'000) text += "# filler filler filler filler filler filler filler filler filler filler\n";
  means_the_same(world, text);
  world.write("study.ini", text + "stpes = 5\n");  // the last line counts
  check_says(world.run({"check", "study.ini"}).err, "unknown key 'stpes' in [metric:accuracy]");
}

BOOST_AUTO_TEST_SUITE_END()
