#include "measuring/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/names.hpp"
#include "base/utf8.hpp"
#include "kernels/elementwise.hpp"
#include "learning/loss.hpp"
#include "measuring/block.hpp"
#include "plugins/call_scope.hpp"

namespace pipeline::measuring {

const learning::Inputs& Splits::of(Split split) const {
  const learning::Inputs* inputs = split == Split::test ? test : split == Split::train ? train : validation;
  if (!inputs || inputs->size() == 0) throw std::logic_error("needs a split that this run does not have");
  return *inputs;
}

namespace {

/// What the metrics measured at one step share.
struct Moment {
  const Subject& subject;
  std::uint64_t step;
  const Splits& splits;
  const LiveMetric* current = nullptr;  // the metric whose code runs
  std::set<std::string> of_model = {};  // Measured::of_model

  plugins::PluginCall call(const char* hook) const { return call(*current, hook); }
  plugins::PluginCall call(const LiveMetric& metric, const char* hook) const {
    return {"metric", metric.config.plugin.name.c_str(), hook, subject.name.c_str(), step};
  }
};

/// One pass of the first `count` samples of a split through the network, and its gatherers.
class SplitPass {
 public:
  SplitPass(Moment& moment, const learning::Inputs& of, std::size_t samples)
      : inputs(of), count(samples), moment_(moment) {}
  /// What metrics have left here is destroyed by their own code.
  ~SplitPass() {
    const auto destroy = [&](auto& object, const LiveMetric& by, const char* hook) {
      const plugins::CallScope scope(moment_.call(by, hook));
      object.reset();
    };
    for (auto& [key, entry] : gatherers_) destroy(entry.gatherer, *entry.by, "Gatherer::~Gatherer");
    for (auto& [key, entry] : shared_) destroy(entry.object, *entry.by, "destructor of a shared object");
  }
  SplitPass(const SplitPass&) = delete;

  const learning::Inputs& inputs;
  const std::size_t count;

  void add(const ShareKey& key, const std::function<std::shared_ptr<Gatherer>()>& make) {
    Entry& place = gatherers_[key];
    if (!place.gatherer) place = {make(), moment_.current};
  }
  const Gatherer& find(const ShareKey& key) const {
    if (const auto it = gatherers_.find(key); it != gatherers_.end()) return *it->second.gatherer;
    throw std::logic_error("reads a result that prepare() did not gather with the same arguments");
  }
  void run() {
    penalised_ = static_cast<bool>(moment_.subject.batch_penalty);
    if (!gatherers_.empty() || penalised_) pass(gatherers_, penalised_);
  }
  void run_again(const ShareKey& key, const std::function<std::shared_ptr<Gatherer>()>& make) {
    if (gatherers_.contains(key)) return;
    const Gatherers one = {{key, {make(), moment_.current}}};
    pass(one, false);
    gatherers_.insert(*one.begin());
  }
  std::shared_ptr<const void> find_shared(const ShareKey& key,
                                          const std::function<std::shared_ptr<const void>()>& make) {
    if (const auto it = shared_.find(key); it != shared_.end()) return it->second.object;
    auto made = make();  // before the key is added: make() may share another object
    return shared_.emplace(key, Shared{std::move(made), moment_.current}).first->second.object;
  }
  double batch_penalty() const { return batch_penalty_; }

 private:
  struct Entry {
    std::shared_ptr<Gatherer> gatherer;
    const LiveMetric* by = nullptr;  // the first to gather it
  };
  using Gatherers = std::map<ShareKey, Entry>;
  struct Shared {
    std::shared_ptr<const void> object;
    const LiveMetric* by = nullptr;
  };

