#include "running/estimate.hpp"

#include <algorithm>
#include <chrono>

#include "running/load_data.hpp"

namespace pipeline::running {

using measuring::LiveMetric;

namespace {

/// The fastest of several runs: other work on the machine may slow some of them.
template <class F>
double fastest(int times, F&& f) {
  double best = infinity;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

}  // namespace

double estimate_seconds(const experiment::Pipeline& p, const Data& data, const Scheduler& scheduler,
                        std::size_t threads) {
  const learning::Model& control = *scheduler.tasks().front().model;
  learning::Model trial("trial", control.network(), {}, 0, {}, p.network.sizes.back(), control.products(), std::nullopt,
                        p.network);
  learning::Batches batches(p.seed, scheduler.train().size(), p.batch_size);
  const std::vector<std::uint32_t> batch = batches.at(0);
  double each_model = fastest(9, [&] { trial.step(0, scheduler.train(), batch); }) * static_cast<double>(p.steps);

  const learning::Entries none;
  measuring::Subject subject{"control", control.network(), control.network(), none};
  subject.products = control.products();
  subject.shape = p.network;
  std::map<std::uint64_t, std::vector<const LiveMetric*>> by_pace;
  for (const LiveMetric& m : scheduler.metrics())
    if (m.config.info.compares.empty()) by_pace[m.config.every].push_back(&m);
  // One block of test samples in place of every split, then two: the difference is the time of each further block.
  const auto blocks_of = [&](std::size_t count) { return part_of(data.test, 0, std::min(count, data.test.size())); };
  const Samples one_block = blocks_of(measuring::kBlock), two_blocks = blocks_of(2 * measuring::kBlock);
  const learning::Inputs one(one_block), two(two_blocks);
  const double further = static_cast<double>(data.test.size() - one.size()) / static_cast<double>(one.size());
  for (const auto& [every, due] : by_pace) {
    const auto seconds = [&](const learning::Inputs& of) {
      return fastest(2, [&] { measuring::measure(subject, 0, due, {&of, &of, &of}); });
    };
    const double of_one = seconds(one), of_two = seconds(two);
    const std::uint64_t measurements = p.steps / every + 2;
    each_model += (of_one + further * std::max(of_two - of_one, 0.0)) * static_cast<double>(measurements);
  }
  // A thread without a model adds .4 of one with a model, less with hooks; measured with two.
  const std::size_t models = p.models.size(), alone = std::min(threads, models);
  const std::size_t helping = products_can_be_shared(p) ? std::min(threads - alone, models) : 0;
  return each_model * static_cast<double>(models) / (static_cast<double>(alone) + .4 * static_cast<double>(helping));
}

}  // namespace pipeline::running
