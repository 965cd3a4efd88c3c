// Times steps, evaluations and start-up of the program, on models and data of a shipped pipeline after some training.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>

#include "learning/batches.hpp"
#include "measuring/evaluation.hpp"
#include "plugins/catalogue.hpp"
#include "running/load_data.hpp"
#include "running/models.hpp"

using namespace pipeline;

namespace {

constexpr std::uint64_t kTrained = 400;  // by then the activation rate of most hidden units has settled

/// mnist_snr.ini, on the dataset `digits` if PIPELINE_DATA_PATH does not lead to MNIST.
struct World {
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  experiment::Pipeline d;
  running::LoadedData loaded;
  std::unique_ptr<learning::Inputs> train, test;
  Network start;

  World() {
    std::vector<std::string> words;
    if (!std::getenv("PIPELINE_DATA_PATH")) words = {"dataset.plugin=digits"};
    d = experiment::read_pipeline(SOURCE_DIR "/pipelines/mnist_snr.ini", words, catalogue);
    loaded = running::load_data(d, 1, {});
    train = std::make_unique<learning::Inputs>(loaded.data.train);
    test = std::make_unique<learning::Inputs>(loaded.data.test);
    start = learning::starting_network(d.network, d.start, d.seed);
  }
  static World& get() {
    static World world;
    return world;
  }

  /// A new model, trained for kTrained steps by own kernels.
  std::unique_ptr<learning::Model> trained(const std::string& name, kernels::Backend kernels) {
    const experiment::ModelConfig& m = *std::ranges::find(d.models, name, &experiment::ModelConfig::name);
    const auto made = [&](const Network& from, kernels::Backend by) {
      return running::make_model(d, m, from, loaded.data, kernels::Products(by));
    };
    auto& network = networks_[name];
    if (network.layers.empty()) {
      const auto model = made(start, kernels::Backend::own);
      learning::Batches batches(d.seed, train->size(), d.batch_size);
      for (std::uint64_t t = 0; t < kTrained; ++t) model->step(t, *train, batches.at(t));
      network = model->network();
    }
    return made(network, kernels);
  }

 private:
  std::map<std::string, Network> networks_;
};

kernels::Backend kernels(const benchmark::State& s) {
  return s.range(0) ? kernels::Backend::own : kernels::Backend::blas;
}

void step(benchmark::State& s, const std::string& name) {
  World& world = World::get();
  const auto model = world.trained(name, kernels(s));
  learning::Batches batches(world.d.seed, world.train->size(), world.d.batch_size);
  std::uint64_t t = kTrained;
  for (auto _ : s) model->step(t, *world.train, batches.at(t)), ++t;
}

/// The metrics whose plugins are in `of`, on the whole test set.
void measurement(benchmark::State& s, const std::string& name, const std::vector<std::string>& of) {
  World& world = World::get();
  const auto model = world.trained(name, kernels(s));
  const std::vector<measuring::LiveMetric> metrics = running::make_metrics(world.d);
  std::vector<const measuring::LiveMetric*> due;
  for (const measuring::LiveMetric& m : metrics)
    if (std::ranges::find(of, m.config.plugin.name) != of.end()) due.push_back(&m);
  measuring::Subject subject{name, model->network(), world.start, model->entries()};
  subject.products = model->products();
  subject.panels = model->panels();
  for (auto _ : s) measuring::measure(subject, kTrained, due, {world.train.get(), world.test.get(), nullptr});
}

void check(benchmark::State& s) {
  const std::string command = BUILD_DIR "/bin/pipeline check " SOURCE_DIR "/pipelines/quickstart.ini > /dev/null";
  for (auto _ : s)
    if (std::system(command.c_str()) != 0) s.SkipWithError("pipeline check fails");
}

const std::vector<std::string> answers = {"accuracy"},
                               figures = {"snr_optimality", "signal_factor", "sign_disagreement"};
#define BOTH_KERNELS ->ArgName("own")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)
BENCHMARK_CAPTURE(step, noreg, "noreg") BOTH_KERNELS;
BENCHMARK_CAPTURE(step, l2, "l2") BOTH_KERNELS;
BENCHMARK_CAPTURE(step, dropout, "dropout") BOTH_KERNELS;
BENCHMARK_CAPTURE(measurement, accuracy_noreg, "noreg", answers) BOTH_KERNELS;
BENCHMARK_CAPTURE(measurement, accuracy_dropout, "dropout", answers) BOTH_KERNELS;
BENCHMARK_CAPTURE(measurement, figures_noreg, "noreg", figures) BOTH_KERNELS;
BENCHMARK(check)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  kernels::products_use_one_thread();  // as in the program; sgemm is timed on one core too
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
