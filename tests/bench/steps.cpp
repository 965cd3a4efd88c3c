// steps PIPELINE: what a step of each model costs beside one of the first model, as lines `model milliseconds ratio`.
// Steps of the two are timed in turn, so that a machine whose clock wanders favours neither, and medians are compared.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "plugins/catalogue.hpp"
#include "study/study.hpp"

using namespace pipeline;

namespace {

constexpr std::uint64_t kTrained = 200;  // by then most hidden units have settled how often they speak
constexpr int kTimed = 100;

/// A model on its way, one timed step after the other.
struct Trained {
  const study::Description& d;
  const learning::Inputs& train;
  std::unique_ptr<learning::Model> model;
  learning::Batches batches{d.seed, train.size(), d.batch_size};
  std::uint64_t t = 0;

  double step() {
    const auto start = std::chrono::steady_clock::now();
    model->step(t, train, batches.at(t));
    ++t;
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
};

double median(std::vector<double>& x) {
  std::ranges::nth_element(x, x.begin() + x.size() / 2);
  return x[x.size() / 2];
}

void time_steps(const char* pipeline) {
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const study::Description d = study::describe(pipeline, {}, catalogue);
  const study::LoadedData loaded = study::load_data(d, 1, {});
  const learning::Inputs train(loaded.data.train);
  const Network start = learning::starting_network(d.network, d.start, d.seed);
  const auto trained = [&](const study::ModelSection& m) {
    learning::Entries entries;
    for (const study::EntrySection& e : m.regularisers)
      entries.emplace_back(e.name, e.remake(), e.scope, d.seed, m.name, e.remake, e.plugin);
    Trained out{d, train,
                std::make_unique<learning::Model>(m.name, start, std::move(entries), m.learning_rate, loaded.data.image,
                                                  loaded.data.classes, learning::Products(d.kernels))};
    while (out.t < kTrained) out.step();
    return out;
  };
  const Trained beginner = trained(d.models.front());
  for (const study::ModelSection& m : d.models) {
    Trained first{d, train, beginner.model->copy()}, other = trained(m);
    first.t = kTrained;
    std::vector<double> of_first, of_other;
    for (int i = 0; i < kTimed; ++i) of_first.push_back(first.step()), of_other.push_back(other.step());
    const double ms = median(of_other);
    std::printf("%s %.2f %.2f\n", m.name.c_str(), ms, ms / median(of_first));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: steps PIPELINE\n", stderr);
    return 2;
  }
  learning::products_use_one_thread();
  try {
    time_steps(argv[1]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
