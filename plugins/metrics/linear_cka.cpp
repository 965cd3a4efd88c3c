// linear_cka: how alike this model's hidden layers are to another model's, up to rotation and scale.
//
//   CKA = |Y'X|_F^2 / (|X'X|_F |Y'Y|_F)            one for each hidden layer
//
//   X, Y  [images x units] activations of this layer in this model and in `with`, each unit's mean over the images taken
//   off; both models see the same images at the same step. 0 to 1, 1 if one is the other turned and scaled; neither
//   direction is better. A model that a regulariser stopped goes on being compared with as it stopped. NaN where the
//   layer is the same on every image in either model, and where `with` failed before this step.
//
// Source: Kornblith et al. 2019, arXiv 1905.00414, section 3; over all images measured, with the biased estimate.
#include "hidden_covariance.hpp"

namespace {
using namespace pipeline;
using centred_product::CentredProduct;

/// Covariances of the other model's activations, and of its with ours.
struct Crossed final : Gatherer {
  std::string with;
  std::vector<CentredProduct> theirs, cross;
  arma::fmat room;
  bool there = true;
  Crossed(std::string model, std::size_t hidden_layers)
      : with(std::move(model)), theirs(hidden_layers), cross(hidden_layers) {}

  void see(const Block& block) override {
    const Block* other = block.other(with);
    there = other != nullptr;
    for (std::size_t l = 0; there && l < theirs.size(); ++l) {
      const arma::fmat &x = block.x(l + 2), &y = other->x(l + 2);  // what hidden layer l + 1 hands to the next
      theirs[l].add(y, *other, l + 2, centred_product::row_sums(y), room);
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
            .edge = "NaN where a layer does not vary, or where the other model has failed",
            .compares = {with}};
  }
  std::string key() const { return "hidden layers beside " + with; }
  void prepare(Evaluation& e) const override {
    hidden_covariance::prepare(e);
    e.gather<Crossed>(key(), with, e.network().depth() - 1);
  }

  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<Crossed>(key());
    for (std::size_t l = 1; l < e.network().depth(); ++l) {
      if (!seen.there) {
        out.layer(l, std::nan(""));
        continue;
      }
      const double xx = arma::norm(hidden_covariance::of(e, l), "fro");
      const double yy = arma::norm(hidden_covariance::scatter(seen.theirs[l - 1]), "fro");
      const double yx = arma::norm(seen.cross[l - 1].joined(), "fro");
      out.layer(l, xx == 0 || yy == 0 ? std::nan("") : yx * yx / (xx * yy));
    }
  }
};

}  // namespace

PIPELINE_METRIC(LinearCka, linear_cka, "how alike hidden layers are to another model's")
