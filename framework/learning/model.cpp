#include "learning/model.hpp"

#include "learning/checked.hpp"
#include "learning/elementwise.hpp"
#include "learning/loss.hpp"
#include "learning/products.hpp"
#include "learning/tiles.hpp"

namespace pipeline::learning {

namespace {

/// Gives an entry the arrays it asks for, owned by the model.
class Keeper final : public State {
 public:
  Keeper(std::map<std::string, Network>& states, const std::string& entry, const Network& start)
      : states_(states), entry_(entry), start_(start) {}
  void like_weights(const std::string& name, LikeWeights& handle, Start from) override {
    const auto [place, fresh] = states_.emplace(entry_ + "." + name, start_);
    if (!fresh) throw std::logic_error("keeps two arrays named '" + name + "'");
    if (from == Start::zero)
      for (Layer& l : place->second.layers) l.W.zeros(), l.b.zeros();
    handle.bind(place->second);
  }

 private:
  std::map<std::string, Network>& states_;
  const std::string& entry_;
  const Network& start_;
};

}  // namespace

Model::Model(std::string name, const Network& start, Entries entries, float learning_rate, ImageShape image,
             std::size_t classes)
    : name_(std::move(name)),
      network_(start),
      entries_(std::move(entries)),
      rate_(learning_rate),
      classes_(classes),
      dz_(start.depth()) {
  batch_.image = image;
  for (const Entry& e : entries_) {
    if (const char* hook = hook_not_served(*e.object)) throw HookFailure(e.name, hook, 0, "is not served");
    if (e.look_ahead && look_ahead_)
      throw HookFailure(e.name, "LookAhead", 0, "'" + look_ahead_->name + "' looks ahead already: one a model");
    Keeper keeper(states_, e.name, start);
    e.run("keep", 0, [&] { e.object->keep(keeper); });
    if (e.look_ahead) look_ahead_ = &e;
    weight_changes_ |= e.weight != nullptr;
    layer_penalties_ |= e.layer_penalty != nullptr;
    activation_penalties_ |= e.activation_penalty != nullptr;
    after_layer_ |= e.after_layer_update != nullptr;
    stores_gradient_ |= e.weight || e.layer_penalty || e.network_gradient || e.look_ahead;
  }
}

void Model::step(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  const Step step{number, rate_, Random(0)};
  load_batch(step, train, samples);
  if (!stores_gradient_) {
    pass_forward(network_, step);
    for (std::size_t l = network_.depth(); l >= 1; --l) {
      if (l > 1) pass_backward_into(l - 1, network_, step);  // before layer l changes
      descend_layer(l, step);
    }
    return;
  }
  store_gradient(network_, step);
  if (look_ahead_) {
    Network displaced = network_;
    checked(*look_ahead_, "LookAhead::displace", number, displaced,
            [&] { look_ahead_->look_ahead->displace(displaced, gradient_, look_ahead_->step(number, rate_)); });
    store_gradient(displaced, step);
  }
  change_stored(step);
  descend_stored(step);
}

const Network& Model::gradient(std::uint64_t number, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  const Step step{number, rate_, Random(0)};
  load_batch(step, train, samples);
  store_gradient(network_, step);
  change_stored(step);
  return gradient_;
}

void Model::load_batch(const Step& step, const Inputs& train, const std::vector<std::uint32_t>& samples) {
  train.widen(samples, batch_.inputs);
  std::vector<std::uint16_t> labels;
  labels.reserve(samples.size());
  for (const std::uint32_t n : samples) labels.push_back(train.labels()[n]);
  one_hot(labels, classes_, batch_.targets);
  for (const Entry& e : entries_) {
    if (!e.batch) continue;
    e.run("BatchChange::change", step.number, [&] { e.batch->change(batch_, e.step(step.number, rate_)); });
    const auto fits = [&](const arma::fmat& m, std::size_t rows) {
      return m.n_rows == rows && m.n_cols == samples.size() && all_finite(m);
    };
    if (!fits(batch_.inputs, train.features()) || !fits(batch_.targets, classes_))
      throw HookFailure(e.name, "BatchChange::change", step.number,
                        "left inputs or targets of another shape, or a value that is not finite");
  }
}

void Model::pass_forward(const Network& at, const Step& step) {
  const Network* used = &at;
  if (weight_changes_) {
    changed_ = at;
    for (const Entry& e : entries_)
      for (std::size_t l = 1; e.weight && l <= at.depth(); ++l)
        if (e.scope.weights_of(l))
          checked(e, "WeightChange::forward", step.number, l, changed_.layer(l),
                  [&] { e.weight->forward(changed_.layer(l), l, e.step(step.number, rate_)); });
    used = &changed_;
  }
  pass_.x.resize(at.depth());
  pass_.x[0] = batch_.inputs;
  forward(*used, entries_, &step, pass_);
  if (!all_finite(pass_.logits())) throw Diverged(step.number);
  softmax_gradient(pass_.logits(), batch_.targets, dz_.back());
  for (const Entry& e : entries_)
    if (e.activation_penalty && e.scope.weights_of(at.depth()))
      checked(e, "ActivationPenalty::add_gradient", step.number, dz_.back(),
              [&] { e.activation_penalty->add_gradient(pass_.logits(), dz_.back(), at.depth()); });
}

// dz of `layer` from dz of the next one: through its weights, the activation hooks after ReLU, ReLU, those before it.
void Model::pass_backward_into(std::size_t layer, const Network& at, const Step& step) {
  arma::fmat& d = dz_[layer - 1];
  transposed_times((weight_changes_ ? changed_ : at).layer(layer + 1).W, dz_[layer], d);
  for (const Entry& e : entries_)
    if (e.activation_penalty && e.scope.weights_of(layer))
      checked(e, "ActivationPenalty::add_gradient", step.number, d,
              [&] { e.activation_penalty->add_gradient(pass_.x[layer], d, layer); });
  change_backward(entries_, Where::after_relu, layer, step, d);
  relu_adjoint(pass_.z[layer - 1], d);
  change_backward(entries_, Where::before_relu, layer, step, d);
}

bool Model::measures_other_weights() const {
  return std::ranges::any_of(entries_, [](const Entry& e) { return e.measured || e.weight; });
}

Network Model::measured_network() const {
  Network copy = network_;
  for (const Entry& e : entries_) {
    for (std::size_t l = 1; l <= copy.depth(); ++l) {
      Layer& layer = copy.layer(l);
      if (e.weight && e.scope.weights_of(l))
        checked(e, "WeightChange::measure", 0, l, layer, [&] { e.weight->measure(layer, l); });
      if (!e.measured) continue;
      each_tile(l, layer, [&](const Tile& tile) {
        if (!e.scope.covers(tile)) return;
        const std::span<float> w = part(layer, tile);
        const bool was_finite = all_finite(w);
        e.run("MeasuredWeights::measured", 0, [&] { e.measured->measured(w, tile); });
        if (was_finite && !all_finite(w))
          throw HookFailure(e.name, "MeasuredWeights::measured", 0,
                            "left a value that is not finite in layer " + std::to_string(l));
      });
    }
  }
  return copy;
}

}  // namespace pipeline::learning