  void pass(const Gatherers& gatherers, bool penalised) {
    arma::fmat targets;
    PassBlock block(moment_.subject, moment_.subject.network, moment_.step);  // destroyed before measure() needs memory
    for (std::size_t from = 0; from < count; from += kBlock) {
      block.load(inputs, from, std::min(kBlock, count - from));
      if (!kernels::all_finite(block.logits())) throw learning::Diverged(moment_.step, "a logit");
      for (const auto& [key, entry] : gatherers) {
        moment_.current = entry.by;
        plugins::call(moment_.call("Gatherer::see"), [&, &gatherer = *entry.gatherer] { gatherer.see(block); });
      }
      if (!penalised) continue;
      learning::one_hot(block.labels, moment_.subject.network.layers.back().outputs(), targets);
      batch_penalty_ += moment_.subject.batch_penalty(block.pass(), targets) * static_cast<double>(block.size) /
                        static_cast<double>(count);
    }
  }

  Moment& moment_;
  Gatherers gatherers_;
  std::map<ShareKey, Shared> shared_;
  double batch_penalty_ = 0;
  bool penalised_ = false;
};

/// The passes at one step: sections that use the same samples share one.
class Passes {
 public:
  explicit Passes(Moment& moment) : moment_(moment) {}
  SplitPass& of(Split split, std::uint64_t images) {
    const learning::Inputs& inputs = moment_.splits.of(split);
    const std::size_t count = split == Split::train ? std::min<std::size_t>(images, inputs.size()) : inputs.size();
    auto& place = passes_[{split, count}];
    if (!place) place = std::make_unique<SplitPass>(moment_, inputs, count);
    return *place;
  }
  void run() {
    for (auto& [key, pass] : passes_) pass->run();
  }

 private:
  Moment& moment_;
  std::map<std::pair<Split, std::size_t>, std::unique_ptr<SplitPass>> passes_;
};

/// What one section sees of a measurement, on one split.
class SectionEvaluation final : public Evaluation {
 public:
  SectionEvaluation(Moment& moment, Passes& passes, Split split, std::uint64_t images)
      : moment_(moment), passes_(passes), pass_(passes.of(split, images)), images_(images) {}

  std::uint64_t step() const override { return moment_.step; }
  const Network& network() const override { return moment_.subject.network; }
  const Network& start() const override { return moment_.subject.start; }
  std::size_t samples() const override { return pass_.count; }
  bool nonnegative_inputs() const override { return pass_.inputs.nonnegative(); }
  double penalty() const override {
    moment_.of_model.insert(moment_.current->config.name);
    return (moment_.subject.weight_penalty ? moment_.subject.weight_penalty() : 0) + pass_.batch_penalty();
  }
  double learning_rate() const override {
    moment_.of_model.insert(moment_.current->config.name);
    return moment_.subject.learning_rate;
  }
  Evaluation& on(Split split) override { return elsewhere(split); }
  const Evaluation& on(Split split) const override { return elsewhere(split); }

 private:
  SectionEvaluation& elsewhere(Split split) const {
    auto& place = elsewhere_[split];
    if (!place) place = std::make_unique<SectionEvaluation>(moment_, passes_, split, images_);
    return *place;
  }
  void add(const ShareKey& key, const MakeGatherer& make) override { pass_.add(key, make); }
  const Gatherer& find(const ShareKey& key) const override { return pass_.find(key); }
  void run_again(const ShareKey& key, const MakeGatherer& make) const override { pass_.run_again(key, make); }
  std::shared_ptr<const void> find_shared(const ShareKey& key, const MakeShared& make) const override {
    return pass_.find_shared(key, make);
  }

