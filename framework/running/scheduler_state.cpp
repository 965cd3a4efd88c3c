// The state of a run for its checkpoint, and back.
#include <algorithm>
#include <set>

#include "running/scheduler.hpp"

namespace pipeline::running {

using measuring::LiveMetric;
using results::SavedTask;

namespace {

/// A checkpoint may be damaged and still have the right sum, or be of a run with other steps.
void expect_possible(const SavedTask& saved, const ModelTask& task) {
  const std::string model = "model " + saved.name;
  if (saved.model.has_value() != saved.failure.empty() || (saved.model && !task.model))
    throw std::runtime_error(model + " does not fit: it failed");
  if (saved.ended && saved.failure.empty() && !saved.stopped_at && saved.next <= task.steps)
    throw std::runtime_error(model + " is not in a state that a run reaches");
  if (has_made_more_updates(saved, task.steps))
    throw std::runtime_error(model + " has made " + std::to_string(saved.next) +
                             " updates already, which is more than steps");
  if (!saved.left.empty() && !task.model)
    throw std::runtime_error(model + " does not fit: it has copies but no weights");
}

void load(learning::Model& model, const learning::SavedModel& saved) {
  try {
    model.load(saved);
  } catch (const learning::HookFailure&) {
    throw;
  } catch (const std::runtime_error& e) {
    throw std::runtime_error("model " + model.name() + " does not fit: " + e.what());
  }
}

}  // namespace

Scheduler::State Scheduler::state() const {
  State state;
  for (const ModelTask& task : tasks_) {
    SavedTask& saved = state.tasks.emplace_back();
    static_cast<results::TaskProgress&>(saved) = task;
    if (task.failure.empty()) saved.model = task.model->saved();
    if (task.watched) {
      saved.watched.emplace().measured = task.watched->measured;
      for (const LiveMetric* m : task.watched->sections) saved.watched->sections.push_back(m->config.name);
    }
    for (const auto& [step, copy] : task.left) saved.left.emplace(step, copy->copy->saved());
  }
  for (const auto& [step, model, measured] : order_.waiting())
    state.waiting.push_back({step, tasks_[model].name, measured});
  return state;
}

void Scheduler::restore(const State& state) {
  std::set<std::string> ours, theirs;
  for (const ModelTask& task : tasks_) ours.insert(task.name);
  for (const SavedTask& saved : state.tasks) theirs.insert(saved.name);
  if (ours != theirs || state.tasks.size() != tasks_.size()) throw std::runtime_error("it has other models");
  for (const SavedTask& saved : state.tasks) restore(named(saved.name), saved);
  for (const results::Waiting& w : state.waiting) {
    if (!ours.contains(w.model)) throw std::runtime_error("it has measurements of other models");
    order_.add(index_of(named(w.model)), w.step, w.measured);
  }
}

void Scheduler::restore(ModelTask& task, const SavedTask& saved) {
  expect_possible(saved, task);
  static_cast<results::TaskProgress&>(task) = saved;
  try {
    if (saved.model) load(*task.model, *saved.model);
  } catch (const learning::HookFailure& e) {  // ends this model only, as in every other hook
    task.failure = place_of(task.name, e.entry) + e.what();
    task.plugin_failed = task.ended = true;
    order_.ended(index_of(task));
    return;
  }
  if (saved.watched) {
    task.watched.emplace().measured = saved.watched->measured;
    for (const LiveMetric& m : metrics_)
      if (std::ranges::find(saved.watched->sections, m.config.name) != saved.watched->sections.end())
        task.watched->sections.push_back(&m);
  }
  for (const auto& [step, model] : saved.left) {
    if (step == kForGood && !saved.stopped_at)
      throw std::runtime_error("model " + saved.name + " has the copy of a model that was stopped, and was not");
    const std::unique_ptr<learning::Model> copy = task.model->copy();
    load(*copy, model);
    task.left[step] = std::make_shared<const Snapshot>(*copy, step == kForGood ? *saved.stopped_at : step);
  }
  order_.reached(index_of(task), task.next);
  if (task.ended) order_.ended(index_of(task));
}

}  // namespace pipeline::running
