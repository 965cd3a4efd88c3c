#include "learning/model.hpp"

#include <algorithm>
#include <optional>
#include <pipeline/quoted.hpp>

#include "base/numbers.hpp"
#include "kernels/elementwise.hpp"
#include "learning/checked.hpp"
#include "learning/loss.hpp"
#include "learning/tiles.hpp"

namespace pipeline::learning {

Model::Model(std::string name, const Network& start, Entries entries, LearningRate rate, ImageShape image,
             std::size_t classes, kernels::Products products, std::optional<LiveOptimiser> optimiser,
             NetworkShape shape)
    : name_(std::move(name)),
      network_(start),
      entries_(std::move(entries)),
      optimiser_(std::move(optimiser)),
      rate_(rate),
      products_(products),
      classes_(classes),
      image_(image),
      states_(network_, std::move(shape)),
      dz_(start.depth()) {
  weight_tiles_ = products_.are_own();
  for (const Entry& e : entries_) {
    if (e.look_ahead && look_ahead_)
      throw HookFailure(
          e.name, "LookAhead", 0,
          "a model can have one LookAhead hook only, and " + pipeline::quoted(look_ahead_->name) + " has one already");
    states_.declare(e);
    if (e.look_ahead) look_ahead_ = &e;
    weight_changes_ |= e.weight != nullptr;
    weight_tiles_ &= !e.weight || e.weight_tile;
    layer_penalties_ |= e.layer_penalty != nullptr;
    activation_penalties_ |= e.activation_penalty != nullptr;
    after_layer_ |= e.after_layer_update != nullptr;
    stores_gradient_ |= e.layer_penalty || e.network_gradient || e.look_ahead;
  }
  weight_tiles_ &= weight_changes_;
  stores_gradient_ |= weight_changes_ && !weight_tiles_;
  if (optimiser_) states_.declare(*optimiser_);
  states_.complete();
  lives_in_panels_ = products_.are_own() && !stores_gradient_ && !weight_changes_ && !after_layer_;
  updates_within_products_ = lives_in_panels_ && !plugins_see_weights();
  pass_.keeps_z =
      layer_penalties_ || way_back_needs_z(training({0, rate_.at(0), Random(0)}), start.depth(), activation_penalties_);
  for (const Entry& e : entries_)
    if (e.measured && !states_.trained().empty())
      throw HookFailure(e.name, "MeasuredWeights", 0,
                        "replaces the weights for measurements but cannot replace the trained array " +
                            pipeline::quoted(states_.trained().front().first) + "; do not use both in one model");
}

const Network& Model::network() const {
  if (!is_behind_) return network_;
  for (std::size_t l = 1; l <= network_.depth(); ++l) panels_[l - 1].copy_to(network_.layer(l).W);
  is_behind_ = false;
  return network_;
}

std::unique_ptr<Model> Model::copy() const {
  Entries entries;
  for (const Entry& e : entries_) entries.push_back(e.remade());
  auto twin = std::make_unique<Model>(name_, network(), std::move(entries), rate_, image_, classes_, products_,
                                      optimiser_ ? std::optional(optimiser_->remade()) : std::nullopt, shape());
  twin->states_.adopt(states_);
  return twin;
}

void Model::remember(std::uint64_t step) {
  remembered_ = std::make_shared<const SavedModel>(SavedModel{network(), states_.saved(), nullptr});
  remembered_at_ = step;
}

std::optional<std::uint64_t> Model::remembered_at() const {
  return remembered_ ? std::optional(remembered_at_) : std::nullopt;
}

void Model::restore() {
  if (remembered_) take(*remembered_);
}

void Model::take(const SavedModel& saved) {
  if (!same_shape(saved.network, network_)) throw std::runtime_error("the network has another shape");
  states_.load(saved.arrays);
  network_ = saved.network;
  is_behind_ = false;
  panels_.clear();
}

SavedModel Model::saved() const { return {network(), states_.saved(), remembered_, remembered_at_}; }

void Model::load(const SavedModel& saved) {
  if (saved.remembered) take(*saved.remembered);  // it must fit too
  take(saved);
  remembered_ = saved.remembered;
  remembered_at_ = saved.remembered_at;
}

void Model::step(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  const Step step{number, rate_.at(number), Random(0)};
  load_batch(step, train, samples);
  if (!stores_gradient_) {
    const Weights used = pass_forward(network_, step);
    for (std::size_t l = network_.depth(); l >= 1; --l) {
      take_dz(l);
      const bool descends = l > 1 && updates_within_products_ && zeros_need_no_gradient(training(step), l - 1);
      if (l > 1) pass_backward_into(l - 1, used, step, descends);  // before layer l changes, or while it does
      descend_layer(l, step, descends);
    }
    update_own(step);
    return;
  }
  store_gradient(network_, step);
  if (look_ahead_) {
    displaced_ = network_;
    checked(*look_ahead_, "LookAhead::displace", number, displaced_,
            [&] { look_ahead_->look_ahead->displace(displaced_, gradient_, look_ahead_->step(step)); });
    const auto undisplaced = states_.of_this_step();
    store_gradient(displaced_, step);
    states_.put_back(undisplaced);
  }
  change_stored(step);
  descend_stored(step);
  update_own(step);
}

const Network& Model::gradient(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  const Step step{number, rate_.at(number), Random(0)};
  load_batch(step, train, samples);
  store_gradient(network(), step);
  change_stored(step);
  return gradient_;
}

void Model::load_batch(const Step& step, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  batch_.image = image_;
  train.widen(samples, batch_.inputs);
  std::vector<std::uint16_t> labels;
  labels.reserve(samples.size());
  for (const std::uint32_t n : samples) labels.push_back(train.labels()[n]);
  one_hot(labels, classes_, batch_.targets);
  for (const Entry& e : entries_) {
    if (!e.batch) continue;
    e.run("BatchChange::change", step.number, [&] { e.batch->change(batch_, e.step(step)); });
    const auto fits = [&](const arma::fmat& m, std::size_t rows) {
      return m.n_rows == rows && m.n_cols == samples.size() && all_finite(m);
    };
    if (!fits(batch_.inputs, train.features()) || !fits(batch_.targets, classes_))
      throw HookFailure(e.name, "BatchChange::change", step.number,
                        "left inputs or targets of another shape, or a value that is not finite");
  }
}

/// Fills panels_ and the biases of changed_ with what the WeightTileChange hooks make of `at`.
void Model::change_tiles(const Network& at, const Step& step) {
  if (changed_.layers.empty()) changed_ = at;
  panels_.resize(at.depth());
  for (std::size_t l = 1; l <= at.depth(); ++l) {
    const Layer& from = at.layer(l);
    const auto change = [&](const Tile& tile, std::span<float> w) {
      for (const Entry& e : entries_) {
        if (!e.weight_tile || !e.scope.covers(tile)) continue;
        e.run("WeightChange::forward", step.number, [&] { e.weight_tile->forward_tile(w, tile, e.step(step)); });
        if (!all_finite(w) && all_finite(part(from, tile)))
          throw HookFailure(e.name, "WeightChange::forward", step.number,
                            "left a value that is not finite in layer " + std::to_string(l));
      }
    };
    kernels::Panelled& to = panels_[l - 1];
    to.set_size(from.outputs(), from.inputs());
    for (std::size_t j = 0; j < from.inputs(); ++j) {
      column_ = from.W.col(j);
      change({l, Kind::weights, j}, {column_.memptr(), column_.n_elem});
      to.set_column(j, column_.memptr());
    }
    arma::fvec& b = changed_.layer(l).b = from.b;
    if (!b.is_empty()) change({l, Kind::bias}, {b.memptr(), b.n_elem});
  }
}

/// `at`, or a changed copy
Weights Model::weights_of_pass(const Network& at, const Step& step) {
  if (weight_tiles_) {
    change_tiles(at, step);
    return {changed_, panels_};
  }
  if (!weight_changes_)
    return lives_in_panels_ && !panels_.empty() ? Weights{at, panels_} : weights(products_, at, panels_);
  changed_ = at;
  for (const Entry& e : entries_)
    for (std::size_t l = 1; e.weight && l <= at.depth(); ++l)
      if (e.scope.weights_of(l))
        checked(e, "WeightChange::forward", step.number, l, changed_.layer(l),
                [&] { e.weight->forward(changed_.layer(l), l, e.step(step)); });
  return weights(products_, changed_, panels_);
}

/// Returns the weights that were used.
Weights Model::pass_forward(const Network& at, const Step& step) {
  states_.zero_gradients();
  const Weights now = weights_of_pass(at, step);
  pass_.x.resize(at.depth());
  if (look_ahead_)
    pass_.x[0] = batch_.inputs;  // needed for a second pass
  else
    pass_.x[0].swap(batch_.inputs);
  forward(training(step), now, pass_);
  if (!all_finite(pass_.logits())) diverged_in_pass(at, step.number);
  batch_gradient(shape().loss, pass_.logits(), batch_.targets, dz_.back());
  penalise_units(at.depth(), pass_.logits(), dz_.back(), step);
  return now;
}

/// "after update 11 (gradient descent, l2; learning rate 0.1)"; otherwise the name of the optimiser
std::string Model::last_update(std::uint64_t step) const {
  if (step == 0) return "with the starting weights";
  std::string text =
      "after update " + std::to_string(step - 1) + " (" + (is_plain_descent() ? "gradient descent" : optimiser_->name);
  for (const Entry& e : entries_)
    if (e.on_weights() || e.network_gradient || e.after_layer_update || e.look_ahead) text += ", " + e.name;
  return text + "; learning rate " + base::shortest(rate_.at(step - 1)) + ")";
}

void Model::expect_finite_weights(std::uint64_t step) const {
  const Network& now = network();
  for (std::size_t l = 1; l <= now.depth(); ++l)
    for (const char* part : {"weight", "bias"})
      if (part[0] == 'w' ? !all_finite(now.layer(l).W) : !all_finite(now.layer(l).b))
        throw Diverged(step, std::string("a ") + part + " of layer " + std::to_string(l), last_update(step));
}

void Model::diverged_in_pass(const Network& at, std::uint64_t step) const {
  expect_finite_weights(step);
  for (std::size_t l = 1; l < at.depth(); ++l)
    if (!all_finite(pass_.x[l])) throw Diverged(step, "an activation of layer " + std::to_string(l), last_update(step));
  throw Diverged(step, "a logit (layer " + std::to_string(at.depth()) + ")", last_update(step));
}

void Model::pass_backward_into(std::size_t layer, const Weights& used, const Step& step, bool descends) {
  std::function<void(arma::fmat&)> penalties;
  if (activation_penalties_) penalties = [&](arma::fmat& d) { penalise_units(layer, pass_.x[layer], d, step); };
  std::optional<Descending> descending;
  if (descends) descending.emplace(panels_[layer], kernels::Descent{step.learning_rate, decay(layer + 1, step)});
  backward_into(training(step), layer, used, pass_, {dz_[layer], dz_panels_}, dz_[layer - 1], penalties, descending);
}

bool Model::measures_other_weights() const {
  return std::ranges::any_of(entries_, [](const Entry& e) { return e.measured || e.weight; });
}

Network Model::measured_network(std::uint64_t step) const {
  Network copy = network();
  for (const Entry& e : entries_) {
    for (std::size_t l = 1; l <= copy.depth(); ++l) {
      Layer& layer = copy.layer(l);
      if (e.weight && e.scope.weights_of(l))
        checked(e, "WeightChange::measure", step, l, layer, [&] { e.weight->measure(layer, l); });
      if (!e.measured) continue;
      each_tile(l, layer, [&](const Tile& tile) {
        if (!e.scope.covers(tile)) return;
        const std::span<float> w = part(layer, tile);
        const bool was_finite = all_finite(w);
        e.run("MeasuredWeights::measured", step, [&] { e.measured->measured(w, tile); });
        if (was_finite && !all_finite(w))
          throw HookFailure(e.name, "MeasuredWeights::measured", step,
                            "left a value that is not finite in layer " + std::to_string(l));
      });
    }
  }
  return copy;
}

}  // namespace pipeline::learning
