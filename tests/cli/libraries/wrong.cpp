// Plugins that load but each break one law; the comment above each states what is wrong.
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/random.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace {
using namespace pipeline;

/// The penalty of l2, correct unless overridden.
struct Pull : Regulariser, WeightPenalty {
  float strength = 0.01f;
  void declare(Parameters& p) override {
    p.number("strength", strength, at_least(0), "how hard it pulls").neutral("0");
  }
  double value(std::span<const float> w, const Tile&, const Step&) const override {
    double sum = 0;
    for (const float x : w) sum += double{x} * x;
    return strength / 2 * sum;
  }
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += strength * w[i];
  }
};

/// Its gradient is twice the derivative of its value.
struct TwiceTheGradient final : Pull {
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] += 2 * strength * w[i];
  }
};

/// Its gradient replaces that of the loss.
struct ReplacesTheGradient final : Pull {
  void add_gradient(std::span<const float> w, std::span<float> g, const Tile&, const Step&) const override {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] = strength * w[i];
  }
};

/// Divides the weights by their norm, which may be 0.
struct NanAtZero final : Regulariser, LayerPenalty {
  double value(const Layer& w, const LayerPass&, const Step&) const override {
    return arma::norm(arma::vectorise(w.W));
  }
  void add_gradient(const Layer& w, const LayerPass&, Layer& g, const Step&) const override {
    g.W += w.W / static_cast<float>(arma::norm(arma::vectorise(w.W)));
  }
};

/// Declares 1 as its neutral value, but halves the gradient there.
struct NotNeutral final : Regulariser, GradientChange {
  float factor = 0.25f;
  void declare(Parameters& p) override { p.number("factor", factor, above(0), "of the gradient").neutral("1"); }
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x *= factor / 2;
  }
};

/// Rescales in forward and forgets it in backward.
struct ForgetsADivision final : Regulariser, ActivationChange {
  void mask(Activations h, const Step& step, float by) const {
    const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
    draws.bernoulli(0.5, h.values.n_elem, [&](std::size_t i, bool kept) { h.values[i] *= kept ? by : 0.f; });
  }
  void forward(Activations h, const Step& step) const override { mask(h, step, 2); }
  void backward(Activations g, const Step& step) const override { mask(g, step, 1); }
};

/// Draws from the C library, so that draws cannot be repeated.
struct OwnDice final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x += 1e-3f * static_cast<float>(std::rand()) / static_cast<float>(RAND_MAX);
  }
};

/// Counts its draws in a member instead of using the elements' indices.
struct OwnCounter final : Regulariser, GradientChange {
  mutable std::uint64_t calls = 0;
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step& step) const override {
    for (float& x : g) x += 1e-3f * static_cast<float>(step.random.normal(calls++));
  }
};

/// Stores the step of its first update in a member, which a copy does not have. The same call gives the same result.
struct KeepsAMember final : Regulariser, NetworkGradientChange {
  mutable std::uint64_t first = 0;
  mutable bool begun = false;
  void change(const Network&, Network& gradient, const Step& step) const override {
    if (!begun) first = step.number, begun = true;
    for (Layer& l : gradient.layers) l.W *= 1 / (1 + static_cast<float>(step.number - std::min(first, step.number)));
  }
};

/// Treats the first tile that it sees differently from the others.
struct FirstTileFirst final : Regulariser, AfterUpdate {
  Counts seen;
  void declare_state(State& state) override { state.counts("seen", seen, 1); }
  void after_update(std::span<float> w, const Tile&, const Step&) const override {
    if (seen[0]++ == 0)
      for (float& x : w) x *= 0.5f;
  }
};

/// Throws in every call, so that many laws fail for one reason.
struct ThrowsAlways final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    throw std::runtime_error("the moon is full");
  }
};
struct ThrowsANumber final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override { throw 42; }
};
struct Crashes final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override { ::raise(SIGSEGV); }
};
struct Hangs final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  }
};
struct EndsTheProgram final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override { std::_Exit(7); }
};
struct EndsPolitely final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override { std::exit(7); }
};
struct Chatters final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    std::cout << "here I am\n";
  }
};
struct NoHook final : Regulariser {};

/// A parameter without a meaning, and with a default outside its range.
struct BadParameter final : Regulariser, GradientChange {
  float strength = -1;
  void declare(Parameters& p) override { p.number("strength", strength, at_least(0), ""); }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// Has a parameter that must be given, as `plugins test` allows.
struct NeedsAValue final : Regulariser, GradientChange {
  float factor = 1;
  void declare(Parameters& p) override {
    p.number("factor", factor, above(0).up_to(1), "of the gradient").must_be_given();
  }
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x *= factor;
  }
};

