#include "study/block.hpp"

#include <algorithm>

#include "learning/loss.hpp"

namespace pipeline::study {

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

void PassBlock::forward() {
  const auto changes_inputs = [](const learning::Entry& e) { return e.changes_activations(Where::inputs, 0); };
  if (std::ranges::any_of(subject_.entries, changes_inputs)) unchanged_ = pass_.x[0];
  learning::forward(subject_.products, network_, subject_.entries, nullptr, pass_);
  has_losses_ = has_dz_ = false;
  is_fresh_.clear();
  changed_.clear();
}

std::span<const double> PassBlock::losses() const {
  if (!has_losses_) {
    losses_.resize(size);
    learning::sample_losses(pass_.logits(), labels, losses_);
    has_losses_ = true;
  }
  return losses_;
}

const arma::fmat& PassBlock::dz(std::size_t layer) const {
  if (!has_dz_) {
    dz_.resize(depth());
    learning::sample_gradients(pass_.logits(), labels, dz_.back());
    for (std::size_t l = depth() - 1; l >= 1; --l)
      learning::backward_into(subject_.products, l, network_, subject_.entries, nullptr, pass_, dz_[l], dz_[l - 1]);
    has_dz_ = true;
  }
  return dz_.at(layer - 1);
}

arma::fmat PassBlock::times_inputs(const arma::fmat& d, std::size_t layer) const {
  const arma::fmat& in = x(layer);
  if (d.n_cols != in.n_cols) throw std::invalid_argument("times_inputs needs one column a sample of the block");
  arma::fmat product(d.n_rows, in.n_rows);
  subject_.products.gradient(d, in, pass_.of_x.at(layer - 1), 0, in.n_rows, product.memptr());
  return product;
}

const PassBlock& PassBlock::same_samples_through(const Subject& subject, const Network& network) const {
  auto& block = through_[&network];
  if (!block) block = std::make_unique<PassBlock>(subject, network);
  if (bool& fresh = is_fresh_[&network]; !fresh) {
    block->run(*this, inputs());
    fresh = true;
  }
  return *block;
}

const Block& PassBlock::at(const Network& weights) const {
  for (std::size_t l = 1; l <= depth(); ++l)
    if (weights.depth() != depth() || arma::size(weights.layer(l).W) != arma::size(network_.layer(l).W) ||
        weights.layer(l).b.n_elem != network_.layer(l).b.n_elem)
      throw std::invalid_argument("at needs weights of the network's own shape");
  return same_samples_through(subject_, weights);
}

const Block& PassBlock::with(const arma::fmat& inputs) const {
  if (arma::size(inputs) != arma::size(pass_.x[0])) throw std::invalid_argument("with needs inputs of the same shape");
  changed_.push_back(std::make_unique<PassBlock>(subject_, network_));
  changed_.back()->run(*this, inputs);
  return *changed_.back();
}

const Block* PassBlock::other(const std::string& model) const {
  const auto it = subject_.others.find(model);
  if (it == subject_.others.end())
    throw std::logic_error("asks for model '" + model + "', which describe().compares does not name");
  return it->second ? &same_samples_through(*it->second, it->second->network) : nullptr;
}

}  // namespace pipeline::study
