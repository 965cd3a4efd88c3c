// Compares the engine with independent float64 programs in NumPy: single steps, and the metrics of whole runs.
#include <boost/test/unit_test.hpp>

#include <hdf5.h>

#include <cstdlib>
#include <iostream>
#include <numeric>

#include "learning/loss.hpp"
#include "results/weights_h5.hpp"
#include "support/requirements.hpp"
#include "support/scratch.hpp"
#include "support/small_model.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;
using learning::Entries, learning::Scope;
namespace fs = std::filesystem;

namespace {

/// A Python interpreter with NumPy and h5py. Continuous integration installs them, so the lack of one is a failure.
std::string python() {
  static const std::string found = [] {
    for (const std::string candidate : {"/usr/bin/python3", "python3"})
      if (std::system((candidate + " -c 'import numpy, h5py' 2> /dev/null").c_str()) == 0) return candidate;
    return std::string();
  }();
  BOOST_REQUIRE_MESSAGE(!found.empty(),
                        "no python3 can import numpy and h5py; install them (Debian: python3-numpy python3-h5py)");
  return found;
}

/// Runs a program of tests/reference; a disagreement is a failure that shows its output.
void check_agrees(const std::string& program, const std::string& arguments) {
  const Scratch scratch;
  const fs::path log = scratch.path() / "log";
  const std::string command =
      python() + " " SOURCE_DIR "/tests/reference/" + program + " " + arguments + " > " + log.string() + " 2>&1";
  const int status = std::system(command.c_str());
  BOOST_CHECK_MESSAGE(status == 0, command << "\n" << read_file(log));
  BOOST_TEST_MESSAGE(read_file(log));
}

/// Adds matrices and attributes to an existing HDF5 file.
class Appended {
 public:
  explicit Appended(const fs::path& file) : file_(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)) {}
  ~Appended() { H5Fclose(file_); }
  Appended(const Appended&) = delete;

  /// Columns become rows: [features x batch] is read as [batch x features].
  void rows(const char* name, const arma::fmat& columns) {
    write(name, {columns.n_cols, columns.n_rows}, columns.memptr());
  }
  void numbers(const char* name, const std::vector<float>& values) { write(name, {values.size()}, values.data()); }
  void attribute(const std::string& name, double value) { add(name, H5T_NATIVE_DOUBLE, H5Screate(H5S_SCALAR), &value); }
  void attribute(const std::string& name, const std::string& text) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, text.size());
    add(name, type, H5Screate(H5S_SCALAR), text.data());
    H5Tclose(type);
  }

 private:
  void write(const char* name, const std::vector<hsize_t>& size, const float* values) {
    const hid_t space = H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr);
    const hid_t set = H5Dcreate2(file_, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(set), H5Sclose(space);
  }
  void add(const std::string& name, hid_t type, hid_t space, const void* value) {
    const hid_t a = H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(a, type, value);
    H5Aclose(a), H5Sclose(space);
  }
  hid_t file_;
};

/// One regulariser with its name in the engine, and the attribute that enables it in one_step.py.
struct Used {
  std::string plugin, parameter, attribute;
  double value;
  std::string text;  // the value as in a pipeline file
};
const Used l2_weak{"l2", "lambda", "l2", 5e-5, "5e-5"}, l2_strong{"l2", "lambda", "l2", 0.1, "0.1"},
    dropout_half{"dropout", "keep_prob", "keep_prob", 0.5, "0.5"},
    dropout_some{"dropout", "keep_prob", "keep_prob", 0.8, "0.8"},
    smoothing{"label_smoothing", "epsilon", "label_smoothing", 0.1, "0.1"},
    power{"power_gradient", "power", "power", 0.8, "0.8"}, max_norm{"max_norm", "limit", "max_norm", 0.4, "0.4"};

struct Case {
  std::vector<Used> used;
  bool biases = false, output_bias = true;
};

