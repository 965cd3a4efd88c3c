// confidence_penalty: lowers the loss for outputs of high entropy, so that no class ever gets all the probability.
//
//   R(z)     = -beta * mean over samples of H(p),   p = softmax(z),   H(p) = -sum_k p_k log p_k      in nats
//   dR/dz_k  =  beta / batch * p_k * (log p_k + H(p))
//
//   z  [classes x batch], the logits. R <= 0: it lowers the loss by at most beta * log(classes). p log p is 0 where p
//   is 0.   beta = 0 changes nothing.
//
// Source: Pereyra, Tucker, Chorowski, Kaiser & Hinton 2017, Regularizing neural networks by penalizing confident output
// distributions, arXiv 1701.06548, section 3 (without the threshold of section 3.1).
// See also: label_smoothing, calibration_error.
#include <pipeline/regulariser.hpp>

#include <cmath>

namespace {
using namespace pipeline;

/// p, log p and the entropy of one sample. In double, because little precision is left in log p where p is near 1.
struct Softmax {
  arma::vec p, log_p;
  double entropy;
  explicit Softmax(const arma::fvec& z) : log_p(arma::conv_to<arma::vec>::from(z)) {
    log_p -= log_p.max();
    log_p -= std::log(arma::accu(arma::exp(log_p)));
    p = arma::exp(log_p);
    entropy = -arma::dot(p, log_p);
  }
};

class ConfidencePenalty final : public Regulariser, public ActivationPenalty {
  float beta = 0.1f;

  void declare(Parameters& p) override {
    p.number("beta", beta, at_least(0), "strength of the penalty -beta * mean entropy of the outputs").neutral("0");
  }
  void check(const NetworkShape& shape, const ImageShape&) const override {
    if (shape.loss == LossFunction::squared_error)
      throw Misfit("loss", "= squared_error has no probabilities whose entropy could be penalised");
  }
  Penalised penalised() const override { return Penalised::logits; }

  double value(const PenalisedUnits& units, const Step&) const override {
    const arma::fmat& z = units.h;
    double sum = 0;
    for (arma::uword n = 0; n < z.n_cols; ++n) sum += Softmax(z.col(n)).entropy;
    return -double{beta} / static_cast<double>(z.n_cols) * sum;
  }
  void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step&) const override {
    const arma::fmat& z = units.h;
    const double strength = double{beta} / static_cast<double>(z.n_cols);
    for (arma::uword n = 0; n < z.n_cols; ++n) {
      const Softmax s(z.col(n));
      gradient.col(n) += arma::conv_to<arma::fvec>::from(strength * s.p % (s.log_p + s.entropy));
    }
  }
};

}  // namespace

PIPELINE_REGULARISER(ConfidencePenalty, confidence_penalty, "penalty -beta * mean entropy of the outputs")
