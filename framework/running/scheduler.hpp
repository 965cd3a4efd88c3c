// Advances all models of a run, each at its own pace: a free thread takes the model that is furthest behind for a slice
// of steps, or, if there is none, helps with the products of a model that is being advanced.
#pragma once
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>

#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "measuring/evaluation.hpp"
#include "results/checkpoint.hpp"
#include "running/row_order.hpp"

namespace pipeline::running {

/// A copy of a model at one step, left for metrics that compare models.
struct Snapshot {
  Snapshot(const learning::Model& model, std::uint64_t step)
      : copy(model.copy()),
        network(copy->measured_network(step)),
        subject{copy->name(), network, network, copy->entries()} {
    subject.products = copy->products();
    subject.shape = copy->shape();
  }
  std::unique_ptr<learning::Model> copy;
  Network network;
  measuring::Subject subject;
};

/// What a model's regularisers watch at one step, measured before they decide.
struct WatchedValues {
  std::vector<const measuring::LiveMetric*> sections;
  measuring::Measured measured;
};

/// One model during the run. The control network is a task without steps.
struct ModelTask : results::TaskProgress {
  std::unique_ptr<learning::Model> model;
  std::uint64_t steps = 0;                                        // updates to make
  bool busy = false;                                              // a thread works on it
  std::optional<WatchedValues> watched;                           // at `next`, once its regularisers have decided
  bool waits = false;                                             // for the copy that another model leaves at `next`
  std::map<std::uint64_t, std::shared_ptr<const Snapshot>> left;  // copies by step
  std::unique_ptr<learning::Batches> batches;
};

/// Where a model is, for progress displays.
struct ModelProgress {
  std::string name;
  std::uint64_t step = 0;
  std::optional<double> newest;  // value of the first metric section, if it has one for the whole network
  std::string failure;           // why it ended early
  std::uint64_t measured = 0;    // the step of `newest`
};

/// Whether threads without a model can help those that have one.
bool products_can_be_shared(const experiment::Pipeline& pipeline);

class Scheduler {
 public:
  /// Makes all models. pipeline and data must outlive it.
  Scheduler(const experiment::Pipeline& pipeline, const Data& data, std::size_t threads,
            const std::atomic<int>* stop_signal);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void start();
  /// Sends a signal to every thread; none has ended before wait() returns that all is over.
  void signal_workers(int number);
  /// What happened since the last call.
  struct News {
    std::vector<RowOrder::Released> rows;  // in order, of completed steps
    std::uint64_t horizon = 0;             // rows of all steps before this one have been returned
    bool over = false;                     // all threads have ended
    bool held = false;                     // every model has made its last update: see hold()
    bool paused = false;                   // no model is being advanced: see pause()
    bool failed = false;                   // rethrow() throws
  };
  /// Waits for at most `seconds` for something to happen.
  News wait(double seconds);
  /// When over: the rows that were held back for slower models, which will not measure any more.
  std::vector<RowOrder::Released> remaining_rows();

  /// Called before start(): no model goes beyond its last update before release(), so that there is a moment at which
  /// all of them could still train further.
  void hold() { holds_ = true; }
  void release();
  /// Lets every model end its step. wait() returns `paused` once none is being advanced; go_on() continues.
  void pause();
  void go_on();
  /// The state of the run, while it is paused, held or over; restore() is called before start(). Throws
  /// std::runtime_error unless the models and their arrays are those of this pipeline.
  struct State {
    std::vector<results::SavedTask> tasks;
    std::vector<results::Waiting> waiting;
  };
  State state() const;
  void restore(const State& state);

  /// When over: rethrows the exception that ended the whole run, if any.
  void rethrow() const;
  std::vector<ModelProgress> progress();

  const std::vector<ModelTask>& tasks() const { return tasks_; }  // the control first
  const learning::Inputs& train() const { return train_; }
  const learning::Inputs& test() const { return test_; }
  measuring::Splits splits() const { return {&train_, &test_, &validation_}; }
  const std::vector<measuring::LiveMetric>& metrics() const { return metrics_; }
  /// When over: what a model that has not failed answers for each test sample, as it is measured now.
  std::vector<std::uint16_t> predictions(const ModelTask& task);

 private:
  // No model leads by more than two slices, so that a measurement of all models never waits for long.
  static constexpr std::uint64_t kSlice = 200;
  // The most threads that one model can use: its products are divided into about ten panels.
  static constexpr std::size_t kThreadsPerModel = 16;
  // The step of the last copy of a model that a regulariser stopped: it stays as it is.
  static constexpr std::uint64_t kForGood = std::numeric_limits<std::uint64_t>::max();

  void work();
  ModelTask* furthest_behind();
  void end_slice(ModelTask& task, std::uint64_t next, const std::string& failure, bool plugin_failed);
  std::string place_of(const std::string& model, const std::string& entry) const;
  void advance(ModelTask& task, std::uint64_t& next);
  /// Stores a copy of this model, and returns whether all models that it is compared with at this step have stored
  /// theirs.
  bool others_are_there(ModelTask& task, std::uint64_t step);
  std::shared_ptr<const Snapshot> snapshot_of(const ModelTask& other, std::uint64_t step) const;
  /// The weights that all models started from; the control keeps them.
  const Network& start_of_all() const { return tasks_.front().model->network(); }
  bool is_due(const experiment::MetricConfig& section, const ModelTask& task, std::uint64_t step) const;
  std::vector<std::string> compared(const ModelTask& task, std::uint64_t step) const;
  /// Measures what the model's regularisers watch, and does what they decide. When its training ends, the model goes
  /// back to its remembered weights.
  void watch(ModelTask& task, std::uint64_t step);
  /// Measures whatever else is due, and adds all rows.
  void measure(ModelTask& task, std::uint64_t step);
  /// The model as it is measured; its weights are in `room` if a regulariser measures others.
  measuring::Subject subject_of(const ModelTask& task, std::uint64_t step, Network& room);
  measuring::Measured measured(ModelTask& task, std::uint64_t step,
                               const std::vector<const measuring::LiveMetric*>& due);
  /// At step 0 every model is the control network. What was measured of the control already, and is the same for this
  /// model; its sections are removed from `due`.
  measuring::Measured known_from_control(const ModelTask& task, std::vector<const measuring::LiveMetric*>& due);
  void sort_by_section(std::vector<Row>& rows) const;
  bool stopping() const { return stop_ || (stop_signal_ && *stop_signal_ != 0); }
  void restore(ModelTask& task, const results::SavedTask& saved);
  bool is_held(const ModelTask& task) const { return holds_ && task.steps > 0 && task.next == task.steps; }
  std::size_t index_of(const ModelTask& task) const { return static_cast<std::size_t>(&task - tasks_.data()); }
  ModelTask& named(const std::string& name);

  const experiment::Pipeline& pipeline_;
  learning::Inputs train_, test_, validation_;
  kernels::HelperPool helpers_;  // threads without a model to advance
  std::vector<measuring::LiveMetric> metrics_;
  std::vector<ModelTask> tasks_;
  const std::atomic<int>* stop_signal_;
  std::size_t threads_;
  bool can_share_;  // threads without a model can help

  std::mutex mutex_;
  std::condition_variable changed_;
  RowOrder order_;
  std::optional<measuring::Measured> of_control_;
  std::exception_ptr failure_;
  std::atomic<bool> stop_ = false, paused_ = false;
  bool holds_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace pipeline::running
