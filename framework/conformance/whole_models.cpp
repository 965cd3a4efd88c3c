#include "conformance/whole_models.hpp"

#include "running/scheduler.hpp"

namespace pipeline::conformance {

void expect_same_steps_same_bits(const MakeModel& make, const TrainingFixture& training, const std::string& plugin,
                                 Findings& findings) {
  const auto alone = make();
  training.train(*alone, 0, 12);
  // Two more, trained alternately: what one stores in a global variable must not reach the other.
  const auto one = make(), two = make();
  for (std::uint64_t t = 0; t < 12; ++t) training.train(*one, t, t + 1), training.train(*two, t, t + 1);
  for (const auto* model : {one.get(), two.get()}) {
    findings.expect(same_bits(alone->network(), model->network()),
                    "two models " + plugin + " have different weights after the same 12 steps");
    findings.expect(same_bits(alone->states(), model->states()),
                    "two models " + plugin + " have different arrays after the same 12 steps");
  }
}

void expect_copies_continue_identically(const MakeModel& make, const TrainingFixture& training, Findings& findings) {
  const auto model = make();
  training.train(*model, 0, 7);
  const auto copy = model->copy();
  findings.expect(same_bits(model->measured_network(), copy->measured_network()), "a copy measures other weights");
  training.train(*copy, 7, 15);
  training.train(*model, 7, 15);
  const std::string remedy = ": declare what outlasts a step in declare_state(), do not store it in members";
  findings.expect(same_bits(model->network(), copy->network()),
                  "a copy trains to other weights than the model" + remedy);
  findings.expect(same_bits(model->states(), copy->states()), "a copy trains to other arrays than the model" + remedy);
  findings.expect(same_bits(model->measured_network(), copy->measured_network()),
                  "a copy that is trained on measures other weights than the model" + remedy);
}

namespace {

/// The weights of every model, and those that it is measured with, trained on this number of threads.
std::vector<Network> trained(experiment::Pipeline p, const TrainingFixture& training, std::size_t threads) {
  p.network = training.shape;
  p.steps = 30;
  p.batch_size = training.batch_size;
  Data data;
  data.train = training.samples;
  data.test = made_samples(36, 5, 20, 1);
  data.validation = made_samples(36, 5, 20, 2);
  data.classes = 5;
  data.image = training.image;
  running::Scheduler scheduler(p, data, threads, nullptr);
  scheduler.start();
  while (!scheduler.wait(1).over) continue;
  scheduler.rethrow();
  std::vector<Network> out;
  for (const running::ModelTask& task : scheduler.tasks()) {
    if (!task.failure.empty() && !task.plugin_failed) throw learning::Diverged(task.next, "a number");
    if (!task.failure.empty()) throw std::runtime_error(task.failure);
    out.push_back(task.model->measured_network());
    out.push_back(task.model->network());
  }
  return out;
}

}  // namespace

void expect_same_bits_on_any_threads(const std::function<experiment::Pipeline()>& pipeline,
                                     const TrainingFixture& training, Findings& findings) {
  const auto one = trained(pipeline(), training, 1);
  for (const std::size_t threads : {2, 4})
    findings.expect(std::ranges::equal(one, trained(pipeline(), training, threads),
                                       [](const Network& a, const Network& b) { return same_bits(a, b); }),
                    "three models have other weights on " + std::to_string(threads) + " threads than on 1");
}

}  // namespace pipeline::conformance
