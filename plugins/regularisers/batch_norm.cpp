// batch_norm: gives each unit mean 0 and variance 1 over the batch, followed by a learned scale and offset.
//
//   training      n = (z - mean) / sqrt(var + eps),   z' = gamma * n + beta      mean and var of a unit over the batch
//                 dgamma = sum dz' * n,   dbeta = sum dz'                        sums and means over the batch
//                 dz = gamma / sqrt(var + eps) * (dz' - mean(dz') - n * mean(dz' * n))
//   after update  running_mean += momentum * (mean - running_mean)
//                 running_var  += momentum * (var * N / (N - 1) - running_var)
//   measuring     as in training, but with running_mean and running_var, which are constants in the backward pass
//
//   z  [units x batch of N], before the activation: the hidden layers in `layers`; var divides by N
//   gamma and running_var start at 1, beta and running_mean at 0. gamma and beta are trained like biases. A batch of
//   one is refused: it would yield z' = beta, whatever the inputs. A layer's own bias has no effect: subtracting the
//   mean removes it.
//   With sam, the running mean and variance are those of the pass at the undisplaced weights.
//   weights.h5 contains gamma, beta, running_mean and running_var of each layer, and eps as an attribute of the model.
//
// Source: Ioffe & Szegedy 2015, ICML, 448-456. Where libraries differ, as in PyTorch: eps 1e-5 inside the root (Keras:
// 1e-3), momentum the share of the new value (Keras: of the old one, .99), running_var unbiased (Keras: biased, unless
// fused).
#include <pipeline/regulariser.hpp>

namespace {
using namespace pipeline;

class BatchNorm final : public Regulariser, public ActivationChange, public AfterLayerUpdate {
  float momentum = 0.1f, eps = 1e-5f;
  PerLayer gamma, beta, running_mean, running_var, batch_mean, batch_var, normalised;
  std::size_t depth = 0;

  void declare(Parameters& p) override {
    p.number("momentum", momentum, above(0).up_to(1), "weight of the current batch in the running mean and variance");
    p.number("eps", eps, above(0), "added to the variance inside the square root");
  }
  bool acts_on_biases() const override { return false; }
  void check_training(const TrainingLength& training) const override {
    if (training.batch_size == 1)
      throw Misfit("batch_size",
                   "= 1 makes every unit its offset beta, whatever the inputs, because one sample has no "
                   "variance; use larger batches, or leave it out");
  }
  void declare_state(State& state) override {
    depth = state.network().layers();
    const auto unit = [shape = state.network()](std::size_t l) {
      return State::Size{l > 0 && l < shape.layers() ? shape.outputs(l) : 0};
    };
    state.per_layer("gamma", gamma, Life::trained, unit, 1);
    state.per_layer("beta", beta, Life::trained, unit);
    state.per_layer("running_mean", running_mean, Life::kept, unit);
    state.per_layer("running_var", running_var, Life::kept, unit, 1);
    state.per_layer("batch_mean", batch_mean, Life::step, unit);
    state.per_layer("batch_var", batch_var, Life::step, unit);
    state.per_layer("normalised", normalised, Life::step, unit);  // n [units x batch]
  }
  Where where() const override { return Where::before_relu; }

  // Sums over the batch are computed in double and rounded once.
  static arma::mat wide(const arma::fmat& m) { return arma::conv_to<arma::mat>::from(m); }
  static arma::fmat narrow(const arma::mat& m) { return arma::conv_to<arma::fmat>::from(m); }
  /// gamma / sqrt(var + eps)
  arma::vec slope(std::size_t layer, const PerLayer& var) const {
    return wide(gamma.at(layer)) / arma::sqrt(wide(var.at(layer)) + eps);
  }

  void forward(Activations h, const Step&) const override {
    arma::mat z = wide(h.values);
    const arma::vec mean = arma::mean(z, 1);
    z.each_col() -= mean;
    const arma::vec var = arma::mean(arma::square(z), 1);
    z.each_col() /= arma::sqrt(var + eps);
    batch_mean.at(h.layer) = narrow(mean);
    batch_var.at(h.layer) = narrow(var);
    normalised.at(h.layer) = narrow(z);
    z.each_col() %= wide(gamma.at(h.layer)).col(0);
    z.each_col() += wide(beta.at(h.layer)).col(0);
    h.values = narrow(z);
  }

  void backward(Activations gradient, const Step&) const override {
    arma::mat dz = wide(gradient.values);
    const arma::mat n = wide(normalised.at(gradient.layer));
    const arma::vec dbeta = arma::sum(dz, 1), dgamma = arma::sum(dz % n, 1);
    beta.gradient(gradient.layer) += narrow(dbeta);
    gamma.gradient(gradient.layer) += narrow(dgamma);
    const auto count = static_cast<double>(n.n_cols);
    dz.each_col() -= dbeta / count;
    dz -= n.each_col() % (dgamma / count);
    dz.each_col() %= slope(gradient.layer, batch_var);
    gradient.values = narrow(dz);
  }

  void measure(Activations h) const override {
    arma::mat z = wide(h.values);
    z.each_col() -= wide(running_mean.at(h.layer)).col(0);
    z.each_col() %= slope(h.layer, running_var);
    z.each_col() += wide(beta.at(h.layer)).col(0);
    h.values = narrow(z);
  }
  void measure_backward(Activations gradient) const override {
    arma::mat dz = wide(gradient.values);
    dz.each_col() %= slope(gradient.layer, running_var);
    gradient.values = narrow(dz);
  }

  void after_update(arma::fmat&, arma::fvec&, std::size_t layer, const Step&) const override {
    if (layer == depth) return;  // the logits are not normalised
    const auto count = static_cast<float>(normalised.at(layer).n_cols);
    const float unbiased = count > 1 ? count / (count - 1) : 1;
    running_mean.at(layer) += momentum * (batch_mean.at(layer) - running_mean.at(layer));
    running_var.at(layer) += momentum * (unbiased * batch_var.at(layer) - running_var.at(layer));
  }
};

}  // namespace

PIPELINE_REGULARISER(BatchNorm, batch_norm, "normalises each unit over the batch, with a learned scale and offset")
