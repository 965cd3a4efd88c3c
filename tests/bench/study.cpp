// Steps, evaluations and the start of the program, on the models and data of a shipped pipeline after some training.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>

#include "learning/batches.hpp"
#include "plugins/catalogue.hpp"
#include "study/evaluation.hpp"
#include "study/study.hpp"

using namespace pipeline;

namespace {

constexpr std::uint64_t kTrained = 400;  // by then most hidden units have settled how often they speak

/// mnist_snr.ini; on drawn digits where MNIST's files are not at hand.
struct World {
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  study::Description d;
  study::LoadedData loaded;
  std::unique_ptr<learning::Inputs> train, test;
  Network start;

  World() {
    std::vector<std::string> words;
    if (!std::getenv("PIPELINE_DATA_PATH")) words = {"dataset.plugin=digits"};
    d = study::describe(SOURCE_DIR "/pipelines/mnist_snr.ini", words, catalogue);
    loaded = study::load_data(d, 1, {});
    train = std::make_unique<learning::Inputs>(loaded.data.train);
    test = std::make_unique<learning::Inputs>(loaded.data.test);
    start = learning::starting_network(d.network, d.start, d.seed);
  }
  static World& get() {
    static World world;
    return world;
  }

  /// A model of its own, trained for kTrained steps by own kernels.
  std::unique_ptr<learning::Model> trained(const std::string& name, learning::Kernels kernels) {
    const study::ModelSection& m = *std::ranges::find(d.models, name, &study::ModelSection::name);
    const auto made = [&](const Network& from, learning::Kernels by) {
      learning::Entries entries;
      for (const study::EntrySection& e : m.regularisers)
        entries.emplace_back(e.name, e.remake(), e.scope, d.seed, m.name, e.remake, e.plugin);
      return std::make_unique<learning::Model>(m.name, from, std::move(entries), m.learning_rate, loaded.data.image,
                                               loaded.data.classes, learning::Products(by));
    };
    auto& network = networks_[name];
    if (network.layers.empty()) {
      const auto model = made(start, learning::Kernels::own);
      learning::Batches batches(d.seed, train->size(), d.batch_size);
      for (std::uint64_t t = 0; t < kTrained; ++t) model->step(t, *train, batches.at(t));
      network = model->network();
    }
    return made(network, kernels);
  }

 private:
  std::map<std::string, Network> networks_;
};

learning::Kernels kernels(const benchmark::State& s) {
  return s.range(0) ? learning::Kernels::own : learning::Kernels::blas;
}

void step(benchmark::State& s, const std::string& name) {
  World& world = World::get();
  const auto model = world.trained(name, kernels(s));
  learning::Batches batches(world.d.seed, world.train->size(), world.d.batch_size);
  std::uint64_t t = kTrained;
  for (auto _ : s) model->step(t, *world.train, batches.at(t)), ++t;
}

/// The metrics whose names are in `of`, over the whole test set.
void measurement(benchmark::State& s, const std::string& name, const std::vector<std::string>& of) {
  World& world = World::get();
  const auto model = world.trained(name, kernels(s));
  std::vector<const study::MetricSection*> due;
  for (const study::MetricSection& m : world.d.metrics)
    if (std::ranges::find(of, m.plugin) != of.end()) due.push_back(&m);
  study::Subject subject{name, model->network(), world.start, model->entries()};
  subject.products = model->products();
  subject.panels = model->panels();
  for (auto _ : s) study::measure(subject, kTrained, due, {world.train.get(), world.test.get(), nullptr});
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
  learning::products_use_one_thread();  // as in the program; also sgemm is timed on one core
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
