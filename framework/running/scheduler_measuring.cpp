// What the scheduler measures: one model at one step, for rows, sheets, regularisers that watch, and predictions.
#include <algorithm>
#include <iterator>
#include <ranges>

#include "measuring/predictions.hpp"
#include "running/scheduler.hpp"

namespace pipeline::running {

using measuring::LiveMetric;
using measuring::Measured;

void Scheduler::measure(ModelTask& task, std::uint64_t step) {
  std::vector<const LiveMetric*> due;
  for (const LiveMetric& m : metrics_)
    if (is_due(m.config, task, step) && std::ranges::find(task.watched->sections, &m) == task.watched->sections.end())
      due.push_back(&m);
  Measured known;
  if (step == 0) known = known_from_control(task, due);
  Measured all = measured(task, step, due);
  if (&task == tasks_.data()) {
    const std::lock_guard lock(mutex_);
    of_control_ = all;
  }
  for (Measured* part : {&known, &task.watched->measured})
    if (!part->rows.empty() || !part->sheets.empty()) {
      std::ranges::move(part->rows, std::back_inserter(all.rows));
      std::ranges::move(part->sheets, std::back_inserter(all.sheets));
      sort_by_section(all.rows);
    }
  if (all.rows.empty() && all.sheets.empty()) return;
  const std::lock_guard lock(mutex_);
  order_.add(index_of(task), step, std::move(all));
}

Measured Scheduler::known_from_control(const ModelTask& task, std::vector<const LiveMetric*>& due) {
  const std::lock_guard lock(mutex_);
  if (!of_control_ || std::ranges::any_of(task.model->entries(), &learning::Entry::changes_measured)) return {};
  const auto known = [&](const LiveMetric& m) { return !of_control_->of_model.contains(m.config.name); };
  std::set<std::string> sections;
  for (const LiveMetric* m : due)
    if (known(*m)) sections.insert(m->config.name);
  std::erase_if(due, [&](const LiveMetric* m) { return known(*m); });
  Measured all;
  for (Row row : of_control_->rows)
    if (sections.contains(row.metric.substr(0, row.metric.find('.')))) {
      row.model = task.name;
      all.rows.push_back(std::move(row));
    }
  for (const measuring::Sheet& sheet : of_control_->sheets)
    if (sections.contains(sheet.section.substr(0, sheet.section.find('.')))) all.sheets.push_back(sheet);
  return all;
}

/// As in the file.
void Scheduler::sort_by_section(std::vector<Row>& rows) const {
  const auto place = [&](const Row& row) {
    return std::ranges::find(metrics_, row.metric.substr(0, row.metric.find('.')),
                             [](const LiveMetric& m) { return m.config.name; });
  };
  std::ranges::stable_sort(rows, {}, place);
}

measuring::Subject Scheduler::subject_of(const ModelTask& task, std::uint64_t step, Network& room) {
  const learning::Model& model = *task.model;
  const bool uses_other = model.measures_other_weights();
  if (uses_other) room = model.measured_network(step);
  measuring::Subject subject{task.name, uses_other ? room : model.network(), start_of_all(), model.entries()};
  subject.products = model.products();
  subject.shape = model.shape();
  if (!uses_other) subject.panels = model.panels();
  return subject;
}

Measured Scheduler::measured(ModelTask& task, std::uint64_t step, const std::vector<const LiveMetric*>& due) {
  // Metrics may not look at the logits, and after the last update no step follows that would notice a divergence.
  if (step == task.steps || !due.empty()) task.model->expect_finite_weights(step);
  if (due.empty()) return {};

  Network other;
  measuring::Subject subject = subject_of(task, step, other);
  const Network& network = subject.network;
  const std::uint64_t of_weights = task.restored_to.value_or(step);  // whose strength its penalties have
  subject.weight_penalty = [&] { return task.model->weight_penalty(network, of_weights); };
  if (task.name != "control") subject.learning_rate = double{task.model->rate_at(step)};
  if (task.model->has_batch_penalty())
    subject.batch_penalty = [&](const learning::Pass& pass, const arma::fmat& targets) {
      return task.model->batch_penalty(network, pass, targets, of_weights);
    };
  std::vector<std::shared_ptr<const Snapshot>> held;
  for (const std::string& name : compared(task, step)) {
    const std::lock_guard lock(mutex_);
    held.push_back(snapshot_of(named(name), step));
    subject.others[name] = held.back() ? &held.back()->subject : nullptr;
  }
  return measuring::measure(subject, step, due, splits());
}

std::vector<std::uint16_t> Scheduler::predictions(const ModelTask& task) {
  Network other;
  return measuring::predicted_classes(subject_of(task, task.steps, other), task.steps, splits());
}

}  // namespace pipeline::running
