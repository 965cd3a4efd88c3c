#include "running/scheduler.hpp"

#include <signal.h>

#include <algorithm>
#include <iterator>
#include <ranges>

#include "base/signal_stack.hpp"
#include "base/thread.hpp"
#include "learning/checked.hpp"
#include "running/models.hpp"

namespace pipeline::running {

using experiment::EntryConfig;
using experiment::MetricConfig;
using experiment::ModelConfig;
using experiment::Pipeline;
using measuring::LiveMetric;
using measuring::Measured;

bool products_can_be_shared(const Pipeline& p) {
  return std::ranges::any_of(p.network.sizes | std::views::drop(1),
                             [&](std::size_t outputs) { return kernels::Products::can_share(p.kernels, outputs); });
}

Scheduler::Scheduler(const Pipeline& p, const Data& data, std::size_t threads, const std::atomic<int>* stop_signal)
    : pipeline_(p),
      train_(data.train),
      test_(data.test),
      validation_(data.validation),
      metrics_(make_metrics(p)),
      stop_signal_(stop_signal),
      threads_(threads),
      can_share_(products_can_be_shared(p)),
      order_(p.models.size() + 1) {
  const Network start = learning::starting_network(p.network, p.start, p.seed);
  const auto add = [&](const ModelConfig& config, std::uint64_t steps) {
    ModelTask task;
    task.name = config.name;
    task.steps = steps;
    try {
      task.model = make_model(p, config, start, data, kernels::Products(p.kernels, &helpers_));
    } catch (const learning::HookFailure& e) {  // ends this model only, as in every other hook
      task.failure = place_of(task.name, e.entry) + e.what();
      task.plugin_failed = task.ended = true;
      order_.ended(tasks_.size());
    }
    task.batches = std::make_unique<learning::Batches>(p.seed, train_.size(), p.batch_size);
    tasks_.push_back(std::move(task));
  };
  add({"control", {}, 0}, 0);
  for (const ModelConfig& model : p.models) add(model, p.steps);
}

Scheduler::~Scheduler() {
  stop_ = true;
  changed_.notify_all();
  for (std::thread& t : workers_) t.join();
}

void Scheduler::start() {
  const std::size_t useful = can_share_ ? kThreadsPerModel * pipeline_.models.size() : tasks_.size();
  for (std::size_t i = 0; i < std::min(threads_, useful); ++i) base::start_thread(workers_, [this] { work(); });
}

void Scheduler::signal_workers(int number) {
  for (std::thread& t : workers_) ::pthread_kill(t.native_handle(), number);
}

ModelTask& Scheduler::named(const std::string& name) { return *std::ranges::find(tasks_, name, &ModelTask::name); }

/// Of the tasks that no thread works on, the one with the fewest steps; none if it leads the slowest by two slices.
ModelTask* Scheduler::furthest_behind() {
  ModelTask* best = nullptr;
  std::uint64_t slowest = std::numeric_limits<std::uint64_t>::max();
  for (ModelTask& task : tasks_) {
    if (task.ended) continue;
    slowest = std::min(slowest, task.next);
    if (!task.busy && !task.waits && !is_held(task) && (!best || task.next < best->next)) best = &task;
  }
  return best && best->next < slowest + 2 * kSlice ? best : nullptr;
}

/// "mnist_snr.ini:31: " for an entry of a model's list or its optimiser.
std::string Scheduler::place_of(const std::string& model, const std::string& entry) const {
  const auto place = [](const base::Word& word) {
    return word.place.file.str().empty() ? "" : base::location(word.place) + ": ";
  };
  for (const ModelConfig& m : pipeline_.models) {
    if (m.name != model) continue;
    for (const EntryConfig& e : m.regularisers)
      if (e.name == entry) return place(e.word);
    if (m.optimiser.name == entry) return place(m.optimiser_word);
  }
  return "";
}

void Scheduler::work() {
  const base::SignalStack for_crashes;
  std::unique_lock lock(mutex_);
  while (!stopping() && !failure_) {
    if (std::ranges::all_of(tasks_, &ModelTask::ended)) break;
    ModelTask* task = paused_ ? nullptr : furthest_behind();
    if (!task) {
      if (can_share_) {
        lock.unlock();
        helpers_.help(std::chrono::milliseconds(5));
        lock.lock();
      } else {
        changed_.wait_for(lock, std::chrono::milliseconds(200));  // a signal sets a flag but wakes no thread
      }
      continue;
    }
    task->busy = true;
    std::uint64_t next = task->next;
    lock.unlock();
    std::string failure;
    bool plugin_failed = false;
    std::exception_ptr fatal;
    try {
      advance(*task, next);
    } catch (const learning::Diverged& e) {
      failure = e.what();
      if (pipeline_.stops_on_nan)
        fatal = std::make_exception_ptr(std::runtime_error("model " + task->name + " " + failure +
                                                           "\n  the run stops there because on_nan = stop_run"));
    } catch (const learning::HookFailure& e) {
      failure = place_of(task->name, e.entry) + e.what();
      plugin_failed = true;
    } catch (...) {
      fatal = std::current_exception();
    }
    lock.lock();
    end_slice(*task, next, failure, plugin_failed);
    if (fatal && !failure_) failure_ = fatal;
    changed_.notify_all();
  }
  changed_.notify_all();
}

void Scheduler::end_slice(ModelTask& task, std::uint64_t next, const std::string& failure, bool plugin_failed) {
  task.busy = false;
  task.next = next;
  task.failure = failure;
  task.plugin_failed = plugin_failed;
  task.ended = !failure.empty() || task.next > task.steps;
  order_.reached(index_of(task), task.next);
  if (task.ended) order_.ended(index_of(task));
  for (ModelTask& t : tasks_) {
    if (t.waits)
      t.waits = std::ranges::any_of(compared(t, t.next), [&](const std::string& name) {
        const ModelTask& other = named(name);
        return !other.ended && !snapshot_of(other, t.next);
      });
    if (&t != tasks_.data()) std::erase_if(t.left, [&](const auto& copy) { return copy.first < order_.horizon(); });
  }
}

/// A slice of steps. `next` becomes one past `steps` once the last measurement is made.
void Scheduler::advance(ModelTask& task, std::uint64_t& next) {
  const std::uint64_t end = std::min(next + kSlice, task.steps + (holds_ && task.steps > 0 ? 0 : 1));
  while (next < end && !stopping() && !paused_) {
    if (!task.watched) watch(task, next);
    if (!others_are_there(task, next)) return;
    measure(task, next);
    task.watched.reset();
    if (task.stopped_at) {
      auto last = std::make_shared<const Snapshot>(*task.model, next);
      const std::lock_guard lock(mutex_);
      task.left[kForGood] = std::move(last);
      next = task.steps + 1;
      return;
    }
    if (next < task.steps) task.model->step(next, train_, task.batches->at(next));
    ++next;
  }
}

/// After its last update, everything about a model is measured. But where it was stopped before the others, a
/// comparison with them is made only if it is due for all.
bool Scheduler::is_due(const MetricConfig& section, const ModelTask& task, std::uint64_t step) const {
  if (&task == tasks_.data()) return step == 0;  // the control
  const auto stays = [&](const std::string& name) { return name == "control" || name == task.name; };
  return step == task.steps || step % section.every == 0 ||
         (task.stopped_at == step && std::ranges::all_of(section.info.compares, stays));
}

/// The models that the sections due at this step compare with.
std::vector<std::string> Scheduler::compared(const ModelTask& task, std::uint64_t step) const {
  std::vector<std::string> names;
  for (const MetricConfig& m : pipeline_.metrics)
    if (is_due(m, task, step)) names.insert(names.end(), m.info.compares.begin(), m.info.compares.end());
  return names;
}

/// Null where the model has not reached the step yet, or failed before it.
std::shared_ptr<const Snapshot> Scheduler::snapshot_of(const ModelTask& other, std::uint64_t step) const {
  auto it = other.left.find(&other == tasks_.data() ? 0 : step);
  if (it == other.left.end()) it = other.left.find(kForGood);
  return it == other.left.end() ? nullptr : it->second;
}

bool Scheduler::others_are_there(ModelTask& task, std::uint64_t step) {
  const std::vector<std::string> names = compared(task, step);
  if (names.empty()) return true;
  const bool is_compared = std::ranges::find(names, task.name) != names.end();
  std::unique_lock lock(mutex_);
  if (is_compared && !task.left.contains(step)) {
    lock.unlock();
    auto copy = std::make_shared<const Snapshot>(*task.model, step);
    lock.lock();
    task.left[step] = std::move(copy);
    for (ModelTask& other : tasks_) other.waits = false;  // they check again
    changed_.notify_all();
  }
  for (const std::string& name : names) {
    const ModelTask& other = named(name);
    task.waits |= !other.ended && !snapshot_of(other, step);
  }
  return !task.waits;
}

void Scheduler::watch(ModelTask& task, std::uint64_t step) {
  std::map<const learning::Entry*, const LiveMetric*> watched;
  WatchedValues values;
  for (const learning::Entry& e : task.model->entries()) {
    if (!e.watcher) continue;
    const std::string section = e.run("Watcher::section", step, [&] { return e.watcher->section(); });
    for (const LiveMetric& m : metrics_)
      if (m.config.name == section && is_due(m.config, task, step)) watched[&e] = &m;
  }
  for (const LiveMetric& m : metrics_)
    if (std::ranges::any_of(watched, [&](const auto& of) { return of.second == &m; })) values.sections.push_back(&m);
  values.measured = measured(task, step, values.sections);

  bool stop = false;
  for (const auto& e : task.model->entries()) {
    const auto of = watched.find(&e);
    if (of == watched.end()) continue;
    const MetricConfig& section = of->second->config;
    const auto row =
        std::ranges::find_if(values.measured.rows, [&](const Row& r) { return r.metric == section.name && !r.layer; });
    if (row == values.measured.rows.end()) continue;
    const Watched seen{step, row->value, section.info.better == Direction::higher};
    const Watcher::Decision decision = e.run("Watcher::see", step, [&] { return e.watcher->see(seen); });
    if (decision == Watcher::Decision::remember) task.model->remember(step);
    stop |= decision == Watcher::Decision::stop;
  }
  if (stop && step < task.steps) task.stopped_at = step;
  const auto best = task.model->remembered_at();
  if ((stop || step == task.steps) && best && *best != step) {
    task.model->restore();
    task.restored_to = best;
    values = {};  // they are of weights that the model no longer has
  }
  task.watched = std::move(values);
}

Scheduler::News Scheduler::wait(double seconds) {
  std::unique_lock lock(mutex_);
  const auto none_busy = [&] { return std::ranges::none_of(tasks_, &ModelTask::busy); };
  const auto is_over = [&] {
    return none_busy() && (stopping() || failure_ || std::ranges::all_of(tasks_, &ModelTask::ended));
  };
  const auto all_held = [&] {
    return holds_ && none_busy() &&
           std::ranges::all_of(tasks_, [&](const ModelTask& task) { return task.ended || is_held(task); });
  };
  const auto is_paused = [&] { return paused_ && none_busy(); };
  if (!is_over() && !all_held() && !is_paused()) changed_.wait_for(lock, std::chrono::duration<double>(seconds));
  News news;
  news.horizon = order_.horizon();
  news.over = is_over();
  news.held = all_held();
  news.paused = is_paused();
  news.failed = failure_ != nullptr;
  news.rows = order_.release();
  return news;
}

std::vector<RowOrder::Released> Scheduler::remaining_rows() {
  const std::lock_guard lock(mutex_);
  for (std::size_t m = 0; m < tasks_.size(); ++m) order_.ended(m);
  return order_.release();
}

void Scheduler::release() {
  const std::lock_guard lock(mutex_);
  holds_ = false;
  changed_.notify_all();
}

void Scheduler::pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void Scheduler::go_on() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
  changed_.notify_all();
}

void Scheduler::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

std::vector<ModelProgress> Scheduler::progress() {
  const std::lock_guard lock(mutex_);
  std::vector<ModelProgress> out;
  for (std::size_t i = 1; i < tasks_.size(); ++i)
    out.push_back({tasks_[i].name, std::min(tasks_[i].next, tasks_[i].steps), {}, tasks_[i].failure});
  return out;
}

}  // namespace pipeline::running