struct Last final : Gatherer {
  double loss = 0, mean = 0;
  std::size_t blocks = 0;
  void see(const Block& block) override {
    loss = block.losses().back();
    for (const double x : block.losses()) mean += x / static_cast<double>(block.size);
    ++blocks;
  }
};

/// The loss of the last sample.
struct LastSample final : Metric {
  MetricInfo describe() const override { return {.unit = "nats", .better = Direction::lower}; }
  void prepare(Evaluation& e) const override { e.gather<Last>(); }
  void measure(const Evaluation& e, Results& out) const override { out.value(e.gathered<Last>().loss); }
};

/// The same, and declares that the order matters.
struct LastSampleDeclared final : Metric {
  MetricInfo describe() const override { return {.unit = "nats", .better = Direction::lower, .order_matters = true}; }
  void prepare(Evaluation& e) const override { e.gather<Last>(); }
  void measure(const Evaluation& e, Results& out) const override { out.value(e.gathered<Last>().loss); }
};

/// The mean over blocks, of which the last is shorter, instead of the mean over samples.
struct MeanOfBlocks final : Metric {
  MetricInfo describe() const override { return {.unit = "nats", .better = Direction::lower}; }
  void prepare(Evaluation& e) const override { e.gather<Last>(); }
  void measure(const Evaluation& e, Results& out) const override {
    const auto& seen = e.gathered<Last>();
    out.value(seen.mean / static_cast<double>(seen.blocks));
  }
};

/// NaN where all weights are 0, which it does not state.
struct SilentEdge final : Metric {
  MetricInfo describe() const override { return {.unit = "ratio", .looks = Looks::at_weights}; }
  void measure(const Evaluation& e, Results& out) const override {
    const arma::fmat& W = e.network().layer(1).W;
    out.value(arma::accu(arma::abs(W)) / arma::norm(W, "fro"));
  }
};

/// Counts how often it has measured.
struct Remembers final : Metric {
  mutable int times = 0;
  MetricInfo describe() const override { return {.unit = "count", .looks = Looks::at_weights}; }
  void measure(const Evaluation&, Results& out) const override { out.value(++times); }
};

/// Needs the name of the model to compare with.
struct Compares final : Metric {
  std::string model;
  void declare(Parameters& p) override { p.text("model", model, "the model to compare with").must_be_given(); }
  MetricInfo describe() const override {
    return {.unit = "nats", .undefined = "NaN once the other has ended", .compares = {model}};
  }
  struct Other final : Gatherer {
    std::string name;
    double sum = 0;
    explicit Other(std::string n) : name(std::move(n)) {}
    void see(const Block& block) override {
      const Block* other = block.other(name);
      for (std::size_t n = 0; n < block.size; ++n) sum += other ? block.losses()[n] - other->losses()[n] : std::nan("");
    }
  };
  void prepare(Evaluation& e) const override { e.gather<Other>(model); }
  void measure(const Evaluation& e, Results& out) const override {
    out.value(e.gathered<Other>(model).sum / static_cast<double>(e.samples()));
  }
};

/// Two classes in 8 + 8 samples of 4 features.
Data small_data(std::uint16_t label) {
  Data data;
  data.classes = 2;
  for (Samples* s : {&data.train, &data.test}) {
    s->floats.ones(4, 8);
    s->labels.assign(8, label);
  }
  return data;
}
struct WrongShape final : Dataset {
  std::optional<DataShape> shape() const override { return DataShape{4, 2, 9, 8, {}}; }
  Data load(const DataAccess&) const override { return small_data(1); }
};
struct LabelTooLarge final : Dataset {
  Data load(const DataAccess&) const override { return small_data(2); }
};
/// Depends on how often it was loaded, which is easier to show than a race between threads.
struct AnotherEveryTime final : Dataset {
  Data load(const DataAccess&) const override {
    static float loads = 0;
    Data data = small_data(1);
    data.train.floats *= ++loads;
    return data;
  }
};

/// Keeps half of the training samples; correct unless `wrong` is set.
struct Half final : Wrapper {
  std::string wrong = "nothing";
  void declare(Parameters& p) override {
    p.choice("wrong", wrong, {"nothing", "shape", "label", "dice", "peeks"}, "what is wrong with it");
  }
  DataShape changed_shape(DataShape inner) const override {
    if (wrong != "shape") inner.train /= 2;
    return inner;
  }
  Data change(Data inner) const override {
    const std::size_t half = inner.train.size() / 2;
    Samples& s = inner.train;
    if (s.bytes.n_cols) s.bytes = arma::Mat<std::uint8_t>(s.bytes.head_cols(half));
    if (s.floats.n_cols) s.floats = arma::fmat(s.floats.head_cols(half));
    s.labels.resize(half);
    if (wrong == "label") s.labels[0] = static_cast<std::uint16_t>(inner.classes);
    if (wrong == "peeks" && inner.validation.floats.n_elem) s.floats -= inner.validation.floats(0, 0);
    if (wrong == "peeks" && inner.validation.bytes.n_elem) s.offset -= inner.validation.bytes(0, 0);
    if (wrong == "dice") s.labels[0] = static_cast<std::uint16_t>(s.labels[0] ? 0 : 1 + times++ % 2);
    return inner;
  }
  mutable std::size_t times = 0;
};

