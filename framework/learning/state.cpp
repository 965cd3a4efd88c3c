#include "learning/state.hpp"

#include <algorithm>
#include <pipeline/quoted.hpp>

namespace pipeline::learning {

namespace {

NetworkShape with_sizes_of(const Network& network, NetworkShape shape) {
  shape.sizes = {network.layer(1).inputs()};
  for (const Layer& layer : network.layers) shape.sizes.push_back(layer.outputs());
  shape.output_bias = !network.layers.back().b.is_empty();
  return shape;
}

bool same_sizes(const PerLayer::Arrays& a, const PerLayer::Arrays& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.n_rows == y.second.n_rows && x.second.n_cols == y.second.n_cols;
  });
}

bool same_sizes(const SavedArray& a, const SavedArray& b) {
  return same_shape(a.like_weights.network, b.like_weights.network) &&
         std::ranges::equal(a.like_weights.own, b.like_weights.own,
                            [](const auto& x, const auto& y) { return same_sizes(x, y); }) &&
         same_sizes(a.values, b.values) && a.counts.size() == b.counts.size();
}

}  // namespace

bool same_shape(const Network& a, const Network& b) {
  return std::ranges::equal(a.layers, b.layers, [](const Layer& x, const Layer& y) {
    return x.W.n_rows == y.W.n_rows && x.W.n_cols == y.W.n_cols && x.b.n_elem == y.b.n_elem;
  });
}

/// What one entry or the optimiser declares.
class States::Declaration final : public State {
 public:
  /// `scope`: of an entry. An optimiser has none: its arrays belong to all layers, and none is trained.
  Declaration(States& states, const ModelPlugin& owner, const Scope* scope)
      : states_(states), owner_(owner), scope_(scope) {}

  const NetworkShape& network() const override { return states_.shape_; }
  const Network& weights() const override { return states_.start_; }

  void like_weights(const std::string& name, LikeWeights& handle, Start from) override {
    Kept& kept = add(name, Life::kept);
    kept.like_all = true;
    kept.from_weights = from == Start::weights;
    kept.like_weights.network = states_.start_;
    if (from == Start::zero)
      for (Layer& l : kept.like_weights.network.layers) l.W.zeros(), l.b.zeros();
    handle.bind(kept.like_weights);
  }

  void per_layer(const std::string& name, PerLayer& handle, Life life, const std::function<Size(std::size_t)>& size,
                 float initial) override {
    if (life == Life::trained && !scope_)
      throw std::logic_error("declares a trained array, which only a regulariser may");
    Kept& kept = add(name, life);
    for (std::size_t l = 0; l <= states_.shape_.layers(); ++l) {
      const Size s = !scope_ || scope_->weights_of(l) ? size(l) : Size{};
      if (s.rows == 0) continue;
      kept.values[l] = arma::fmat(s.rows, s.columns, arma::fill::value(initial));
      if (life == Life::trained) kept.gradients[l].zeros(s.rows, s.columns);
    }
    handle.bind(kept.values, kept.gradients);
  }

  void counts(const std::string& name, Counts& handle, std::size_t size) override {
    Kept& kept = add(name, Life::kept);
    kept.counts.assign(size, 0);
    handle.bind(kept.counts);
  }

 private:
  Kept& add(const std::string& name, Life life) {
    const auto [place, fresh] = states_.kept_.try_emplace(owner_.name + "." + name);
    if (!fresh) throw std::logic_error("declares two arrays named " + pipeline::quoted(name));
    place->second.life = life;
    place->second.owner = &owner_;
    return place->second;
  }

  States& states_;
  const ModelPlugin& owner_;
  const Scope* scope_;
};

States::States(const Network& start, NetworkShape shape)
    : start_(start), shape_(with_sizes_of(start, std::move(shape))) {}

void States::declare(const Entry& entry) {
  Declaration declaration(*this, entry, &entry.scope);
  entry.run("declare_state", 0, [&] { entry.object->declare_state(declaration); });
}

void States::declare(const LiveOptimiser& optimiser) {
  Declaration declaration(*this, optimiser, nullptr);
  optimiser.run("declare_state", 0, [&] { optimiser.object->declare_state(declaration); });
}

void States::complete() {
  for (auto& [name, kept] : kept_)
    if (kept.life == Life::trained) trained_.emplace_back(name, &kept);
  for (auto& [name, kept] : kept_) {
    if (!kept.like_all) continue;
    for (const auto& [trained_name, trained] : trained_) {
      kept.like_weights.own.push_back(trained->values);
      if (!kept.from_weights)
        for (auto& [layer, values] : kept.like_weights.own.back()) values.zeros();
    }
  }
}

void States::adopt(const States& other) {
  for (auto& [name, kept] : kept_) static_cast<SavedArray&>(kept) = other.kept_.at(name);
}

std::map<std::string, SavedArray> States::saved() const {
  std::map<std::string, SavedArray> out;
  for (const auto& [name, kept] : kept_)
    if (kept.life != Life::step) out.emplace(name, kept);
  return out;
}

void States::load(const std::map<std::string, SavedArray>& saved) {
  std::size_t taken = 0;
  for (auto& [name, kept] : kept_) {
    if (kept.life == Life::step) continue;
    const auto found = saved.find(name);
    if (found == saved.end()) throw std::runtime_error("there is no array '" + name + "'");
    if (!same_sizes(found->second, kept)) throw std::runtime_error("the array '" + name + "' has another size");
    static_cast<SavedArray&>(kept) = found->second;
    ++taken;
  }
  if (taken != saved.size()) throw std::runtime_error("there are arrays that no plugin of the model has declared");
}

std::map<std::string, PerLayer::Arrays> States::of_this_step() const {
  std::map<std::string, PerLayer::Arrays> arrays;
  for (const auto& [name, kept] : kept_)
    if (kept.life == Life::step) arrays[name] = kept.values;
  return arrays;
}

void States::put_back(const std::map<std::string, PerLayer::Arrays>& of_this_step) {
  for (const auto& [name, values] : of_this_step) kept_.at(name).values = values;
}

void States::add_times(float times, const ModelPlugin& owner, const std::function<void()>& add) {
  if (times == 1) return add();
  std::vector<std::pair<PerLayer::Arrays*, PerLayer::Arrays>> before;
  for (auto& [name, kept] : trained_) {
    if (kept->owner != &owner) continue;
    before.emplace_back(&kept->gradients, kept->gradients);
    for (auto& [layer, gradient] : kept->gradients) gradient.zeros();
  }
  add();
  for (auto& [gradients, was] : before)
    for (auto& [layer, gradient] : *gradients) gradient = was.at(layer) + times * gradient;
}

void States::zero_gradients() {
  for (auto& [name, kept] : trained_)
    for (auto& [layer, gradient] : kept->gradients) gradient.zeros();
}

}  // namespace pipeline::learning
