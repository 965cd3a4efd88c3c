#include "study/evaluation.hpp"

#include <cmath>

#include "learning/elementwise.hpp"
#include "learning/loss.hpp"
#include "learning/products.hpp"

namespace pipeline::study {

namespace {

class PassBlock final : public Block {
 public:
  explicit PassBlock(const learning::Pass& pass) : pass_(pass) {}
  const arma::fmat& x(std::size_t layer) const override { return pass_.x.at(layer - 1); }
  const arma::fmat& z(std::size_t layer) const override { return pass_.z.at(layer - 1); }
  const arma::fmat& logits() const override { return pass_.z.back(); }
  arma::fmat times_inputs(const arma::fmat& d, std::size_t layer) const override {
    const arma::fmat& in = x(layer);
    if (d.n_cols != in.n_cols) throw std::invalid_argument("times_inputs needs one column a sample of the block");
    arma::fmat product(d.n_rows, in.n_rows);
    learning::gradient_columns(d, in, 0, in.n_rows, product.memptr());
    return product;
  }

 private:
  const learning::Pass& pass_;
};

class Measurement final : public Evaluation {
 public:
  /// `speaking` is kept at the section whose code runs, for whoever has to be blamed.
  Measurement(const Subject& subject, std::uint64_t step, const learning::Inputs& inputs, std::size_t samples,
              const MetricSection*& speaking)
      : subject_(subject), step_(step), inputs_(inputs), samples_(samples), speaking_(speaking) {}

  std::uint64_t step() const override { return step_; }
  const Network& network() const override { return subject_.network; }
  std::size_t samples() const override { return samples_; }
  bool nonnegative_inputs() const override { return inputs_.nonnegative(); }
  double penalty() const override { return subject_.weight_penalty() + batch_penalty_; }

  void run() { pass(gatherers_, true); }

 private:
  using Gatherers = std::map<std::string, std::shared_ptr<Gatherer>>;

  void pass(const Gatherers& gatherers, bool first) const {
    if (gatherers.empty() && !(first && subject_.batch_penalty)) return;
    learning::Pass state;
    state.x.resize(subject_.network.depth());
    std::vector<double> losses(kBlock);
    for (std::size_t from = 0; from < samples_; from += kBlock) {
      const std::size_t size = std::min(kBlock, samples_ - from);
      inputs_.widen(from, size, state.x[0]);
      learning::forward(subject_.network, subject_.entries, nullptr, state);
      if (!learning::all_finite(state.logits())) throw learning::Diverged(step_);
      PassBlock block(state);
      block.first = from;
      block.size = size;
      block.labels = inputs_.labels().subspan(from, size);
      learning::sample_losses(state.logits(), block.labels, losses);
      block.losses = std::span(losses).first(size);
      for (const auto& [key, gatherer] : gatherers) {
        if (const auto owner = owners_.find(key); owner != owners_.end()) speaking_ = owner->second;
        gatherer->see(block);
      }
      if (first && subject_.batch_penalty)
        batch_penalty_ += subject_.batch_penalty(state) * static_cast<double>(size) / static_cast<double>(samples_);
    }
  }

  void want(const std::string& key, const Make& make) override {
    if (auto& place = gatherers_[key]; !place) {
      place = make();
      owners_[key] = speaking_;
    }
  }
  const Gatherer& find(const std::string& key) const override {
    if (const auto it = gatherers_.find(key); it != gatherers_.end()) return *it->second;
    throw std::logic_error("'" + key + "' was not asked for in prepare()");
  }
  void run_again(const std::string& key, const Make& make) const override {
    if (gatherers_.contains(key)) return;
    const Gatherers one = {{key, make()}};
    pass(one, false);
    gatherers_.insert(*one.begin());
  }

  const Subject& subject_;
  std::uint64_t step_;
  const learning::Inputs& inputs_;
  std::size_t samples_;
  const MetricSection*& speaking_;
  std::map<std::string, const MetricSection*> owners_;  // who asked first
  mutable Gatherers gatherers_;
  mutable double batch_penalty_ = 0;
};

/// "metric 'loss' in [metric:loss] (study.ini:31)"
std::string blamed(const MetricSection& m) {
  const config::Place& place = m.word.place;
  return "metric '" + m.plugin + "' in [metric:" + m.name + "] (" + place.file +
         (place.line ? ":" + std::to_string(place.line) : "") + ")";
}

/// Checks what a metric says as it says it, and files it under its section's name.
class Collector final : public Results {
 public:
  Collector(const MetricSection& section, const Subject& subject, std::uint64_t step, const std::string& suffix)
      : section_(section), subject_(subject), step_(step), suffix_(suffix) {}

