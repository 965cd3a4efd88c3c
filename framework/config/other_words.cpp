#include "config/other_words.hpp"

#include <algorithm>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::config {

namespace {

struct Row {
  Meant meant;
  std::vector<std::string> words;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {{"pipeline", "seed", ""}, {"seed", "random_seed", "random_state", "manual_seed", "rng"}},
      {{"pipeline", "name", ""}, {"name", "run_name", "experiment"}},
      {{"pipeline", "plugin_path", ""}, {"plugin_path", "plugins"}},
      {{"dataset", "plugin", ""}, {"dataset", "data"}},
      {{"dataset", "validation", ""},
       {"validation", "validation_split", "validation_size", "validation_fraction", "val_split", "val_size"}},
      {{"dataset", "wrappers", ""}, {"wrappers", "transforms"}},
      {{"network", "layers", ""}, {"layers", "hidden", "hidden_layers", "hidden_layer_sizes", "hidden_units", "units"}},
      {{"network", "output_bias", ""}, {"output_bias", "bias", "use_bias"}},
      {{"network", "activation", ""}, {"activation", "activations", "nonlinearity", "activation_function"}},
      {{"network", "start", ""},
       {"start", "init", "initializer", "initialiser", "initialization", "initialisation", "weight_init",
        "kernel_initializer"}},
      {{"network", "start_sd", ""}, {"start_sd", "init_sd", "init_std"}},
      {{"network", "start_scale", ""}, {"start_scale", "gain", "init_scale", "init_gain"}},
      {{"network", "start_bias", ""}, {"start_bias", "init_bias"}},
      {{"training", "steps", ""},
       {"steps", "iterations", "iters", "max_iter", "max_steps", "n_iter", "num_steps", "updates"}},
      {{"training", "batch_size", ""}, {"batch_size", "batch", "batchsize", "bs", "minibatch_size"}},
      {{"training", "optimiser", ""}, {"optimiser", "optimizer", "optim", "solver"}},
      {{"training", "learning_rate", ""}, {"learning_rate", "learningrate", "learning_rate_init", "lr", "rate"}},
      {{"training", "schedule", ""}, {"schedule", "scheduler", "lr_scheduler", "lr_schedule"}},
      {{"training", "schedule.warmup", ""}, {"warmup", "warmup_steps", "num_warmup_steps"}},
      {{"training", "schedule.factor", ""}, {"lr_decay", "gamma", "schedule.gamma"}},
      {{"training", "schedule.every", ""}, {"step_size", "schedule.step_size"}},
      {{"", "", "a schedule ends with the last step: training.steps"}, {"t_max", "schedule.t_max"}},
      {{"training", "loss", ""}, {"loss", "criterion", "loss_function", "objective"}},
      {{"training", "kernels", ""}, {"kernels", "blas", "backend"}},
      {{"", "", "training.steps counts updates: epochs x training samples / batch_size"},
       {"epoch", "epochs", "n_epochs", "num_epochs", "max_epochs"}},
      {{"", "",
        "an optimiser is chosen by name, and its settings start with that name: optimiser = momentum, "
        "momentum.momentum = 0.9; `pipeline plugins list optimisers` lists all"},
       {"sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad", "lion", "betas", "beta1", "beta2",
        "beta_1", "beta_2", "dampening", "amsgrad"}},
      {{"", "", "not available; layers are fully connected"},
       {"conv", "convolution", "convolutions", "conv2d", "kernel_size", "filters", "pooling", "attention",
        "embedding"}},
      {{"", "", "not available; everything is computed on the processor, in float32"},
       {"device", "cuda", "gpu", "gpus", "accelerator", "dtype", "precision", "amp"}},
      {{"", "", "the number of threads is an option: pipeline run FILE --threads N"},
       {"threads", "workers", "num_workers", "n_jobs", "jobs", "num_threads"}},
      {{"", "", "the run folder is an option: pipeline run FILE --out DIR"},
       {"out", "output", "outdir", "out_dir", "output_dir", "log_dir", "save_dir"}},
  };
  return all;
}

struct Choice {
  std::string choice;
  std::vector<std::string> words;
};

const std::vector<Choice>& choices_elsewhere() {
  static const std::vector<Choice> all = {
      {"identity", {"linear", "none", "lin"}},
      {"he", {"kaiming", "he_normal", "he_uniform", "kaiming_normal", "kaiming_uniform"}},
      {"glorot", {"xavier", "glorot_normal", "glorot_uniform", "xavier_normal", "xavier_uniform"}},
      {"truncated_normal", {"normal", "gaussian", "random", "randn", "trunc_normal"}},
      {"zero", {"zeros", "0"}},
      {"squared_error", {"mse", "mse_loss", "mean_squared_error", "l2_loss", "quadratic"}},
      {"cross_entropy", {"ce", "nll", "nll_loss", "log_loss", "logloss", "softmax", "categorical_crossentropy"}},
      {"step", {"step_lr", "steplr", "multistep"}},
      {"cosine", {"cosine_annealing", "cosineannealinglr", "cos"}},
      {"constant", {"none", "fixed", "no"}},
      {"exponential", {"exp", "exponentiallr"}},
  };
  return all;
}

/// In small letters, with _ for -.
std::string plain(std::string word) {
  std::ranges::transform(word, word.begin(), [](char c) {
    return c == '-' ? '_' : 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

}  // namespace

std::optional<Meant> meant_by(const std::string& word) {
  for (const Row& row : rows())
    if (std::ranges::find(row.words, plain(word)) != row.words.end()) return row.meant;
  return std::nullopt;
}

std::string suggested_choice(const std::string& word, const std::vector<std::string>& choices) {
  for (const Choice& c : choices_elsewhere())
    if (std::ranges::find(choices, c.choice) != choices.end() &&
        std::ranges::find(c.words, plain(word)) != c.words.end())
      return suggestion(c.choice, choices);
  return suggestion(word, choices);
}

bool counts_epochs(const std::string& word) {
  const std::optional<Meant> meant = meant_by(word);
  return meant && meant->remark.ends_with("epochs x training samples / batch_size");
}

std::string other_word(const std::string& word) {
  const std::optional<Meant> meant = meant_by(word);
  if (!meant) return "";
  return meant->key.empty() ? meant->remark : "did you mean '" + meant->section + "." + meant->key + "'?";
}

}  // namespace pipeline::config
