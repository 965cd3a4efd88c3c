#include "conformance/training_fixture.hpp"

#include <cmath>
#include <cstring>

namespace pipeline::conformance {

arma::fmat random_matrix(arma::uword rows, arma::uword columns, std::uint64_t stream) {
  const Random draws(99, "conformance", "matrix", std::to_string(stream));
  arma::fmat m(rows, columns);
  for (arma::uword i = 0; i < m.n_elem; ++i) m[i] = static_cast<float>(draws.normal(i));
  return m;
}

Samples made_samples(std::size_t features, std::size_t classes, std::size_t count, std::uint64_t stream) {
  Samples s;
  s.bytes.set_size(features, count);
  const Random draws(7, "conformance", "samples", std::to_string(stream));
  for (arma::uword i = 0; i < s.bytes.n_elem; ++i)
    s.bytes[i] = static_cast<std::uint8_t>(draws.below(5, 2 * i) ? 0 : draws.below(256, 2 * i + 1));
  for (std::size_t n = 0; n < count; ++n) {
    s.labels.push_back(static_cast<std::uint16_t>(n * 7 % classes));
    s.marked.push_back(n % 3 == 0);
  }
  return s;
}

ImageShape image_of(std::size_t features) {
  auto height = static_cast<std::size_t>(std::sqrt(static_cast<double>(features)));
  while (features % height) --height;
  return {height, features / height, 1};
}

bool same_bits(const Network& a, const Network& b) {
  if (a.depth() != b.depth()) return false;
  for (std::size_t l = 1; l <= a.depth(); ++l)
    if (!same_bits(a.layer(l).W, b.layer(l).W) || !same_bits(a.layer(l).b, b.layer(l).b)) return false;
  return true;
}

std::string first_difference(const learning::States& a, const learning::States& b) {
  const auto same_arrays = [](const PerLayer::Arrays& x, const PerLayer::Arrays& y) {
    return std::ranges::equal(
        x, y, [](const auto& p, const auto& q) { return p.first == q.first && same_bits(p.second, q.second); });
  };
  for (const auto& [name, p] : a.all()) {
    if (p.life == Life::step) continue;  // not used by later steps
    const auto other = b.all().find(name);
    if (other == b.all().end()) return name;
    const learning::Kept& q = other->second;
    if (p.counts != q.counts || !same_arrays(p.values, q.values) ||
        !same_bits(p.like_weights.network, q.like_weights.network) ||
        !std::ranges::equal(p.like_weights.own, q.like_weights.own, same_arrays))
      return name;
  }
  return "";
}

bool same_bits(const learning::States& a, const learning::States& b) {
  return a.all().size() == b.all().size() && first_difference(a, b).empty();
}

TrainingFixture::TrainingFixture(std::vector<std::size_t> sizes, std::size_t count)
    : shape{std::move(sizes), true},
      image(image_of(shape.sizes.front())),
      samples(made_samples(shape.sizes.front(), shape.sizes.back(), count)),
      start(learning::starting_network(shape, {}, 1)) {}

std::unique_ptr<learning::Model> TrainingFixture::model(learning::Entries entries,
                                                        std::optional<learning::LiveOptimiser> optimiser) const {
  return std::make_unique<learning::Model>("model", start, std::move(entries), rate, image, shape.sizes.back(),
                                           kernels::Products(), std::move(optimiser));
}

void TrainingFixture::train(learning::Model& model, std::uint64_t from, std::uint64_t to) const {
  learning::Batches batches(1, samples.size(), batch_size);
  for (std::uint64_t t = from; t < to; ++t) model.step(t, inputs, batches.at(t));
}

learning::Entry entry_of(const Candidate& candidate, const EntryOptions& options) {
  const auto make = [candidate, more = options.values] {
    Made<Regulariser> made(candidate);
    for (const auto& [name, value] : more) made.set(name, value);
    return made.object;
  };
  const Made<Regulariser> made(candidate);
  const bool biases = made.call("Regulariser::biases_by_default", [&] { return made.object->biases_by_default(); });
  learning::Scope scope;
  scope.biases = options.biases.value_or(candidate.biases.value_or(biases));
  scope.all_layers = !candidate.layers;
  scope.layers = candidate.layers.value_or(std::set<std::size_t>());
  return {candidate.plugin.name, make(), scope, 1, options.model, make};
}

void fits_or_skips(const Candidate& candidate, const NetworkShape& shape, const ImageShape& image) {
  needs_values_for<Regulariser>(candidate);
  if (candidate.layers && !entry_of(candidate).touches_any(shape.layers()))
    throw Skip("touches none of these layers of the network with " + std::to_string(shape.layers()) +
               " layers that it is tried on");
  try {
    const Made<Regulariser> made(candidate);
    made.call("Regulariser::check", [&] { made.object->check(shape, image); });
  } catch (const Misfit& e) {
    std::string sizes;
    for (const std::size_t n : shape.sizes) sizes += (sizes.empty() ? "" : ", ") + std::to_string(n);
    throw Skip("does not fit the network " + sizes + " that it is tried on: " + e.what() +
               "; give another PARAMETER=VALUE");
  }
}

}  // namespace pipeline::conformance
