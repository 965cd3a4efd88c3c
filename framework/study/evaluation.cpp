#include "study/evaluation.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "learning/elementwise.hpp"
#include "learning/speaking.hpp"
#include "study/block.hpp"

namespace pipeline::study {

const learning::Inputs& Splits::of(Split split) const {
  const learning::Inputs* inputs = split == Split::test ? test : split == Split::train ? train : validation;
  if (!inputs || inputs->size() == 0) throw std::logic_error("asks for a split that this run does not have");
  return *inputs;
}

namespace {

/// What the metrics of one moment share.
struct Moment {
  const Subject& subject;
  std::uint64_t step;
  const Splits& splits;
  const MetricSection* speaking = nullptr;  // whose code runs, for whoever has to be blamed

  /// The same, for the last words of a crash.
  learning::Speaker in(const char* hook) const {
    return {"metric", speaking->plugin.c_str(), hook, subject.name.c_str(), step};
  }
};

/// The first `count` samples of a split on their way through the network, and all who want to see them.
class SplitPass {
 public:
  SplitPass(Moment& moment, const learning::Inputs& of, std::size_t first_so_many)
      : inputs(of), count(first_so_many), moment_(moment) {}

  const learning::Inputs& inputs;
  const std::size_t count;

  void want(const std::string& key, const std::function<std::shared_ptr<Gatherer>()>& make) {
    auto& place = gatherers_[key];
    if (place.gatherer) return;
    place = {make(), moment_.speaking};
  }
  const Gatherer& find(const std::string& key) const {
    if (const auto it = gatherers_.find(key); it != gatherers_.end()) return *it->second.gatherer;
    throw std::logic_error("'" + key + "' was not asked for in prepare()");
  }
  void run() {
    penalised_ = static_cast<bool>(moment_.subject.batch_penalty);
    if (!gatherers_.empty() || penalised_) pass(gatherers_, penalised_);
  }
  void run_again(const std::string& key, const std::function<std::shared_ptr<Gatherer>()>& make) {
    if (gatherers_.contains(key)) return;
    const Gatherers one = {{key, {make(), moment_.speaking}}};
    pass(one, false);
    gatherers_.insert(*one.begin());
  }
  const std::any& find_shared(const std::string& key, const std::function<std::any()>& make) {
    if (const auto it = shared_.find(key); it != shared_.end()) return it->second;
    std::any made = make();  // before the key is there: it may ask for another one
    return shared_.emplace(key, std::move(made)).first->second;
  }
  double batch_penalty() const { return batch_penalty_; }

 private:
  struct Asked {
    std::shared_ptr<Gatherer> gatherer;
    const MetricSection* by = nullptr;  // who asked first
  };
  using Gatherers = std::map<std::string, Asked>;

  void pass(const Gatherers& gatherers, bool penalised) {
    PassBlock block(moment_.subject, moment_.subject.network, moment_.step);  // gone before figures take their room
    for (std::size_t from = 0; from < count; from += kBlock) {
      block.load(inputs, from, std::min(kBlock, count - from));
      if (!learning::all_finite(block.logits())) throw learning::Diverged(moment_.step);
      for (const auto& [key, asked] : gatherers) {
        moment_.speaking = asked.by;
        const learning::Speaks speaks(moment_.in("Gatherer::see"));
        asked.gatherer->see(block);
      }
      if (penalised)
        batch_penalty_ +=
            moment_.subject.batch_penalty(block.pass()) * static_cast<double>(block.size) / static_cast<double>(count);
    }
  }

  Moment& moment_;
  Gatherers gatherers_;
  std::map<std::string, std::any> shared_;
  double batch_penalty_ = 0;
  bool penalised_ = false;
};

/// The passes of one moment: sections that look at the same samples share one.
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

/// The moment as one section sees it, on one split.
class SectionEvaluation final : public Evaluation {
 public:
  SectionEvaluation(const Moment& moment, Passes& passes, Split split, std::uint64_t images)
      : moment_(moment), passes_(passes), pass_(passes.of(split, images)), images_(images) {}

