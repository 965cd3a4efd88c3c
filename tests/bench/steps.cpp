// steps PIPELINE [MODEL]: the time of a step of each model, or of one, relative to the first model, as lines
// `model milliseconds ratio`.
// Steps of the two models are timed alternately, so that a varying clock rate favours neither; medians are compared.
// Times are those of the processor, so that other programs disturb them less.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "plugins/catalogue.hpp"
#include "running/load_data.hpp"
#include "running/models.hpp"

using namespace pipeline;

namespace {

constexpr std::uint64_t kTrained = 200;  // by then the activation rate of most hidden units has settled
constexpr int kTimed = 100;

/// A model in training whose steps are timed.
struct Trained {
  const experiment::Pipeline& d;
  const learning::Inputs& train;
  std::unique_ptr<learning::Model> model;
  learning::Batches batches{d.seed, train.size(), d.batch_size};
  std::uint64_t t = 0;

  double step() {
    const std::clock_t start = std::clock();
    model->step(t, train, batches.at(t));
    ++t;
    return 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
};

double median(std::vector<double>& x) {
  std::ranges::nth_element(x, x.begin() + x.size() / 2);
  return x[x.size() / 2];
}

void time_steps(const char* pipeline, const std::string& only) {
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const experiment::Pipeline d = experiment::read_pipeline(pipeline, {}, catalogue);
  const running::LoadedData loaded = running::load_data(d, 1, {});
  const learning::Inputs train(loaded.data.train);
  const Network start = learning::starting_network(d.network, d.start, d.seed);
  const auto trained = [&](const experiment::ModelConfig& m) {
    Trained out{d, train, running::make_model(d, m, start, loaded.data, kernels::Products(d.kernels))};
    while (out.t < kTrained) out.step();
    return out;
  };
  const Trained first_trained = trained(d.models.front());
  for (const experiment::ModelConfig& m : d.models) {
    if (!only.empty() && m.name != only) continue;
    Trained first{d, train, first_trained.model->copy()}, other = trained(m);
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
  if (argc != 2 && argc != 3) {
    std::fputs("usage: steps PIPELINE [MODEL]\n", stderr);
    return 2;
  }
  kernels::products_use_one_thread();
  try {
    time_steps(argv[1], argc == 3 ? argv[2] : "");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
}
