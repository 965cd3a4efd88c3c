// linear_cka: how similar this model's hidden layers are to another model's, up to rotation and scale.
//
//   CKA = |Y'X|_F^2 / (|X'X|_F |Y'Y|_F)            one per hidden layer
//
//   X, Y  [samples x units] activations of this layer in this model and in `with`, each unit minus its mean over the
//   samples; both models see the same samples at the same step
//   0 to 1; 1 if one is the other rotated and scaled; neither direction is better. If a regulariser stopped `with`, the
//   comparison continues with that model as it was when it stopped. NaN if the layer is the same on every sample in
//   either model, or if `with` failed before this step.
//
// Source: Kornblith et al. 2019, arXiv 1905.00414, section 3; over all samples measured, with the biased estimate.
// See also: participation_ratio, start_distance.
#include "hidden_covariance.hpp"

namespace {
using namespace pipeline;
using centred_product::CentredProduct;

/// Covariances of the other model's activations, with themselves and with those of the model measured.
struct Crossed final : Gatherer {
  std::string with;
  std::vector<CentredProduct> of_other, cross;
  arma::fmat room;
  bool there = true;
  Crossed(std::string model, std::size_t hidden_layers)
      : with(std::move(model)), of_other(hidden_layers), cross(hidden_layers) {}

  void see(const Block& block) override {
    const Block* other = block.other(with);
    there = other != nullptr;
    for (std::size_t l = 0; there && l < of_other.size(); ++l) {
      const arma::fmat &x = block.x(l + 2), &y = other->x(l + 2);  // the output of hidden layer l + 1
      of_other[l].add(y, *other, l + 2, centred_product::row_sums(y), room);
      cross[l].add(y, block, l + 2, centred_product::row_sums(x), room);
    }
  }
};

class LinearCka final : public Metric {
  std::string with = "control";

  void declare(Parameters& p) override {
    p.text("with", with, "the model to compare with; control is the untrained network");
  }
  MetricInfo describe() const override {
    return {.unit = "similarity",
            .better = Direction::neither,
            .undefined = "NaN where a layer does not vary, or where the other model has failed",
            .compares = {with}};
  }
  void prepare(Evaluation& e) const override {
    hidden_covariance::prepare(e);
    e.gather<Crossed>(with, e.network().depth() - 1);
  }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<Crossed>(with, e.network().depth() - 1);
    for (std::size_t l = 1; l < e.network().depth(); ++l) {
      if (!seen.there) {
        out.layer(l, std::nan(""));
        continue;
      }
      const double xx = arma::norm(hidden_covariance::of(e, l), "fro");
      const double yy = arma::norm(hidden_covariance::scatter(seen.of_other[l - 1]), "fro");
      arma::mat cross = seen.cross[l - 1].joined();
      hidden_covariance::clear_constant_units(hidden_covariance::of(e, l), cross);
      const double yx = arma::norm(cross, "fro");
      out.layer(l, xx == 0 || yy == 0 ? std::nan("") : yx * yx / (xx * yy));
    }
  }
};

}  // namespace

PIPELINE_METRIC(LinearCka, linear_cka, "how similar hidden layers are to another model's")
