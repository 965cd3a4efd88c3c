// [network] and [training].
#include "experiment/updates.hpp"

namespace pipeline::experiment {

using config::SectionReader;

void read_network(Reading& reading) {
  Pipeline& p = reading.pipeline;
  SectionReader reader = reading.section("network");
  Parameters parameters;
  std::vector<std::uint64_t> layers;
  parameters.wholes("layers", layers, at_least(1).up_to(1'000'000), "units of each layer, inputs first, classes last")
      .must_be_given();
  parameters.flag("output_bias", p.network.output_bias, "whether the last layer has biases");
  parameters.number("start_sd", p.start.sd, at_least(0), "starting weights: normal, redrawn beyond 2 sd");
  parameters.number("start_bias", p.start.biases, any_number(), "every starting bias");
  reader.take(parameters);
  p.layers_word = reader.setting("layers").word;
  const config::Tree* section = config::child(reading.tree, "network");
  if (layers.size() < 2 && section && config::child(*section, "layers") && !reading.complaints.about(p.layers_word))
    reading.complaints.add(p.layers_word, "layers has fewer than two numbers",
                           "give at least the inputs and the classes: layers = 784, 10");
  p.network.sizes.assign(layers.begin(), layers.end());
  reading.finish(reader);
}

void read_training(Reading& reading) {
  Pipeline& p = reading.pipeline;
  SectionReader reader = reading.section("training");
  Parameters parameters;
  std::string loss = "cross_entropy", backend = "own", on_nan = "stop_model";
  parameters.whole("steps", p.steps, at_least(0), "updates of every model").must_be_given();
  parameters.whole("batch_size", p.batch_size, at_least(1), "samples per batch");
  reader.take(parameters);
  UpdateReader updates(reading, reader, config::child(reading.tree, "training"), nullptr);
  reading.updates = updates.read();
  Parameters others;
  others.choice("loss", loss, {"cross_entropy"}, "mean softmax cross-entropy");
  others.choice("kernels", backend, {"own", "blas"},
                "what computes the products: own kernels, which skip zeros, or OpenBLAS, one thread per call");
  others.choice("on_nan", on_nan, {"stop_model", "stop_run"},
                "what ends when a number of a model becomes NaN or infinite: that model, or the whole run");
  reader.take(others);
  updates.check_keys({});
  p.stops_on_nan = on_nan == "stop_run";
  p.kernels = backend == "own" ? kernels::Backend::own : kernels::Backend::blas;
  p.batch_word = reader.setting("batch_size").word;
  reading.finish(reader);
  if (reader.unsure("batch_size")) p.batch_size = 1;  // the default in its place may be too large for the data
  reading.training_unsure = reader.unsure() || reading.meant("training");
}

}  // namespace pipeline::experiment
