// What regularisers and metrics are tried on: a small network, images of few pixels, and matrices of every awkward sort.
#pragma once
#include <memory>

#include "conformance/made.hpp"
#include "learning/batches.hpp"
#include "learning/inputs.hpp"
#include "learning/model.hpp"
#include "learning/start.hpp"

namespace pipeline::conformance {

/// Standard normal numbers, the same on every machine; another `stream`, other numbers.
arma::fmat random_matrix(arma::uword rows, arma::uword columns, std::uint64_t stream);

/// Bytes of which four in five are 0, as in MNIST, labels in turn, every third sample marked.
Samples made_samples(std::size_t features, std::size_t classes, std::size_t count, std::uint64_t stream = 0);

/// Images as near to a square as their pixels allow.
ImageShape image_of(std::size_t features);

template <class Matrix>
bool same_bits(const Matrix& a, const Matrix& b) {
  return a.n_rows == b.n_rows && a.n_cols == b.n_cols &&
         std::memcmp(a.memptr(), b.memptr(), a.n_elem * sizeof *a.memptr()) == 0;
}
bool same_bits(const Network& a, const Network& b);
bool same_bits(const learning::States& a, const learning::States& b);
/// The first array, by "<entry>.<name>", whose bits differ; nothing where none does. Arrays of one step do not count.
std::string first_difference(const learning::States& a, const learning::States& b);

/// A network, images and batches.
struct Bench {
  NetworkShape shape;
  ImageShape image;
  Samples samples;
  learning::Inputs inputs{samples};
  Network start;
  std::size_t batch_size = 12;
  float rate = 0.1f;

  /// 50 images of 6 x 6 pixels.
  Bench() : Bench({36, 16, 12, 5}) {}
  explicit Bench(std::vector<std::size_t> sizes, std::size_t count = 50);
  Bench(const Bench&) = delete;

  std::unique_ptr<learning::Model> model(learning::Entries entries) const;
  void train(learning::Model& model, std::uint64_t from, std::uint64_t to) const;
};

/// How the regulariser on trial is entered into a model.
struct How {
  Values values = {};  // after the candidate's own
  std::optional<bool> biases = {};
  std::string model = "model";
};
learning::Entry entry_of(const Candidate& candidate, const How& how = {});
/// Skips the law where check() refuses this network, or the layers asked for are none of it; its words say why.
void fits_or_skips(const Candidate& candidate, const NetworkShape& shape, const ImageShape& image);

}  // namespace pipeline::conformance
