#include "experiment/memory.hpp"

#include <algorithm>

#include "base/memory.hpp"

namespace pipeline::experiment {

namespace {

/// Not whole numbers: a product of layers may exceed 64 bits.
double weights(const NetworkShape& network) {
  double sum = 0;
  for (std::size_t l = 1; l <= network.layers(); ++l) {
    const auto outputs = static_cast<double>(network.outputs(l));
    sum += outputs * static_cast<double>(network.inputs(l)) + (network.has_bias(l) ? outputs : 0);
  }
  return sum;
}

double units(const NetworkShape& network) {
  double sum = 0;
  for (const std::size_t size : network.sizes) sum += static_cast<double>(size);
  return sum;
}

}  // namespace

void check_memory(const Pipeline& p, const std::optional<DataShape>& data, config::Complaints& complaints) {
  if (p.network.sizes.size() < 2) return;
  const std::size_t networks = p.models.size() + 2;
  const double one = 4 * weights(p.network), all = one * static_cast<double>(networks);
  const double batch = p.steps > 0 ? 4 * units(p.network) * static_cast<double>(p.batch_size) : 0;
  const double samples =
      data ? static_cast<double>(data->features) * (static_cast<double>(data->train) + static_cast<double>(data->test))
           : 0;
  const base::MemoryLimit limit = base::memory_limit();
  if (all + batch + samples <= limit.bytes) return;
  const auto add = [&](const base::Word& word, const std::string& what, const std::string& remedy) {
    complaints.add(word, what + ", which is too much: " + limit.what, remedy);
  };
  if (all >= std::max(batch, samples))
    add(p.layers_word,
        "these layers have " + base::size_text(one) + " of weights, and " + std::to_string(networks) +
            " networks start (control, models and what all start from): " + base::size_text(all),
        "make the layers smaller");
  else if (batch >= samples)
    add(p.batch_word, "the units of a batch of " + std::to_string(p.batch_size) + " take " + base::size_text(batch),
        "make the batch or the layers smaller");
  else
    add(p.dataset.word, "dataset '" + p.dataset.plugin.name + "' has " + base::size_text(samples) + " of samples",
        "use fewer samples");
}

}  // namespace pipeline::experiment
