// Plugins that break each of the rules for a running plugin.
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {
using namespace pipeline;

struct HookThrows final : Regulariser, GradientChange {
  std::uint64_t at = 5;
  void declare(Parameters& p) override { p.whole("at", at, at_least(0), "the step at which it throws"); }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step& step) const override {
    if (step.number == at) throw std::runtime_error("the moon is full");
  }
};

struct HookThrowsNumber final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override { throw 42; }
};

struct HookGivesNan final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step& step) const override {
    if (step.number == 5) g[0] = std::numeric_limits<float>::quiet_NaN();
  }
};

struct MakeThrows final : Regulariser {
  MakeThrows() { throw std::runtime_error("no licence found"); }
};

struct DeclareThrows final : Regulariser, GradientChange {
  void declare(Parameters&) override { throw std::runtime_error("declared too much"); }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

struct DependsOnNothing final : Regulariser, GradientChange {
  double share = 1;
  void declare(Parameters& p) override { p.number("share", share, above(0), "how much").used_if("form", {"soft"}); }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// Its message happens to begin with a parameter's name, but only a Misfit blames the user's value.
struct CheckThrows final : Regulariser, GradientChange {
  double share = 1;
  void declare(Parameters& p) override { p.number("share", share, above(0), "how much"); }
  void check(const NetworkShape&, const ImageShape&) const override { throw std::invalid_argument("share of nothing"); }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

struct SectionThrows final : Regulariser, Watcher {
  std::string section() const override { throw std::runtime_error("nothing to watch"); }
  Decision see(const Watched&) const override { return Decision::go_on; }
};

struct DescribeThrows final : Metric {
  MetricInfo describe() const override { throw std::runtime_error("no words for it"); }
  void measure(const Evaluation&, Results&) const override {}
};

struct MeasureThrows final : Metric {
  MetricInfo describe() const override { return {}; }
  void measure(const Evaluation& e, Results& out) const override {
    if (e.step() == 10) throw std::runtime_error("the scale is broken");
    out.value(1);
  }
};

struct MeasureGivesInf final : Metric {
  MetricInfo describe() const override { return {}; }
  void measure(const Evaluation&, Results& out) const override { out.value(infinity); }
};

struct LayerOutOfRange final : Metric {
  MetricInfo describe() const override { return {}; }
  void measure(const Evaluation&, Results& out) const override { out.layer(99, 1); }
};

struct ReportThrows final : Report {
  ReportOutput write(const RunResults&, const Occasion&) const override { throw std::runtime_error("out of ink"); }
};

struct LoadThrows final : Dataset {
  Data load(const DataAccess&) const override { throw std::runtime_error("the shelf is empty"); }
};

/// Returns another number of samples than it declares.
struct BreaksPromise final : Dataset {
  std::optional<DataShape> shape() const override { return DataShape{4, 2, 8, 8, {}}; }
  Data load(const DataAccess&) const override {
    Data data;
    data.classes = 2;
    for (Samples* s : {&data.train, &data.test}) {
      s->floats.ones(4, 6);
      s->labels.assign(6, 0);
    }
    return data;
  }
};

struct LabelOutOfRange final : Dataset {
  Data load(const DataAccess&) const override {
    Data data;
    data.classes = 2;
    for (Samples* s : {&data.train, &data.test}) {
      s->floats.ones(4, 6);
      s->labels.assign(6, 7);
    }
    return data;
  }
};

/// Declares images of 3 x 3 pixels for 4 features.
struct WrongImage final : Dataset {
  std::optional<DataShape> shape() const override { return DataShape{4, 2, 6, 6, {3, 3, 1}}; }
  Data load(const DataAccess&) const override { throw std::runtime_error("is not reached"); }
};

/// The same, once loaded.
struct LoadsWrongImage final : Dataset {
  Data load(const DataAccess&) const override {
    Data data;
    data.classes = 1;
    data.image = {3, 3, 1};
    for (Samples* s : {&data.train, &data.test}) {
      s->floats.ones(4, 6);
      s->labels.assign(6, 0);
    }
    return data;
  }
};

}  // namespace

PIPELINE_REGULARISER(HookThrows, hook_throws, "throws at a step")
PIPELINE_REGULARISER(HookThrowsNumber, hook_throws_number, "throws something that is not an exception")
PIPELINE_REGULARISER(HookGivesNan, hook_gives_nan, "makes a gradient NaN")
PIPELINE_REGULARISER(MakeThrows, make_throws, "cannot be created")
PIPELINE_REGULARISER(DeclareThrows, declare_throws, "cannot declare its parameters")
PIPELINE_REGULARISER(DependsOnNothing, depends_on_nothing, "has a parameter that depends on one that does not exist")
PIPELINE_REGULARISER(CheckThrows, check_throws, "fails in check(), but not because of a value")
PIPELINE_REGULARISER(SectionThrows, section_throws, "throws instead of naming its section")
PIPELINE_METRIC(DescribeThrows, describe_throws, "throws instead of describing itself")
PIPELINE_METRIC(MeasureThrows, measure_throws, "throws at step 10")
PIPELINE_METRIC(MeasureGivesInf, measure_gives_inf, "measures infinity")
PIPELINE_METRIC(LayerOutOfRange, layer_out_of_range, "measures a layer that does not exist")
PIPELINE_REPORT(ReportThrows, report_throws, "throws")
PIPELINE_DATASET(LoadThrows, load_throws, "cannot load")
PIPELINE_DATASET(BreaksPromise, breaks_promise, "returns fewer samples than it declares")
PIPELINE_DATASET(LabelOutOfRange, label_out_of_range, "returns a label beyond its classes")
PIPELINE_DATASET(WrongImage, wrong_image, "declares an image shape that is not its features")
PIPELINE_DATASET(LoadsWrongImage, loads_wrong_image, "loads images whose shape is not their features")
