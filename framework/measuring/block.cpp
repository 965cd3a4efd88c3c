#include "measuring/block.hpp"

#include <algorithm>

#include "learning/loss.hpp"

namespace pipeline::measuring {

void PassBlock::load(const learning::Inputs& inputs, std::size_t from, std::size_t count) {
  first = from;
  size = count;
  labels = inputs.labels().subspan(from, count);
  marked = inputs.marked().empty() ? inputs.marked() : inputs.marked().subspan(from, count);
  pass_.x.resize(depth());
  inputs.widen(from, count, pass_.x[0]);
  forward();
}

void PassBlock::run(const PassBlock& same, const arma::fmat& inputs) {
  first = same.first;
  size = same.size;
  labels = same.labels;
  marked = same.marked;
  pass_.x.resize(depth());
  pass_.x[0] = inputs;
  forward();
}

learning::Regime PassBlock::measuring() const {
  return {subject_->products, subject_->entries, {step_, 0, Random(0)}, learning::Form::measuring, subject_->shape};
}

void PassBlock::forward() {
  const auto changes_inputs = [](const learning::Entry& e) { return e.changes_activations(Where::inputs, 0); };
  if (std::ranges::any_of(subject_->entries, changes_inputs))
    unchanged_ = pass_.x[0];
  else
    unchanged_.reset();
  if (!panels_) panels_ = &subject_->panels_of(*network_, made_panels_);
  learning::forward(measuring(), {*network_, *panels_}, pass_);
  has_losses_ = has_dz_ = false;
  in_use_ = 0;
  others_.clear();
}

const arma::fmat& PassBlock::z(std::size_t layer) const {
  if (layer < depth() && pass_.z.at(layer - 1).is_empty())
    learning::keep_z(subject_->products, {*network_, *panels_}, pass_);
  return pass_.z.at(layer - 1);
}

std::span<const double> PassBlock::losses() const {
  if (!has_losses_) {
    losses_.resize(size);
    learning::sample_losses(subject_->shape.loss, pass_.logits(), labels, losses_);
    has_losses_ = true;
  }
  return losses_;
}

const arma::fmat& PassBlock::dz(std::size_t layer) const {
  if (!has_dz_) {
    dz_.resize(depth());
    if (!pass_.keeps_z && learning::way_back_needs_z(measuring(), depth(), false))
      learning::keep_z(subject_->products, {*network_, *panels_}, pass_);
    learning::sample_gradients(subject_->shape.loss, pass_.logits(), labels, dz_.back());
    for (std::size_t l = depth() - 1; l >= 1; --l)
      learning::backward_into(measuring(), l, {*network_, *panels_}, pass_, subject_->products.factor(dz_[l], factor_),
                              dz_[l - 1]);
    has_dz_ = true;
  }
  return dz_.at(layer - 1);
}

void PassBlock::add_times_inputs(const arma::fmat& d, std::size_t layer, arma::mat& sum) const {
  const arma::fmat& in = x(layer);
  if (d.n_cols != in.n_cols) throw std::invalid_argument("add_times_inputs() needs one column per sample of the block");
  if (!sum.is_empty() && (sum.n_rows != d.n_rows || sum.n_cols != in.n_rows))
    throw std::invalid_argument("add_times_inputs() needs a sum with one row per row of d and one column per input");
  subject_->products.add_product(subject_->products.factor(d, factor_), in, room_, sum);
}

const PassBlock& PassBlock::another(const Subject& subject, const Network& network, const arma::fmat& inputs) const {
  if (in_use_ == made_.size()) made_.push_back(std::make_unique<PassBlock>(subject, network, step_));
  PassBlock& block = *made_[in_use_++];
  block.subject_ = &subject;
  block.network_ = &network;
  block.panels_ = nullptr;  // these weights may have changed since the block was last used
  block.run(*this, inputs);
  return block;
}

const Block& PassBlock::at(const Network& weights) const {
  for (std::size_t l = 1; l <= depth(); ++l)
    if (weights.depth() != depth() || arma::size(weights.layer(l).W) != arma::size(network_->layer(l).W) ||
        weights.layer(l).b.n_elem != network_->layer(l).b.n_elem)
      throw std::invalid_argument("at() needs weights of the same shape as the network");
  return another(*subject_, weights, inputs());
}

const Block& PassBlock::with(const arma::fmat& inputs) const {
  if (arma::size(inputs) != arma::size(pass_.x[0]))
    throw std::invalid_argument("with() needs inputs of the same shape");
  return another(*subject_, *network_, inputs);
}

const Block* PassBlock::other(const std::string& model) const {
  const auto it = subject_->others.find(model);
  if (it == subject_->others.end())
    throw std::logic_error("uses model '" + model + "', which describe().compares does not list");
  if (const auto known = others_.find(model); known != others_.end()) return known->second;
  const PassBlock* block = nullptr;
  try {
    if (it->second) block = &another(*it->second, it->second->network, inputs());
  } catch (const learning::HookFailure&) {
    // The other model's own measurement reports this and ends it; here it counts as failed already.
  }
  return others_[model] = block;
}

}  // namespace pipeline::measuring