  void value(double x, const std::string& name) override { add(0, x, name); }
  void layer(std::size_t l, double x, const std::string& name) override {
    check_layer(l);
    add(l, x, name);
  }
  void nodes(std::size_t l, const arma::vec& x) override {
    check_layer(l);
    const std::size_t outputs = subject_.network.layer(l).outputs();
    if (x.n_elem != outputs)
      throw std::invalid_argument("gave " + std::to_string(x.n_elem) + " values for the " + std::to_string(outputs) +
                                  " nodes of layer " + std::to_string(l));
    check_no_infinity(x);
    sheets.push_back({section_.name + suffix_, std::to_string(l), true, x});
  }
  void matrix(const std::string& name, const arma::mat& x) override {
    check_no_infinity(x);
    sheets.push_back({section_.name + suffix_, name, false, x});
  }

  /// By value name in the order of first use, then by layer.
  std::vector<Row> rows() const {
    std::vector<Row> out;
    for (const auto& name : names_)
      for (const auto& [layer, x] : values_.at(name)) out.push_back({step_, subject_.name, label(name), layer, x});
    return out;
  }
  std::vector<Sheet> sheets;

 private:
  std::string label(const std::string& name) const {
    return section_.name + suffix_ + (name.empty() ? "" : "." + name);
  }
  void add(std::size_t l, double x, const std::string& name) {
    if (std::isinf(x) || (std::isnan(x) && section_.info.edge.empty()))
      throw std::invalid_argument("gave " + std::string(std::isnan(x) ? "nan" : "infinity") + " for " + label(name) +
                                  (l ? ", layer " + std::to_string(l) : ""));
    if (!values_.contains(name)) names_.push_back(name);
    if (!values_[name].emplace(l, x).second)
      throw std::invalid_argument("gave " + label(name) + " twice" + (l ? " for layer " + std::to_string(l) : ""));
  }
  void check_layer(std::size_t l) const {
    if (l < 1 || l > subject_.network.depth())
      throw std::invalid_argument("spoke of layer " + std::to_string(l) + " of a network with " +
                                  std::to_string(subject_.network.depth()));
  }
  static void check_no_infinity(const arma::mat& x) {
    if (x.has_inf()) throw std::invalid_argument("gave infinity");
  }

  const MetricSection& section_;
  const Subject& subject_;
  std::uint64_t step_;
  const std::string& suffix_;
  std::vector<std::string> names_;
  std::map<std::string, std::map<std::size_t, double>> values_;
};

}  // namespace

std::map<std::string, Measured> measure(const Subject& subject, std::uint64_t step,
                                        const std::vector<const MetricSection*>& due, const learning::Inputs& inputs,
                                        std::size_t samples, const std::string& suffix) {
  const MetricSection* speaking = nullptr;
  Measurement evaluation(subject, step, inputs, samples, speaking);
  std::map<std::string, Measured> all;
  try {
    for (const MetricSection* m : due) speaking = m, m->object->prepare(evaluation);
    evaluation.run();
    for (const MetricSection* m : due) {
      speaking = m;
      const std::string label = m->on == "both" ? suffix : "";
      Collector collector(*m, subject, step, label);
      m->object->measure(evaluation, collector);
      all[m->name] = {collector.rows(), std::move(collector.sheets)};
    }
  } catch (const learning::Diverged&) {
    throw;
  } catch (const learning::HookFailure&) {
    throw;
  } catch (const std::exception& e) {
    throw MetricFailure((speaking ? blamed(*speaking) : "a metric") + ", model " + subject.name + ", step " +
                        std::to_string(step) + ": " + e.what());
  } catch (...) {
    throw MetricFailure((speaking ? blamed(*speaking) : "a metric") + " threw something that is no std::exception");
  }
  return all;
}

}  // namespace pipeline::study
