// What regularisers, optimisers and metrics are tried on: a small network and images of few pixels.
#pragma once
#include <memory>

#include "base/same_bytes.hpp"
#include "conformance/made.hpp"
#include "learning/batches.hpp"
#include "learning/inputs.hpp"
#include "learning/model.hpp"
#include "learning/start.hpp"

namespace pipeline::conformance {

/// Standard normal numbers, the same on every machine. Another `stream` returns other numbers.
arma::fmat random_matrix(arma::uword rows, arma::uword columns, std::uint64_t stream);

/// Bytes of which four in five are 0, as in MNIST; labels that cycle through the classes; every third sample marked.
Samples made_samples(std::size_t features, std::size_t classes, std::size_t count, std::uint64_t stream = 0);

/// The image shape nearest to a square with this number of pixels.
ImageShape image_of(std::size_t features);

template <class Matrix>
bool same_bits(const Matrix& a, const Matrix& b) {
  return a.n_rows == b.n_rows && a.n_cols == b.n_cols && base::same_bytes(a.memptr(), b.memptr(), a.n_elem);
}
bool same_bits(const Network& a, const Network& b);
bool same_bits(const learning::States& a, const learning::States& b);
/// The first array, by "<entry>.<name>", whose bits differ; empty where none does. Ignores arrays of Life::step.
std::string first_difference(const learning::States& a, const learning::States& b);

/// A network, images and batches.
struct TrainingFixture {
  NetworkShape shape;
  ImageShape image;
  Samples samples;
  learning::Inputs inputs{samples};
  Network start;
  std::size_t batch_size = 12;
  float rate = 0.1f;

  /// 50 images of 6 x 6 pixels.
  TrainingFixture() : TrainingFixture({36, 16, 12, 5}) {}
  explicit TrainingFixture(std::vector<std::size_t> sizes, std::size_t count = 50);
  TrainingFixture(const TrainingFixture&) = delete;

  std::unique_ptr<learning::Model> model(learning::Entries entries,
                                         std::optional<learning::LiveOptimiser> optimiser = std::nullopt) const;
  void train(learning::Model& model, std::uint64_t from, std::uint64_t to) const;
};

/// How the regulariser under test is added to a model.
struct EntryOptions {
  Values values = {};  // set after the candidate's own
  std::optional<bool> biases = {};
  std::string model = "model";
};
learning::Entry entry_of(const Candidate& candidate, const EntryOptions& options = {});
/// Skips the law, with the reason, where check() refuses this network or it has none of the candidate's layers.
void fits_or_skips(const Candidate& candidate, const NetworkShape& shape, const ImageShape& image);

}  // namespace pipeline::conformance