void write_step(const fs::path& file, const Case& c, std::uint64_t trained) {
  // 300 inputs: more than the 256 whose gradient is computed at a time, and not a multiple of 256.
  const SmallStudy study({300, 40, 24, 10}, c.output_bias);
  Entries entries;
  for (const Used& u : c.used)
    entries.push_back(plugin(u.plugin, {{u.parameter, u.text}}, c.biases ? with_biases() : Scope{}));
  const auto model = study.model(std::move(entries));
  study.train(*model, 0, trained);

  const std::vector<std::uint32_t> batch = study.batch(trained);
  const Network before = model->network(), gradient = model->gradient(trained, study.inputs, batch);
  model->step(trained, study.inputs, batch);
  results::write_weights(file, {{"/before", &before}, {"/gradient", &gradient}, {"/after", &model->network()}});

  arma::fmat inputs, targets;
  study.inputs.widen(batch, inputs);
  std::vector<std::uint16_t> labels;
  for (const std::uint32_t n : batch) labels.push_back(study.samples.labels[n]);
  learning::one_hot(labels, study.shape.sizes.back(), targets);
  Appended out(file);
  out.rows("inputs", inputs);
  out.rows("targets", targets);
  out.attribute("rate", study.rate);
  for (const Used& u : c.used) out.attribute(u.attribute, u.value);
  if (c.biases) out.attribute("biases", 1);
  out.attribute("seed", 1);  // the seed that support::entry uses
  out.attribute("model", "model");
  out.attribute("entry", "dropout");
  out.attribute("step", static_cast<double>(trained));
}

