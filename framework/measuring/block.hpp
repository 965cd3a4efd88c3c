// A block of samples and what networks compute from it, on demand, in arrays that are reused from block to block.
#pragma once
#include <algorithm>
#include <memory>

#include "measuring/evaluation.hpp"

namespace pipeline::measuring {

class PassBlock final : public Block {
 public:
  PassBlock(const Subject& subject, const Network& network, std::uint64_t step)
      : subject_(&subject), network_(&network), step_(step) {
    // Layer penalties read z from pass_, not through z().
    pass_.keeps_z = std::ranges::any_of(subject.entries, [](const learning::Entry& e) { return e.layer_penalty; });
  }

  /// Passes samples from .. from + count - 1 of a split through the network.
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
  /// The samples as they are in the dataset, before hooks of the inputs.
  const arma::fmat& inputs() const { return unchanged_.is_empty() ? pass_.x[0] : unchanged_; }
  /// A block from made_, after a pass of these inputs through these weights.
  const PassBlock& another(const Subject& subject, const Network& network, const arma::fmat& inputs) const;

  const Subject* subject_;
  const Network* network_;
  std::uint64_t step_;
  std::vector<kernels::Panelled> made_panels_;
  const std::vector<kernels::Panelled>* panels_ = nullptr;  // of network_, the same for all samples
  mutable learning::Pass pass_;                             // lists and z of hidden layers are made on demand
  arma::fmat unchanged_;                                    // the inputs, if a hook changes them in pass_
  mutable std::vector<double> losses_;
  mutable std::vector<arma::fmat> dz_;
  mutable bool has_losses_ = false, has_dz_ = false;
  mutable kernels::Products::Room room_;  // for add_times_inputs()
  mutable kernels::Panelled factor_;      // its factor, or one for dz()
  // Blocks of other weights or inputs, made on demand and reused from block to block.
  mutable std::vector<std::unique_ptr<PassBlock>> made_;
  mutable std::size_t in_use_ = 0;
  mutable std::map<std::string, const PassBlock*> others_;  // some of made_, by model; null where the model failed
};

}  // namespace pipeline::measuring
