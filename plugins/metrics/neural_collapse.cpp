// neural_collapse: the spread within classes relative to the spread between them, in the last hidden layer (NC1).
//
//   NC1 = tr(S_W S_B^+) / K
//   S_W = mean over the samples of (h - m_c)(h - m_c)'     S_B = mean over the classes of (m_c - m)(m_c - m)'
//
//   h  what the last layer receives (the inputs of a network without hidden layers); m_c its mean over the samples of
//   class c, m over all samples     K  the number of classes that have samples     ^+  pseudo-inverse
//   >= 0, and 0 is full collapse; neither direction is better. NaN if all class means are equal.
//   With M [units x K] of columns m_c - m and M = U D V', S_B^+ = K U D^-2 U'. So NC1 is the mean over the samples of
//   |D^-1 U' (h - m_c)|^2, and no [units x units] matrix is needed.
//
// Source: Papyan, Han & Donoho 2020, PNAS 117, 24652-24663. Classes of unequal size have equal weight in S_B, as there.
// See also: participation_ratio, output_margin.
#include <pipeline/metric.hpp>

namespace {
using namespace pipeline;

struct ClassSums final : Gatherer {
  arma::mat sums;    // [units x classes]
  arma::vec images;  // [classes]
  explicit ClassSums(std::size_t classes) : images(classes, arma::fill::zeros) {}
  void see(const Block& block) override {
    const arma::fmat& h = block.x(block.depth());
    if (sums.is_empty()) sums.zeros(h.n_rows, images.n_elem);
    for (std::size_t n = 0; n < block.size; ++n) {
      const std::uint16_t c = block.labels[n];
      images[c] += 1;
      for (arma::uword k = 0; k < h.n_rows; ++k) sums(k, c) += h(k, n);
    }
  }
};

/// Sum over the samples of |P' (h - m_c)|^2.
struct WithinClasses final : Gatherer {
  arma::mat P, means;  // [units x directions], [units x classes]
  double sum = 0;
  WithinClasses(arma::mat projection, arma::mat class_means)
      : P(std::move(projection)), means(std::move(class_means)) {}
  void see(const Block& block) override {
    arma::mat h = arma::conv_to<arma::mat>::from(block.x(block.depth()));
    for (std::size_t n = 0; n < block.size; ++n) h.col(n) -= means.col(block.labels[n]);
    sum += arma::accu(arma::square(P.t() * h));
  }
};

class NeuralCollapse final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "ratio of variances",
            .better = Direction::neither,
            .undefined = "NaN where the means of all classes are equal",
            .on = "train"};
  }
  void prepare(Evaluation& e) const override { e.gather<ClassSums>(e.network().layer(e.network().depth()).outputs()); }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<ClassSums>(e.network().layer(e.network().depth()).outputs());
    const double images = static_cast<double>(e.samples());
    arma::mat means = seen.sums;
    for (arma::uword c = 0; c < means.n_cols; ++c) means.col(c) /= std::max(seen.images[c], 1.0);
    arma::mat M = means.cols(arma::find(seen.images > 0));
    M.each_col() -= arma::sum(seen.sums, 1) / images;

    arma::mat U, V;
    arma::vec D;
    if (!arma::svd_econ(U, D, V, M, "left"))
      throw std::runtime_error("LAPACK could not compute the singular values of the class means");
    // The columns of M are linearly dependent, so one singular value is rounding: about 1e-16 of the size of the means.
    const double size = std::max(arma::norm(means, "fro"), D[0]);
    const arma::uvec kept = arma::find(D > 1e-13 * size * std::sqrt(static_cast<double>(M.n_rows)));
    if (kept.is_empty()) return out.value(std::nan(""));
    const arma::mat P = U.cols(kept) * arma::diagmat(1 / D.elem(kept));
    out.value(e.pass_again<WithinClasses>([&] { return WithinClasses(P, means); }).sum / images);
  }
};

}  // namespace

PIPELINE_METRIC(NeuralCollapse, neural_collapse, "spread within classes relative to spread between them (NC1)")
