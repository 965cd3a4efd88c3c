// The complete error message for each kind of mistake in a pipeline file.
#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

struct Mistake {
  std::string name, right, wrong, message;
};

// clang-format off
const Mistake mistakes[] = {
    {"an unknown key", "learning_rate = 0.1", "lerning_rate = 0.1",
     R"(study.ini:16:1: error: unknown key 'lerning_rate' in [training]
   16 | lerning_rate = 0.1
      | ^~~~~~~~~~~~ did you mean 'learning_rate'?  (valid: batch_size, kernels, learning_rate, loss, on_nan, optimiser, schedule, schedule.warmup, steps)
)"},
    {"an unknown key of a plugin", "l2.lambda", "l2.lamda",
     R"(study.ini:22:1: error: unknown key 'l2.lamda' in [model:l2]
   22 | l2.lamda = 1e-3
      | ^~~~~~~~ did you mean 'l2.lambda'?  (valid: l2.biases, l2.lambda, l2.layers, l2.plugin, l2.strength_schedule, l2.strength_schedule.warmup, learning_rate, optimiser, regularisers, schedule)
)"},
    {"an unknown section", "[training]", "[trainning]",
     R"(study.ini:13:2: error: unknown section [trainning]
   13 | [trainning]
      |  ^~~~~~~~~ did you mean [training]?  (valid: [pipeline], [dataset], [network], [training], [sweep], [model:NAME], [metric:NAME], [report:NAME])
)"},
    {"an unknown kind of section", "[metric:accuracy]", "[metrics:accuracy]",
     R"(study.ini:24:2: error: unknown section [metrics:accuracy]
   24 | [metrics:accuracy]
      |  ^~~~~~~~~~~~~~~~ did you mean [metric:accuracy]?  (valid: [pipeline], [dataset], [network], [training], [sweep], [model:NAME], [metric:NAME], [report:NAME])
)"},
    {"an unknown activation", "layers = 784, 16, 10", "layers = 784, 16, 10\nactivation = tanhh",
     R"(study.ini:12:14: error: 'tanhh' is not an activation
   12 | activation = tanhh
      |              ^~~~~ did you mean 'tanh'?  (valid: elu, gelu, identity, leaky_relu, relu, sigmoid, tanh)
)"},
    {"an activation by the name that others use", "layers = 784, 16, 10", "layers = 784, 16, 10\nactivation = linear",
     R"(study.ini:12:14: error: 'linear' is not an activation
   12 | activation = linear
      |              ^~~~~~ did you mean 'identity'?  (valid: elu, gelu, identity, leaky_relu, relu, sigmoid, tanh)
)"},
    {"a start by the name that others use", "layers = 784, 16, 10", "layers = 784, 16, 10\nstart = Kaiming",
     R"(study.ini:12:9: error: value 'Kaiming' of start is not one of the choices
   12 | start = Kaiming
      |         ^~~~~~~ did you mean 'he'?  (valid: glorot, he, orthogonal, truncated_normal, zero), default truncated_normal
)"},
    {"a key of an entry without its first word", "l2.lambda = 1e-3", "l2.lambda = 1e-3\nl2.schedule = linear",
     R"(study.ini:23:1: error: unknown key 'l2.schedule' in [model:l2]
   23 | l2.schedule = linear
      | ^~~~~~~~~~~ did you mean 'l2.strength_schedule'?  (valid: l2.biases, l2.lambda, l2.layers, l2.plugin, l2.strength_schedule, l2.strength_schedule.warmup, learning_rate, optimiser, regularisers, schedule)
)"},
    {"activations for more hidden layers than there are", "layers = 784, 16, 10", "layers = 784, 16, 10\nactivation = relu, elu",
     R"(study.ini:12:14: error: 2 activations for 1 hidden layer
   12 | activation = relu, elu
      |              ^~~~~~~~~ write one for all, or one for each
)"},
    {"a setting of another start", "layers = 784, 16, 10", "layers = 784, 16, 10\nstart = he\nstart_sd = 0.2",
     R"(study.ini:13:1: error: 'start_sd' has no effect
   13 | start_sd = 0.2
      | ^~~~~~~~ it is used only with start = truncated_normal; remove it, or set that
)"},
    {"a metric of positive inputs behind an activation that can be negative", "layers = 784, 16, 10\n", "layers = 784, 16, 10\nactivation = elu\n[metric:signal_factor]\nevery = 5\n",
     R"(study.ini:13:2: error: [metric:signal_factor]: rate = positive and rescale = max need inputs >= 0, but layer 2 can have negative ones after elu; set rate = none and rescale = none
   13 | [metric:signal_factor]
      |  ^~~~~~~~~~~~~~~~~~~~
)"},
    {"a metric of probabilities without probabilities", "learning_rate = 0.1\n", "learning_rate = 0.1\nloss = squared_error\n[metric:calibration_error]\nevery = 5\n",
     R"(study.ini:17:8: error: [metric:calibration_error]: loss = squared_error does not make outputs into probabilities; leave this metric out
   17 | loss = squared_error
      |        ^~~~~~~~~~~~~
)"},
    {"a strength of what is no penalty", "regularisers = l2", "regularisers = l2, dropout\ndropout.strength_schedule = linear",
     R"(study.ini:22:29: error: 'dropout' is not a penalty, so dropout.strength_schedule has no effect
   22 | dropout.strength_schedule = linear
      |                             ^~~~~~ remove it
)"},
    {"an invalid choice", "every = 10", "every = 10\non = tset",
     R"(study.ini:26:6: error: value 'tset' of on is not one of the choices
   26 | on = tset
      |      ^~~~ did you mean 'test'?  (valid: both, test, train, validation), default test
)"},
    {"an invalid flag", "layers = 784, 16, 10", "layers = 784, 16, 10\noutput_bias = false",
     R"(study.ini:12:15: error: value 'false' of output_bias is neither yes nor no
   12 | output_bias = false
      |               ^~~~~ (valid: no, yes), default yes
)"},
    {"an unknown dataset", "plugin = digits", "plugin = digit",
     R"(study.ini:6:10: error: unknown dataset 'digit'
    6 | plugin = digit
      |          ^~~~~ did you mean 'digits'?  (valid: csv, digits, fashion_mnist, idx, mnist)
)"},
    {"an unknown wrapper", "plugin = digits", "plugin = digits\nwrappers = label_nose\nlabel_nose.share = 2",
     R"(study.ini:7:12: error: unknown wrapper 'label_nose'
    7 | wrappers = label_nose
      |            ^~~~~~~~~~ did you mean 'label_noise'?  (valid: label_noise, standardise, subset)
)"},
    {"a dataset as a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise, mnist",
     R"(study.ini:7:25: error: 'mnist' is a dataset, not a wrapper
    7 | wrappers = label_noise, mnist
      |                         ^~~~~ (valid: label_noise, standardise, subset)
)"},
    {"a wrapper as a dataset", "plugin = digits\ntrain = 600\ntest = 200", "plugin = label_noise",
     R"(study.ini:6:10: error: 'label_noise' is a wrapper, not a dataset
    6 | plugin = label_noise
      |          ^~~~~~~~~~~ name a dataset here, and this one in wrappers = label_noise
)"},
    {"a wrapper listed twice", "plugin = digits", "plugin = digits\nwrappers = label_noise, label_noise",
     R"(study.ini:7:25: error: 'label_noise' is listed twice in wrappers
    7 | wrappers = label_noise, label_noise
      |                         ^~~~~~~~~~~ list each wrapper once
)"},
    {"an unknown key of a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise\nlabel_noise.shar = .4",
     R"(study.ini:8:1: error: unknown key 'label_noise.shar' in [dataset]
    8 | label_noise.shar = .4
      | ^~~~~~~~~~~~~~~~ did you mean 'label_noise.share'?  (valid: label_noise.seed, label_noise.share, plugin, seed, sloppiness, test, train, validation, wrappers)
)"},
    {"an invalid value of a wrapper", "plugin = digits", "plugin = digits\nwrappers = label_noise\nlabel_noise.share = 1.5",
     R"(study.ini:8:21: error: value '1.5' of label_noise.share is outside the range 0 <= x <= 1
    8 | label_noise.share = 1.5
      |                     ^~~ 0 <= x <= 1, default 0.2
)"},
    {"a missing key of a wrapper", "plugin = digits", "plugin = digits\nwrappers = subset",
     R"(study.ini:5:2: error: [dataset] needs 'subset.per_class'
    5 | [dataset]
      |  ^~~~~~~ number of training samples kept per class (x >= 1)
)"},
    {"a wrapper that does not fit the data", "plugin = digits", "plugin = digits\nwrappers = subset\nsubset.per_class = 61",
     R"(study.ini:8:20: error: [dataset]: subset.per_class = 61 for each of 10 classes is more than the training set of 600 samples
    8 | subset.per_class = 61
      |                    ^~
)"},
    {"a batch larger than the training set that a wrapper leaves", "plugin = digits", "plugin = digits\nwrappers = subset\nsubset.per_class = 1",
     R"(study.ini:17:14: error: a batch of 20 is larger than the training set of 10
   17 | batch_size = 20
      |              ^~ batch_size can be at most 10 with this dataset
)"},
    {"keys of a wrapper that is not listed", "plugin = digits", "plugin = digits\nlabel_noise.share = .4",
     R"(study.ini:7:1: error: 'label_noise.share' has no effect: wrappers does not list label_noise
    7 | label_noise.share = .4
      | ^~~~~~~~~~~~~~~~~ write wrappers = label_noise
)"},
    {"keys of a regulariser that is not listed", "regularisers = l2\n", "dropout.keep_prob = 0.5\n",
     R"(study.ini:21:1: error: 'dropout.keep_prob' has no effect: regularisers does not list dropout, l2
   21 | dropout.keep_prob = 0.5
      | ^~~~~~~~~~~~~~~~~ write regularisers = dropout, l2
)"},
    {"a regulariser set like a key", "learning_rate = 0.1", "dropout = 0.5",
     R"(study.ini:16:1: error: unknown key 'dropout' in [training]
   16 | dropout = 0.5
      | ^~~~~~~ 'dropout' is a regulariser: a [model:NAME] lists it, as regularisers = dropout
)"},
    {"a word of other programs", "learning_rate = 0.1", "epochs = 3",
     R"(study.ini:16:1: error: unknown key 'epochs' in [training]
   16 | epochs = 3
      | ^~~~~~ training.steps counts updates: epochs x training samples / batch_size; here, 3 epochs are steps = 90
)"},
    {"a setting of an optimiser that is not chosen", "learning_rate = 0.1", "adam.beta1 = 0.8",
     R"(study.ini:16:1: error: 'adam.beta1' has no effect: [training] has optimiser = sgd
   16 | adam.beta1 = 0.8
      | ^~~~~~~~~~ add optimiser = adam to [training], or remove it
)"},
    {"an optimiser as a key", "learning_rate = 0.1", "momentum = 0.9",
     R"(study.ini:16:1: error: unknown key 'momentum' in [training]
   16 | momentum = 0.9
      | ^~~~~~~~ an optimiser is chosen by name, and its settings start with that name: optimiser = momentum, momentum.momentum = 0.9; `pipeline plugins list optimisers` lists all
)"},
    {"what does not exist", "learning_rate = 0.1", "device = cuda",
     R"(study.ini:16:1: error: unknown key 'device' in [training]
   16 | device = cuda
      | ^~~~~~ not available; everything is computed on the processor, in float32
)"},
    {"an optimiser of a model without a rate of its own", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = l2\noptimiser = adam",
     R"(study.ini:22:13: error: [model:l2] has an optimiser of its own, but the learning_rate of [training] is meant for sgd
   22 | optimiser = adam
      |             ^~~~ add learning_rate = 0.001 to [model:l2] (the default of adam), or another one
)"},
    {"a key of another section", "learning_rate = 0.1", "seed = 3",
     R"(study.ini:16:1: error: unknown key 'seed' in [training]
   16 | seed = 3
      | ^~~~ did you mean 'pipeline.seed'?
)"},
    {"a missing heading", "[training]\n", "",
     R"(study.ini:13:1: error: unknown key 'steps' in [network]
   13 | steps = 30
      | ^~~~~ it is a key of [training]: is the line [training] missing before it?
)"},
    {"the symbol of a metric instead of its name", "[metric:accuracy]", "[metric:S]",
     R"(study.ini:24:2: error: unknown metric 'S'
   24 | [metric:S]
      |  ^~~~~~~~ did you mean 'snr_optimality'?
)"},
    {"a metric that resembles none", "[metric:accuracy]", "[metric:perplexity]",
     R"(study.ini:24:2: error: unknown metric 'perplexity'
   24 | [metric:perplexity]
      |  ^~~~~~~~~~~~~~~~~ `pipeline plugins list metrics` lists all; --plugin-path FOLDER adds a folder of plugins
)"},
    {"images moved out of the frame", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = shift\nshift.pixels = 28",
     R"(study.ini:22:16: error: [model:l2]: shift.pixels = 28 may move an image of 28 x 28 out of the frame; use at most 27
   22 | shift.pixels = 28
      |                ^~
)"},
    {"an unknown regulariser", "regularisers = l2", "regularisers = l22",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22
      |                ^~~ <regulariser near l22>
)"},
    {"an unknown regulariser and an unknown key", "regularisers = l2\nl2.lambda", "regularisers = l22, l2\nl2.lamda",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22, l2
      |                ^~~ <regulariser near l22>
study.ini:22:1: error: unknown key 'l2.lamda' in [model:l2]
   22 | l2.lamda = 1e-3
      | ^~~~~~~~ did you mean 'l2.lambda'?  (valid: l2.biases, l2.lambda, l2.layers, l2.plugin, l2.strength_schedule, l2.strength_schedule.warmup, l22.biases, l22.layers, l22.plugin, l22.strength_schedule, l22.strength_schedule.warmup, learning_rate, optimiser, regularisers, schedule)
)"},
    {"biases for a regulariser that does not act on weights", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = dropout\ndropout.biases = yes",
     R"(study.ini:22:18: error: 'dropout' does not act on weights, so dropout.biases has no effect
   22 | dropout.biases = yes
      |                  ^~~ remove it
)"},
    {"biases = no for a regulariser that does not act on weights", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = dropout\ndropout.biases = no",
     R"(study.ini:22:18: error: 'dropout' does not act on weights, so dropout.biases has no effect
   22 | dropout.biases = no
      |                  ^~ remove it
)"},
    {"biases for regularisers of weights that do nothing with them", "regularisers = l2\nl2.lambda = 1e-3",
     "regularisers = orthogonality, snr, spectral_norm, norm\nnorm.plugin = batch_norm\northogonality.biases = yes\nsnr.biases = yes\nspectral_norm.biases = no\nnorm.biases = yes",
     R"(study.ini:23:24: error: 'orthogonality' does not act on biases, so orthogonality.biases has no effect
   23 | orthogonality.biases = yes
      |                        ^~~ remove it
study.ini:24:14: error: 'snr' does not act on biases, so snr.biases has no effect
   24 | snr.biases = yes
      |              ^~~ remove it
study.ini:25:24: error: 'spectral_norm' does not act on biases, so spectral_norm.biases has no effect
   25 | spectral_norm.biases = no
      |                        ^~ remove it
study.ini:26:15: error: 'norm' does not act on biases, so norm.biases has no effect
   26 | norm.biases = yes
      |               ^~~ remove it
)"},
    {"batches of one for regularisers that compare the samples of a batch", "batch_size = 20\nlearning_rate = 0.1\n\n[model:plain]\n",
     "batch_size = 1\nlearning_rate = 0.1\n\n[model:plain]\nregularisers = norm, snr, mixup\nnorm.plugin = batch_norm\n",
     R"(study.ini:15:14: error: [model:plain]: norm with batch_size = 1 makes every unit its offset beta, whatever the inputs, because one sample has no variance; use larger batches, or leave it out
   15 | batch_size = 1
      |              ^
study.ini:15:14: error: [model:plain]: snr with batch_size = 1 has no covariance, and so no gradient; use larger batches, or leave it out
   15 | batch_size = 1
      |              ^
study.ini:15:14: error: [model:plain]: mixup with batch_size = 1 leaves nothing to blend a sample with; use larger batches, or leave it out
   15 | batch_size = 1
      |              ^
)"},
    {"a key that its regulariser never takes is not offered", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = dropout\ndropout.biasses = yes",
     R"(study.ini:22:1: error: unknown key 'dropout.biasses' in [model:l2]
   22 | dropout.biasses = yes
      | ^~~~~~~~~~~~~~~ (valid: dropout.keep_prob, dropout.layers, dropout.plugin)
)"},
    {"nor are those of one that acts on the whole network", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = sam\nsam.layerz = 1",
     R"(study.ini:22:1: error: unknown key 'sam.layerz' in [model:l2]
   22 | sam.layerz = 1
      | ^~~~~~~~~~ (valid: sam.plugin, sam.rho)
)"},
    {"an average that would start after the last update", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = weight_average\nweight_average.from = 30",
     R"(study.ini:22:23: error: [model:l2]: weight_average.from = 30 is after the last update, 29, so that nothing is averaged
   22 | weight_average.from = 30
      |                       ^~
)"},
    {"one of several layers without effect", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = l2, dropout\nl2.layers = 0, 1\ndropout.layers = 1, 2",
     R"(study.ini:22:13: error: 'l2' does nothing on layer 0
   22 | l2.layers = 0, 1
      |             ^ leave it out of l2.layers
study.ini:23:21: error: 'dropout' does nothing on layer 2
   23 | dropout.layers = 1, 2
      |                     ^ leave it out of dropout.layers
)"},
    {"a missing comma", "regularisers = l2", "regularisers = dropout l2",
     R"(study.ini:21:16: error: 'dropout l2' is more than one word
   21 | regularisers = dropout l2
      |                ^~~~~~~~~~ separate the entries of a list by commas
)"},
    {"only layers that the regulariser cannot act on", "l2.lambda = 1e-3", "l2.lambda = 1e-3\nl2.layers = 0",
     R"(study.ini:23:13: error: 'l2' acts on no layer of this network
   23 | l2.layers = 0
      |             ^ penalties and updates act on layers 1 to 2, changes of activations on hidden layers (0: the inputs)
)"},
    {"an unknown regulariser with a key", "regularisers = l2\nl2.lambda", "regularisers = l22\nl22.lambda",
     R"(study.ini:21:16: error: unknown regulariser 'l22'
   21 | regularisers = l22
      |                ^~~ <regulariser near l22>
)"},
    {"an unknown metric", "[metric:accuracy]", "[metric:acuracy]",
     R"(study.ini:24:2: error: unknown metric 'acuracy'
   24 | [metric:acuracy]
      |  ^~~~~~~~~~~~~~ <metric near acuracy>
)"},
    {"an unknown report", "every = 10\n", "every = 10\n\n[report:sumary]\n",
     R"(study.ini:27:2: error: unknown report 'sumary'
   27 | [report:sumary]
      |  ^~~~~~~~~~~~~ did you mean 'summary'?  (valid: html, plots, summary, tensorboard)
)"},
    {"a report of an unknown metric", "every = 10\n", "every = 10\n\n[report:plots]\nmetrics = accuracy, los\n",
     R"(study.ini:28:11: error: [report:plots]: metrics names 'los', and there is no section [metric:NAME] of that name (there are: accuracy)
   28 | metrics = accuracy, los
      |           ^~~~~~~~~~~~~
)"},
    {"a format that no picture has", "every = 10\n", "every = 10\n\n[report:plots]\nformat = svg, gif\n",
     R"(study.ini:28:10: error: value 'svg, gif' of format contains 'gif', which is not one of the choices
   28 | format = svg, gif
      |          ^~~~~~~~ svg, png, pdf, default svg, png
)"},
    {"a missing included file", "name = small", "include = nosuch.ini",
     R"(study.ini:3:11: error: cannot read 'nosuch.ini': No such file or directory
    3 | include = nosuch.ini
      |           ^~~~~~~~~~ the path is relative to the including file
)"},
    {"a missing plugin folder", "name = small", "plugin_path = nosuch",
     R"(study.ini:3:15: error: plugin_path '<here>/nosuch' is not a folder
    3 | plugin_path = nosuch
      |               ^~~~~~ a relative path starts from the folder of this file; commas separate folders
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
    {"a name for a section that takes none", "[dataset]", "[dataset:digits]",
     R"(study.ini:5:2: error: section [dataset] takes no name
    5 | [dataset:digits]
      |  ^~~~~~~~~~~~~~ write [dataset]
)"},
    {"an unclosed section heading", "[training]", "[training",
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
      | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a pipeline file starts with a section such as [pipeline]
)"},
    {"a comment without white space before it", "steps = 30", "steps = 30;fewer",
     R"(study.ini:14:9: error: value '30;fewer' of steps is not a whole number (digits only)
   14 | steps = 30;fewer
      |         ^~~~~~~~ x >= 0
)"},
    {"a parameter without the prefix of its entry", "l2.lambda = 1e-3", "lambda = 1e-3",
     R"(study.ini:22:1: error: unknown key 'lambda' in [model:l2]
   22 | lambda = 1e-3
      | ^~~~~~ did you mean 'l2.lambda'?
)"},
    {"layers for a regulariser of the whole network", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = sam\nsam.layers = 1\nsam.biases = yes",
     R"(study.ini:22:14: error: 'sam' acts on the whole network or batch, so sam.layers has no effect
   22 | sam.layers = 1
      |              ^ remove it
study.ini:23:14: error: 'sam' does not act on weights, so sam.biases has no effect
   23 | sam.biases = yes
      |              ^~~ remove it
)"},
    {"images where all samples are measured", "every = 10", "every = 10\nimages = 7",
     R"(study.ini:26:10: error: images has no effect where on = test: all samples are measured
   26 | images = 7
      |          ^ remove it, or measure on = train or both
)"},
    {"the same report twice", "[metric:accuracy]", "[report:one]\nplugin = summary\n[report:two]\nplugin = summary\n[metric:accuracy]",
     R"(study.ini:26:2: error: [report:one] also has 'summary', and both would write the same files
   26 | [report:two]
      |  ^~~~~~~~~~ remove one of them
)"},
    {"-1", "steps = 30", "steps = -1",
     R"(study.ini:14:9: error: value '-1' of steps is not a whole number (digits only)
   14 | steps = -1
      |         ^~ x >= 0
)"},
    {"1e5", "steps = 30", "steps = 1e5",
     R"(study.ini:14:9: error: value '1e5' of steps is not a whole number (digits only: 100000)
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
    {"an empty number", "learning_rate = 0.1", "learning_rate =",
     R"(study.ini:16:16: error: value '' of learning_rate is not a number
   16 | learning_rate =
      |                ^ x > 0, default 0.1
)"},
    {"an empty whole number", "steps = 30", "steps =",
     R"(study.ini:14:8: error: value '' of steps is not a whole number (digits only)
   14 | steps =
      |        ^ x >= 0
)"},
    {"an empty list of layers", "layers = 784, 16, 10", "layers =",
     R"(study.ini:11:9: error: layers has fewer than two numbers
   11 | layers =
      |         ^ give at least the inputs and the classes: layers = 784, 10
)"},
    {"an empty plugin name", "plugin = digits", "plugin =",
     R"(study.ini:6:9: error: plugin is empty
    6 | plugin =
      |         ^ (valid: csv, digits, fashion_mnist, idx, mnist)
)"},
    {"a whole number that is too large", "steps = 30", "steps = 99999999999999999999",
     R"(study.ini:14:9: error: value '99999999999999999999' of steps is too large: at most 9007199254740992
   14 | steps = 99999999999999999999
      |         ^~~~~~~~~~~~~~~~~~~~ x >= 0
)"},
    {"a whole number beyond those that a double can count", "steps = 30", "steps = 18446744073709551615",
     R"(study.ini:14:9: error: value '18446744073709551615' of steps is too large: at most 9007199254740992
   14 | steps = 18446744073709551615
      |         ^~~~~~~~~~~~~~~~~~~~ x >= 0
)"},
    {"a long value", "learning_rate = 0.1", "learning_rate = " "0000000000000000000000000000000000000000000000000000000000000000",
     R"(study.ini:16:17: error: value '0000000000000000000000000000000000000...' of learning_rate is outside the range x > 0
   16 | learning_rate = 0000000000000000000000000000000000000000000000000000000000000000
      |                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ x > 0, default 0.1
)"},
    {"a key without effect", "regularisers = l2\nl2.lambda = 1e-3", "regularisers = weight_average\nweight_average.form = equal\nweight_average.decay = 0.5",
     R"(study.ini:23:1: error: 'weight_average.decay' has no effect
   23 | weight_average.decay = 0.5
      | ^~~~~~~~~~~~~~~~~~~~ it is used only with weight_average.form = exponential; remove it, or set that
)"},
    {"an interval of 0", "every = 10", "every = 0",
     R"(study.ini:25:9: error: value '0' of every is outside the range x >= 1
   25 | every = 0
      |         ^ x >= 1
)"},
    {"a layer without units", "layers = 784, 16, 10", "layers = 784, 0, 10",
     R"(study.ini:11:10: error: value '784, 0, 10' of layers contains '0', which is outside the range 1 <= x <= 1000000
   11 | layers = 784, 0, 10
      |          ^~~~~~~~~~ 1 <= x <= 1000000
)"},
    {"a layer that is not a number", "layers = 784, 16, 10", "layers = 784, x, 10",
     R"(study.ini:11:10: error: value '784, x, 10' of layers contains 'x', which is not a whole number (digits only)
   11 | layers = 784, x, 10
      |          ^~~~~~~~~~ 1 <= x <= 1000000
)"},
    {"only one layer", "layers = 784, 16, 10", "layers = 784",
     R"(study.ini:11:10: error: layers has fewer than two numbers
   11 | layers = 784
      |          ^~~ give at least the inputs and the classes: layers = 784, 10
)"},
    {"layers that do not fit the data", "layers = 784, 16, 10", "layers = 64, 16, 12",
     R"(study.ini:11:10: error: the network has 64 inputs, but dataset 'digits' has 784 features
   11 | layers = 64, 16, 12
      |          ^~ write 784 as the first of layers
study.ini:11:18: error: the network has 12 outputs, but dataset 'digits' has 10 classes
   11 | layers = 64, 16, 12
      |                  ^~ write 10 as the last of layers
)"},
    {"a batch larger than the training set", "batch_size = 20", "batch_size = 601",
     R"(study.ini:15:14: error: a batch of 601 is larger than the training set of 600
   15 | batch_size = 601
      |              ^~~ batch_size can be at most 600 with this dataset
)"},
    {"a model named control", "[model:plain]", "[model:control]",
     R"(study.ini:18:2: error: the name 'control' is reserved for the untrained network
   18 | [model:control]
      |  ^~~~~~~~~~~~~ give the model another name
)"},
    {"an entry listed twice", "regularisers = l2", "regularisers = l2, l2",
     R"(study.ini:21:20: error: 'l2' is listed twice in regularisers
   21 | regularisers = l2, l2
      |                    ^~ to use it twice, name this one 'again' and add 'again.plugin = l2'
)"},
    {"a layer of a regulariser that does not exist", "l2.lambda = 1e-3", "l2.layers = 1, 7",
     R"(study.ini:22:16: error: '7' is not a layer of this network
   22 | l2.layers = 1, 7
      |                ^ all, or numbers from 0 (the inputs) to 2
)"},
    {"a layer of a metric that does not exist", "[metric:accuracy]", "[metric:weights_against_c]\nlayer = 7",
     R"(study.ini:25:9: error: [metric:weights_against_c]: layer = 7, but the network has 2 layers
   25 | layer = 7
      |         ^
)"},
    {"a name that is not a plain word", "name = small", "name = a/b",
     R"(study.ini:3:8: error: name 'a/b' is not a plain word
    3 | name = a/b
      |        ^~~ use letters, digits, _ and - only
)"},
    {"a missing section", "[training]\nsteps = 30\nbatch_size = 20\nlearning_rate = 0.1\n", "",
     R"(study.ini: error: [training] needs 'steps'
   | updates of every model (x >= 0)
)"},
    {"no model", "[model:plain]\n\n[model:l2]\nregularisers = l2\nl2.lambda = 1e-3\n", "",
     R"(study.ini:2:2: error: there is no [model:NAME] section
    2 | [pipeline]
      |  ^~~~~~~~ add [model:plain] for a model without regularisers
)"},
    {"a missing key", "every = 10", "",
     R"(study.ini:24:2: error: [metric:accuracy] needs 'every'
   24 | [metric:accuracy]
      |  ^~~~~~~~~~~~~~~ measured before the update of every N-th step, and after the last update (x >= 1)
)"},
    {"braces", "learning_rate = 0.1", "learning_rate = {0.1,0.2}",
     R"(study.ini:16:17: error: braces are reserved for sweeps
   16 | learning_rate = {0.1,0.2}
      |                 ^~~~~~~~~ `pipeline sweep` takes them: one run for each value; quote the value if it is plain text
)"},
    {"several mistakes at once", "steps = 30\nbatch_size = 20\nlearning_rate = 0.1", "stpes = 30\nbatch_size = x\nlearning_rate = 0",
     R"(study.ini:14:1: error: unknown key 'stpes' in [training]
   14 | stpes = 30
      | ^~~~~ did you mean 'steps'?  (valid: batch_size, kernels, learning_rate, loss, on_nan, optimiser, schedule, schedule.warmup, steps)
study.ini:15:14: error: value 'x' of batch_size is not a whole number (digits only)
   15 | batch_size = x
      |              ^ x >= 1, default 60
study.ini:16:17: error: value '0' of learning_rate is outside the range x > 0
   16 | learning_rate = 0
      |                 ^ x > 0, default 0.1
)"},
    {"a learning rate of 0 for one model", "regularisers = l2", "regularisers = l2\nlearning_rate = 0",
     R"(study.ini:22:17: error: value '0' of learning_rate is outside the range x > 0
   22 | learning_rate = 0
      |                 ^ x > 0, default 0.1
)"},
};
// clang-format on

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_files)

BOOST_AUTO_TEST_CASE(every_mistake_is_reported_with_place_word_and_remedy) {
  const World world;
  for (const Mistake& m : mistakes) {
    const std::size_t at = small_study.find(m.right);
    BOOST_TEST_REQUIRE(at != std::string::npos, m.name);
    world.write("study.ini", std::string(small_study).replace(at, m.right.size(), m.wrong));
    const Said said = world.run({"check", "study.ini"});
    BOOST_TEST_CONTEXT(m.name) {
      check_exit(said, 2);
      check_text(world.tidy(said.err), with_suggestions(m.message));
      BOOST_TEST(said.out == "");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
