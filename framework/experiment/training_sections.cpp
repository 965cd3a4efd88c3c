// [network] and [training].
#include <algorithm>

#include "base/utf8.hpp"
#include "config/other_words.hpp"
#include "experiment/updates.hpp"

namespace pipeline::experiment {

using base::Word;
using config::SectionReader;
using learning::StartingWeights;

namespace {

template <class Names>
std::vector<std::string> names_of(const Names& all) {
  std::vector<std::string> names;
  names.reserve(std::size(all));
  for (const auto& each : all) names.emplace_back(name_of(each));
  return names;
}

/// `activation`: one for all hidden layers, or one for each.
void read_activations(Reading& reading, SectionReader& reader) {
  NetworkShape& network = reading.pipeline.network;
  Parameters parameters;
  std::vector<std::string> words = {name_of(ActivationFunction::relu)};
  parameters.words("activation", words, "of the hidden layers: one for all, or a list with one for each");
  reader.take(parameters);
  const Word& list = reader.setting("activation").word;
  if (reading.complaints.about(list)) return;
  const std::vector<std::string> known = names_of(kActivations);
  const std::vector<Word> places = config::items(list);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = std::ranges::find(known, words[i]);
    if (found == known.end())
      return reading.complaints.add(places.at(i), base::quoted(words[i]) + " is not an activation",
                                    config::suggested_choice(words[i], known));
    network.activations.push_back(kActivations[static_cast<std::size_t>(found - known.begin())]);
  }
  if (network.sizes.size() < 2) return;
  const std::size_t hidden = network.layers() - 1;
  if (hidden == 0 && network.activations != std::vector{ActivationFunction::relu})
    reading.complaints.add(list, "a network without hidden layers has no activation", "leave it out");
  else if (words.size() == 1)
    network.activations.assign(hidden, network.activations.front());
  else if (words.size() != hidden) {
    network.activations.clear();  // nothing follows from those
    reading.complaints.add(list,
                           std::to_string(words.size()) + " activations for " + std::to_string(hidden) +
                               " hidden layer" + (hidden == 1 ? "" : "s"),
                           "write one for all, or one for each");
  }
}

/// `start`, and the keys that belong to it.
void declare_start(Parameters& parameters, std::string& rule, StartingWeights& start) {
  parameters.choice("start", rule, names_of(learning::kStarts), "how the starting weights are drawn");
  parameters
      .number("start_sd", start.sd, at_least(0), "standard deviation of a normal distribution, redrawn beyond 2 sd")
      .used_if("start", {"truncated_normal"});
  parameters
      .number("start_scale", start.scale, above(0), "factor of all starting weights, relative to the rule's own size")
      .used_if("start", {"he", "glorot", "orthogonal"});
  parameters.number("start_bias", start.biases, any_number(), "every starting bias");
}

}  // namespace

void read_network(Reading& reading) {
  Pipeline& p = reading.pipeline;
  SectionReader reader = reading.section("network");
  Parameters parameters;
  std::vector<std::uint64_t> layers;
  parameters.wholes("layers", layers, at_least(1).up_to(1'000'000), "units of each layer, inputs first, classes last")
      .must_be_given();
  parameters.flag("output_bias", p.network.output_bias, "whether the last layer has biases");
  std::string start = name_of(p.start.rule);
  declare_start(parameters, start, p.start);
  reader.take(parameters);
  p.start.rule = *std::ranges::find(learning::kStarts, start, [](auto rule) { return learning::name_of(rule); });
  for (const Parameter& each : parameters.all())
    if (!parameters.used(each)) reader.do_not_offer(each.name);
  p.layers_word = reader.setting("layers").word;
  const config::Tree* section = config::child(reading.tree, "network");
  if (layers.size() < 2 && section && config::child(*section, "layers") && !reading.complaints.about(p.layers_word))
    reading.complaints.add(p.layers_word, "layers has fewer than two numbers",
                           "give at least the inputs and the classes: layers = 784, 10");
  p.network.sizes.assign(layers.begin(), layers.end());
  read_activations(reading, reader);
  reading.finish(reader);
}

void read_training(Reading& reading) {
  Pipeline& p = reading.pipeline;
  SectionReader reader = reading.section("training");
  Parameters parameters;
  std::string loss = name_of(p.network.loss), backend = "own", on_nan = "stop_model";
  parameters.whole("steps", p.steps, at_least(0), "updates of every model").must_be_given();
  parameters.whole("batch_size", p.batch_size, at_least(1), "samples per batch");
  reader.take(parameters);
  UpdateReader updates(reading, reader, config::child(reading.tree, "training"), nullptr);
  reading.updates = updates.read();
  Parameters others;
  others.choice("loss", loss, names_of(kLosses),
                "what is minimised: softmax cross-entropy, or the squared distance of the outputs from 0 and 1");
  others.choice("kernels", backend, {"own", "blas"},
                "what computes the products: own kernels, which skip zeros, or OpenBLAS, one thread per call");
  others.choice("on_nan", on_nan, {"stop_model", "stop_run"},
                "what ends when a number of a model becomes NaN or infinite: that model, or the whole run");
  reader.take(others);
  updates.check_keys({});
  p.network.loss =
      loss == name_of(LossFunction::squared_error) ? LossFunction::squared_error : LossFunction::cross_entropy;
  p.stops_on_nan = on_nan == "stop_run";
  p.kernels = backend == "own" ? kernels::Backend::own : kernels::Backend::blas;
  p.batch_word = reader.setting("batch_size").word;
  reading.finish(reader);
  if (reader.unsure("batch_size")) p.batch_size = 1;  // the default in its place may be too large for the data
  reading.training_unsure = reader.unsure() || reading.meant("training");
}

}  // namespace pipeline::experiment
