// A block of samples and what networks make of it: computed when asked for, in arrays that serve block after block.
#pragma once
#include <algorithm>
#include <memory>

#include "study/evaluation.hpp"

namespace pipeline::study {

class PassBlock final : public Block {
 public:
  PassBlock(const Subject& subject, const Network& network, std::uint64_t step)
      : subject_(&subject), network_(&network), step_(step) {
    // Their values are asked for by the engine, not by way of z().
    pass_.keeps_z = std::ranges::any_of(subject.entries, [](const learning::Entry& e) { return e.layer_penalty; });
  }

  /// Runs samples from .. from + count - 1 of a split through the network.
  void load(const learning::Inputs& inputs, std::size_t from, std::size_t count);
  const learning::Pass& pass() const { return pass_; }

  std::size_t depth() const override { return network_->depth(); }
  std::span<const double> losses() const override;
  const arma::fmat& x(std::size_t layer) const override { return pass_.x.at(layer - 1); }
  const arma::fmat& z(std::size_t layer) const override;
  const arma::fmat& dz(std::size_t layer) const override;
  void add_times_inputs(const arma::fmat& d, std::size_t layer, arma::mat& sum) const override;
  const Block& at(const Network& weights) const override;
  const Block& with(const arma::fmat& inputs) const override;
  const Block* other(const std::string& model) const override;

 private:
  void run(const PassBlock& same_samples, const arma::fmat& inputs);
  void forward();
  learning::Regime measuring() const;
  /// The samples as the data set has them, before hooks of the inputs.
  const arma::fmat& inputs() const { return unchanged_.is_empty() ? pass_.x[0] : unchanged_; }
  /// One of made_, with these inputs through these weights.
  const PassBlock& another(const Subject& subject, const Network& network, const arma::fmat& inputs) const;

  const Subject* subject_;
  const Network* network_;
  std::uint64_t step_;
  std::vector<learning::Panelled> made_panels_;
  const std::vector<learning::Panelled>* panels_ = nullptr;  // of network_, the same for all samples
  mutable learning::Pass pass_;                              // its lists and z of hidden layers come when asked for
  arma::fmat unchanged_;                                     // the inputs, where a hook changes them in pass_
  mutable std::vector<double> losses_;
  mutable std::vector<arma::fmat> dz_;
  mutable bool has_losses_ = false, has_dz_ = false;
  mutable learning::Products::Room room_;  // of add_times_inputs
  mutable learning::Panelled factor_;      // its factor, or one of dz: kept from block to block, as all of these are
  // Other weights or inputs that were asked for while this block lasts. What is made once serves block after block.
  mutable std::vector<std::unique_ptr<PassBlock>> made_;
  mutable std::size_t in_use_ = 0;
  mutable std::map<std::string, const PassBlock*> others_;  // of these, by model; null where it failed
};

}  // namespace pipeline::study
