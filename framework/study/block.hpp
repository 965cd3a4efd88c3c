// A block of samples and what networks make of it: computed when asked for, in arrays that serve block after block.
#pragma once
#include <memory>

#include "study/evaluation.hpp"

namespace pipeline::study {

class PassBlock final : public Block {
 public:
  PassBlock(const Subject& subject, const Network& network) : subject_(subject), network_(network) {}

  /// Runs samples from .. from + count - 1 of a split through the network.
  void load(const learning::Inputs& inputs, std::size_t from, std::size_t count);
  const learning::Pass& pass() const { return pass_; }

  std::size_t depth() const override { return network_.depth(); }
  std::span<const double> losses() const override;
  const arma::fmat& x(std::size_t layer) const override { return pass_.x.at(layer - 1); }
  const arma::fmat& z(std::size_t layer) const override { return pass_.z.at(layer - 1); }
  const arma::fmat& dz(std::size_t layer) const override;
  arma::fmat times_inputs(const arma::fmat& d, std::size_t layer) const override;
  const Block& at(const Network& weights) const override;
  const Block& with(const arma::fmat& inputs) const override;
  const Block* other(const std::string& model) const override;

 private:
  void run(const PassBlock& same_samples, const arma::fmat& inputs);
  void forward();
  /// The samples as the data set has them, before hooks of the inputs.
  const arma::fmat& inputs() const { return unchanged_.is_empty() ? pass_.x[0] : unchanged_; }
  const PassBlock& same_samples_through(const Subject& subject, const Network& network) const;

  const Subject& subject_;
  const Network& network_;
  mutable learning::Pass pass_;  // its lists of what is not zero grow when asked for
  arma::fmat unchanged_;         // the inputs, where a hook changes them in pass_
  mutable std::vector<double> losses_;
  mutable std::vector<arma::fmat> dz_;
  mutable std::map<const Network*, std::unique_ptr<PassBlock>> through_;  // by the weights they go through
  mutable std::vector<std::unique_ptr<PassBlock>> changed_;               // other inputs, while this block lasts
  mutable bool has_losses_ = false, has_dz_ = false;
  mutable std::map<const Network*, bool> is_fresh_;  // of through_: whether it shows this block
};

}  // namespace pipeline::study