/// Appends a row to the measurements of the run.
struct Meddles final : Report {
  ReportOutput write(const RunResults& results, const Occasion&) const override {
    std::ofstream(results.folder / "metrics.csv", std::ios::app) << "1,plain,luck,,1\n";
    return {};
  }
};
struct WritesAnywhere final : Report {
  ReportOutput write(const RunResults&, const Occasion&) const override {
    std::ofstream("luck.txt") << "luck\n";
    return {};
  }
};
struct ThrowsText final : Report {
  ReportOutput write(const RunResults& results, const Occasion&) const override {
    if (results.rows.empty()) throw "no rows";
    return {};
  }
};
/// Leaves a temporary file behind.
struct CrashesReporting final : Report {
  ReportOutput write(const RunResults&, const Occasion&) const override {
    std::ofstream(std::filesystem::temp_directory_path() / "luck.txt") << "luck\n";
    ::raise(SIGSEGV);
    return {};
  }
};

}  // namespace

PIPELINE_REGULARISER(TwiceTheGradient, twice_the_gradient, "a gradient that is twice the derivative")
PIPELINE_REGULARISER(ReplacesTheGradient, replaces_the_gradient, "a penalty in place of the loss")
PIPELINE_REGULARISER(NanAtZero, nan_at_zero, "divides zero by zero")
PIPELINE_REGULARISER(NotNeutral, not_neutral, "declares a neutral value that is not neutral")
PIPELINE_REGULARISER(ForgetsADivision, forgets_a_division, "a backward call that is not the adjoint")
PIPELINE_REGULARISER(OwnDice, own_dice, "draws from the C library")
PIPELINE_REGULARISER(OwnCounter, own_counter, "counts its draws in a member")
PIPELINE_REGULARISER(KeepsAMember, keeps_a_member, "stores its state in a member")
PIPELINE_REGULARISER(FirstTileFirst, first_tile_first, "depends on the order of tiles")
PIPELINE_REGULARISER(ThrowsAlways, throws_always, "throws in every call")
PIPELINE_REGULARISER(ThrowsANumber, throws_a_number, "throws something that is not an exception")
PIPELINE_REGULARISER(Crashes, crashes_in_a_hook, "crashes in a hook")
PIPELINE_REGULARISER(Hangs, hangs_in_a_hook, "hangs in a hook")
PIPELINE_REGULARISER(EndsTheProgram, ends_the_program, "ends the program in a hook")
PIPELINE_REGULARISER(EndsPolitely, ends_politely, "calls exit in a hook")
PIPELINE_REGULARISER(Chatters, chatters, "prints from its hook")
PIPELINE_REGULARISER(NoHook, no_hook, "derives from no interface")
PIPELINE_REGULARISER(Pull, no_summary, "")
PIPELINE_REGULARISER(BadParameter, bad_parameter, "declares a parameter carelessly")
PIPELINE_REGULARISER(NeedsAValue, needs_a_value, "has a parameter without a default")
PIPELINE_METRIC(LastSample, last_sample, "depends on the order of samples")
PIPELINE_METRIC(LastSampleDeclared, last_sample_declared, "depends on the order of samples and declares it")
PIPELINE_METRIC(MeanOfBlocks, mean_of_blocks, "averages blocks instead of samples")
PIPELINE_METRIC(SilentEdge, silent_edge, "is NaN in a case that it does not state")
PIPELINE_METRIC(Remembers, remembers, "remembers how often it has measured")
PIPELINE_METRIC(Compares, compares, "compares with a model that must be named")
PIPELINE_DATASET(WrongShape, wrong_shape, "returns fewer samples than it declares")
PIPELINE_DATASET(LabelTooLarge, label_too_large, "returns a label beyond its classes")
PIPELINE_DATASET(AnotherEveryTime, another_every_time, "returns other numbers every time")
PIPELINE_DATASET(Half, half, "keeps half of the training samples")
PIPELINE_REPORT(Meddles, meddles, "writes to a file that is not its own")
PIPELINE_REPORT(WritesAnywhere, writes_anywhere, "writes into the working directory")
PIPELINE_REPORT(ThrowsText, throws_text, "throws something that is not an exception")
PIPELINE_REPORT(CrashesReporting, crashes_reporting, "crashes while it writes")