  Moment& moment_;
  Passes& passes_;
  SplitPass& pass_;
  std::uint64_t images_;
  mutable std::map<Split, std::unique_ptr<SectionEvaluation>> elsewhere_;
};

/// "metric 'loss' in [metric:loss] (study.ini:31)"
std::string title(const experiment::MetricConfig& m) {
  return plugins::title(plugins::PluginKind::metric, m.plugin.name) + " in [metric:" + m.name + "] (" +
         base::location(m.word.place) + ")";
}

/// Checks each value that a metric returns, and stores it under its section's name.
class Collector final : public Results {
 public:
  Collector(const experiment::MetricConfig& section, const Subject& subject, std::uint64_t step,
            const std::string& suffix)
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
      throw std::invalid_argument("returned " + std::to_string(x.n_elem) + " values for the " +
                                  std::to_string(outputs) + " nodes of layer " + std::to_string(l));
    check_no_infinity(x);
    add_sheet(std::to_string(l), true, x);
  }
  void matrix(const std::string& name, const arma::mat& x) override {
    check_no_infinity(x);
    check_name(name);
    add_sheet(name, false, x);
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
    if (!name.empty()) check_name(name);
    if (std::isinf(x) || (std::isnan(x) && section_.info.undefined.empty()))
      throw std::invalid_argument("returned " + std::string(std::isnan(x) ? "nan" : "infinity") + " for " +
                                  label(name) + (l ? ", layer " + std::to_string(l) : ""));
    if (!values_.contains(name)) names_.push_back(name);
    if (!values_[name].emplace(l, x).second)
      throw std::invalid_argument("returned " + label(name) + " twice" + (l ? " for layer " + std::to_string(l) : ""));
  }
  void check_layer(std::size_t l) const {
    if (l < 1 || l > subject_.network.depth())
      throw std::invalid_argument("returned a value for layer " + std::to_string(l) +
                                  " of a network with layers 1 to " + std::to_string(subject_.network.depth()));
  }
  void add_sheet(const std::string& name, bool is_vector, const arma::mat& x) {
    for (const Sheet& s : sheets)
      if (s.name == name) throw std::invalid_argument("returned " + base::quoted(name) + " twice");
    sheets.push_back({section_.name + suffix_, name, is_vector, x});
  }
  /// The name is part of a metric's name in metrics.csv, or names a dataset of nodes.h5.
  static void check_name(const std::string& name) {
    if (!base::is_name(name))
      throw std::invalid_argument("returned a value with the name " + base::quoted(name) + "; a name is " +
                                  base::name_rule);
    if (name == "train")
      throw std::invalid_argument(
          "returned a value with the name 'train', which on = both uses for the training samples");
  }
  static void check_no_infinity(const arma::mat& x) {
    if (x.has_inf()) throw std::invalid_argument("returned infinity");
  }

  const experiment::MetricConfig& section_;
  const Subject& subject_;
  std::uint64_t step_;
  const std::string& suffix_;
  std::vector<std::string> names_;
  std::map<std::string, std::map<std::size_t, double>> values_;
};

}  // namespace

Measured measure(const Subject& subject, std::uint64_t step, const std::vector<const LiveMetric*>& due,
                 const Splits& splits) {
  Moment moment{subject, step, splits};
  Passes passes(moment);
  struct Part {
    const LiveMetric* section;
    std::string suffix;
    std::unique_ptr<SectionEvaluation> evaluation;
  };
  std::vector<Part> parts;
  Measured all;
  const auto context = [&] {
    return (moment.current ? title(moment.current->config) : "a metric") + ", model " + subject.name + ", step " +
           std::to_string(step) + ": ";
  };
  try {
    for (const LiveMetric* m : due)
      for (const Split split : m->config.splits()) {
        moment.current = m;
        const std::string suffix = m->config.on == "both" && split == Split::train ? ".train" : "";
        parts.push_back({m, suffix, std::make_unique<SectionEvaluation>(moment, passes, split, m->config.images)});
        plugins::call(moment.call("Metric::prepare"), [&] { m->metric->prepare(*parts.back().evaluation); });
      }
    passes.run();
    for (const Part& part : parts) {
      moment.current = part.section;
      Collector collector(part.section->config, subject, step, part.suffix);
      plugins::call(moment.call("Metric::measure"),
                    [&] { part.section->metric->measure(*part.evaluation, collector); });
      std::ranges::move(collector.rows(), std::back_inserter(all.rows));
      std::ranges::move(collector.sheets, std::back_inserter(all.sheets));
      if (!part.section->config.info.compares.empty()) moment.of_model.insert(part.section->config.name);
    }
    all.of_model = std::move(moment.of_model);
  } catch (const learning::Diverged&) {
    throw;
  } catch (const learning::HookFailure&) {
    throw;
  } catch (...) {
    throw MetricFailure(context() + plugins::what_was_thrown());
  }
  return all;
}

}  // namespace pipeline::measuring