/// Checks every case, from the start and after 30 steps, in one run of the reference program.
void check_steps(const std::vector<Case>& cases) {
  const Scratch scratch;
  std::string files;
  for (std::size_t i = 0; i < cases.size(); ++i)
    for (const std::uint64_t trained : {0, 30}) {
      const fs::path file = scratch.path() / (std::to_string(i) + "_after_" + std::to_string(trained) + ".h5");
      write_step(file, cases[i], trained);
      files += " " + file.string();
    }
  check_agrees("one_step.py", files);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(philox_agrees_with_the_published_vectors) { check_agrees("philox.py", ""); }

BOOST_AUTO_TEST_CASE(starting_weights_and_batches_are_drawn_as_documented) {
  const Scratch scratch;
  const fs::path file = scratch.path() / "start.h5";
  const Network start = learning::starting_network({{30, 20, 10}, true}, {}, 3);
  results::write_weights(file, {{"/start", &start}});
  constexpr std::size_t samples = 50, epochs = 3;
  learning::Batches batches(3, samples, samples);
  arma::fmat orders(samples, epochs);
  for (std::size_t e = 0; e < epochs; ++e) std::ranges::copy(batches.at(e), orders.begin_col(e));
  {
    Appended out(file);
    out.rows("orders", orders);
    std::vector<float> normals(10'000);
    Random(3, "reference", "normals", "").in_layer(2).at_step(5).normals(3, normals);
    out.numbers("normals", normals);
    out.attribute("seed", 3);
  }
  check_agrees("start.py", file.string());
}

BOOST_AUTO_TEST_CASE(one_step_without_regularisers) { check_steps({{{}}, {{}, false, false}}); }

// A factor of 2, a forgotten matrix or a decayed bias is far outside the tolerance at lambda = .1, but not at 5e-5.
BOOST_AUTO_TEST_CASE(one_step_with_l2) {
  check_steps({{{l2_weak}}, {{l2_strong}}, {{l2_strong}, true}, {{l2_strong}, true, false}});
}

BOOST_AUTO_TEST_CASE(one_step_with_dropout) {
  check_steps({{{dropout_half}}, {{dropout_some}}, {{dropout_half}, false, false}});
}

BOOST_AUTO_TEST_CASE(one_step_with_label_smoothing) { check_steps({{{smoothing}}}); }

BOOST_AUTO_TEST_CASE(one_step_with_power_gradient) { check_steps({{{power}}, {{power}, true}}); }

BOOST_AUTO_TEST_CASE(one_step_with_max_norm) {
  check_steps({{{max_norm}}, {{max_norm}, true}, {{max_norm}, true, false}});
}

BOOST_AUTO_TEST_CASE(one_step_with_several) {
  check_steps({{{dropout_some, l2_strong, max_norm}},
               {{smoothing, l2_weak, power}, true},
               {{smoothing, dropout_half, l2_strong, power, max_norm}, true, false}});
}

BOOST_AUTO_TEST_CASE(the_reference_detects_a_wrong_step) {
  const Scratch scratch;
  const fs::path file = scratch.path() / "wrong.h5";
  write_step(file, {{l2_strong}}, 3);
  Appended(file).attribute("label_smoothing", 1e-3);  // which the engine did not use
  const std::string command =
      python() + " " SOURCE_DIR "/tests/reference/one_step.py " + file.string() + " > /dev/null 2>&1";
  BOOST_TEST(std::system(command.c_str()) != 0);
}

/// The test set of a run, for the reference programs.
fs::path write_test_set(const fs::path& file, const Samples& test) {
  arma::fmat x;
  learning::Inputs(test).widen(0, test.size(), x);
  Network none;
  results::write_weights(file, {{"/none", &none}});
  Appended out(file);
  out.rows("x", x);
  out.numbers("labels", {test.labels.begin(), test.labels.end()});
  return file;
}

/// Runs the pipeline and computes the accuracy and loss of each model from weights.h5 alone.
void check_weights_of(const std::string& text) {
  const Scratch scratch;
  const SmallRun run(scratch, text);
  BOOST_TEST_REQUIRE(run.in("run").failed_models == 0u);
  check_agrees("from_weights.py", (scratch.path() / "run").string() + " " +
                                      write_test_set(scratch.path() / "test.h5", run.data().test).string());
}

// One model for each built-in regulariser, with weights measured at the end, or earlier where it stops its model.
BOOST_AUTO_TEST_CASE(weights_h5_alone_gives_the_accuracy_and_loss_of_every_regulariser) {
  std::string text = small_pipeline(60, 300, 700) + "learning_rate = 0.3\n";
  text.replace(text.find("test = "), 0, "validation = 50\n");
  plugins::Catalogue catalogue(plugins::search_path({}, false));
  for (const std::string& name : catalogue.names(plugins::PluginKind::regulariser))
    text += "[model:" + name + "]\nregularisers = " + name + "\n" +
            (name == "early_stopping" ? "early_stopping.metric = watched\nearly_stopping.patience = 2\n" : "");
  text +=
      "[model:several]\nregularisers = norm, dropout, weight_noise, sam, weight_decay\nnorm.plugin = batch_norm\n"
      "norm.layers = 2\nnorm.eps = 0.01\nweight_noise.biases = yes\n"
      "[metric:accuracy]\nevery = 20\n[metric:loss]\nevery = 20\n"
      "[metric:watched]\nplugin = loss\non = validation\nevery = 5\n";
  check_weights_of(text);
}

// Every activation beside another one, with each loss and from each start.
BOOST_AUTO_TEST_CASE(weights_h5_alone_gives_the_accuracy_and_loss_behind_every_activation) {
  std::size_t tried = 0;
  for (const ActivationFunction f : kActivations)
    for (const LossFunction loss : kLosses) {
      const auto start = learning::kStarts[tried++ % 4];
      std::string text = small_pipeline(40, 300, 700);
      text.replace(text.find("[training]"), 0,
                   std::string("activation = ") + name_of(f) + ", gelu\nstart = " + name_of(start) + "\n");
      text += std::string("loss = ") + name_of(loss) +
              "\n[model:plain]\n[model:several]\nregularisers = batch_norm, dropout, l2, activity_l1\n"
              "[metric:accuracy]\nevery = 20\n[metric:loss]\nevery = 20\n";
      check_weights_of(text);
    }
  BOOST_TEST(tried == 14u);
}

BOOST_AUTO_TEST_CASE(metrics_of_a_run_with_every_option) {
  std::string metrics = "[metric:accuracy]\nevery = 20\n[metric:loss]\nevery = 20\n";
  for (const std::string plugin : {"snr_optimality", "signal_factor", "sign_disagreement"})
    for (const std::string rate : {"positive", "above_mean", "none"})
      for (const std::string rescale : {"max", "none"})
        for (const std::string inputs : {"all", "live"})
          metrics += "[metric:" + plugin + "_" + rate + "_" + rescale + "_" + inputs + "]\nplugin = " + plugin +
                     "\nevery = 1000\nrate = " + rate + "\nrescale = " + rescale + "\ninputs = " + inputs + "\n";
  const Scratch scratch;
  // 700 test images: a block of 500 and one of 200, so the joining of blocks is compared too.
  const SmallRun run(
      scratch, small_pipeline(60, 300, 700) + "[model:plain]\n[model:dropout]\nregularisers = dropout\n" + metrics);
  run.in("run");
  check_agrees("figures.py", (scratch.path() / "run").string() + " " +
                                 write_test_set(scratch.path() / "test.h5", run.data().test).string());
}

BOOST_AUTO_TEST_CASE(metrics_on_the_images_of_mnist, *boost::unit_test::precondition(support::needs_mnist)) {
  const auto folder = mnist_folder();
  const Scratch scratch;
  const SmallRun run(
      scratch,
      "[pipeline]\nname = m\n[dataset]\nplugin = mnist\n[network]\nlayers = 784, 32, 16, 10\n"
      "output_bias = no\n[training]\nsteps = 100\n[model:plain]\n"
      "[metric:accuracy]\nevery = 1000\n[metric:loss]\nevery = 1000\n[metric:snr_optimality]\nevery = 1000\n"
      "[metric:signal_factor]\nevery = 1000\n[metric:sign_disagreement]\nevery = 1000\n");
  run.in("run");
  check_agrees("figures.py", (scratch.path() / "run").string() + " " + folder->string());
}

BOOST_AUTO_TEST_SUITE_END()