  std::uint64_t step() const override { return moment_.step; }
  const Network& network() const override { return moment_.subject.network; }
  const Network& start() const override { return moment_.subject.start; }
  std::size_t samples() const override { return pass_.count; }
  bool nonnegative_inputs() const override { return pass_.inputs.nonnegative(); }
  double penalty() const override {
    return (moment_.subject.weight_penalty ? moment_.subject.weight_penalty() : 0) + pass_.batch_penalty();
  }
  Evaluation& on(Split split) override { return elsewhere(split); }
  const Evaluation& on(Split split) const override { return elsewhere(split); }

 private:
  SectionEvaluation& elsewhere(Split split) const {
    auto& place = elsewhere_[split];
    if (!place) place = std::make_unique<SectionEvaluation>(moment_, passes_, split, images_);
    return *place;
  }
  void want(const std::string& key, const Make& make) override { pass_.want(key, make); }
  const Gatherer& find(const std::string& key) const override { return pass_.find(key); }
  void run_again(const std::string& key, const Make& make) const override { pass_.run_again(key, make); }
  const std::any& find_shared(const std::string& key, const std::function<std::any()>& make) const override {
    return pass_.find_shared(key, make);
  }

  const Moment& moment_;
  Passes& passes_;
  SplitPass& pass_;
  std::uint64_t images_;
  mutable std::map<Split, std::unique_ptr<SectionEvaluation>> elsewhere_;
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
  void add_sheet(const std::string& name, bool is_vector, const arma::mat& x) {
    for (const Sheet& s : sheets)
      if (s.name == name) throw std::invalid_argument("gave '" + name + "' twice");
    sheets.push_back({section_.name + suffix_, name, is_vector, x});
  }
  /// It stands in metrics.csv, or names a data set of nodes.h5.
  static void check_name(const std::string& name) {
    const auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; };
    if (name.empty() || !std::ranges::all_of(name, allowed))
      throw std::invalid_argument("gave a value the name '" + name + "'; letters, digits, _ and - make a name");
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

Measured measure(const Subject& subject, std::uint64_t step, const std::vector<const MetricSection*>& due,
                 const Splits& splits) {
  Moment moment{subject, step, splits};
  Passes passes(moment);
  struct Part {
    const MetricSection* section;
    std::string suffix;
    std::unique_ptr<SectionEvaluation> evaluation;
  };
  std::vector<Part> parts;
  Measured all;
  try {
    for (const MetricSection* m : due)
      for (const Split split : m->splits()) {
        moment.speaking = m;
        const std::string suffix = m->on == "both" && split == Split::train ? ".train" : "";
        parts.push_back({m, suffix, std::make_unique<SectionEvaluation>(moment, passes, split, m->images)});
        const learning::Speaks speaks(moment.in("Metric::prepare"));
        m->object->prepare(*parts.back().evaluation);
      }
    passes.run();
    for (const Part& part : parts) {
      moment.speaking = part.section;
      Collector collector(*part.section, subject, step, part.suffix);
      const learning::Speaks speaks(moment.in("Metric::measure"));
      part.section->object->measure(*part.evaluation, collector);
      all.append({collector.rows(), std::move(collector.sheets)});
    }
  } catch (const learning::Diverged&) {
    throw;
  } catch (const learning::HookFailure&) {
    throw;
  } catch (const std::exception& e) {
    throw MetricFailure((moment.speaking ? blamed(*moment.speaking) : "a metric") + ", model " + subject.name +
                        ", step " + std::to_string(step) + ": " + e.what());
  } catch (...) {
    throw MetricFailure((moment.speaking ? blamed(*moment.speaking) : "a metric") +
                        " threw something that is no std::exception");
  }
  return all;
}

}  // namespace pipeline::study
