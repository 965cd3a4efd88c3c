// All models of a study, each advancing alone: a free thread takes the one furthest behind for a slice of steps, or, where
// none is free, a share of the products of one that is under way.
#pragma once
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "study/evaluation.hpp"
#include "study/rows.hpp"
#include "study/study.hpp"

namespace pipeline::study {

/// A copy of a model at one step, left for metrics that compare models.
struct Snapshot {
  Snapshot(const learning::Model& model, std::uint64_t step)
      : copy(model.copy()),
        network(copy->measured_network(step)),
        subject{copy->name(), network, network, copy->entries()} {
    subject.products = copy->products();
  }
  std::unique_ptr<learning::Model> copy;
  Network network;
  Subject subject;
};

/// One model on its way. The control network is a member with no steps to take.
struct Member {
  std::string name;
  std::unique_ptr<learning::Model> model;
  std::uint64_t steps = 0;  // updates to make
  std::uint64_t next = 0;   // the update it makes next, as of its last slice; one past `steps` when done
  bool busy = false, ended = false;
  std::string failure;  // why it ended before its time
  bool plugin_failed = false;
  std::optional<std::uint64_t> stopped_at;                        // a regulariser stopped it before this update
  bool waits = false;                                             // for the copy that another model leaves at `next`
  std::map<std::uint64_t, std::shared_ptr<const Snapshot>> left;  // copies by step
  std::unique_ptr<learning::Batches> batches;
};

/// Whether threads without a model can help those that have one.
bool products_can_be_shared(const Description& description);

class Team {
 public:
  Team(const Description& description, const Data& data, std::size_t threads, const std::atomic<int>* stop_signal);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  void start();
  /// What is new, all of one moment.
  struct News {
    std::vector<Ordering::Released> rows;  // complete ones, in order; when it is over, all that there are
    std::uint64_t horizon = 0;             // rows of all steps before this one have been handed over
    bool over = false;                     // nobody works any more, and nothing more will come
  };
  /// Waits for at most `seconds` for something to happen.
  News wait(double seconds);
  /// Once it is over: throws what ended the whole run, if something did.
  void rethrow() const;
  std::vector<ModelProgress> progress();
  const std::vector<Member>& members() const { return members_; }
  const learning::Inputs& train() const { return train_; }
  const learning::Inputs& test() const { return test_; }
  Splits splits() const { return {&train_, &test_, &validation_}; }

 private:
  // None leads by more than two slices, so that a measurement of all is never long in coming.
  static constexpr std::uint64_t kSlice = 200;
  // Threads that a model keeps busy at the most: its products fall into about ten panels.
  static constexpr std::size_t kMostForOne = 16;
  // The step of the copy that a model leaves which a regulariser stopped: it stays as it is.
  static constexpr std::uint64_t kForGood = std::numeric_limits<std::uint64_t>::max();

  void work();
  Member* furthest_behind();
  std::string place_of(const std::string& model, const std::string& entry) const;
  void advance(Member& member, std::uint64_t& next);
  /// Whether the models that are compared with at this step have left their copies; leaves this one's own.
  bool others_are_there(Member& member, std::uint64_t step);
  std::shared_ptr<const Snapshot> snapshot_of(const Member& other, std::uint64_t step) const;
  /// Where all models began; the control never leaves it.
  const Network& start_of_all() const { return members_.front().model->network(); }
  bool is_due(const MetricSection& section, const Member& member, std::uint64_t step) const;
  std::vector<std::string> compared(const Member& member, std::uint64_t step) const;
  /// False where a regulariser stopped the model: it stands at what was remembered, to be measured once more.
  bool measure(Member& member, std::uint64_t step);
  bool goes_on(Member& member, std::uint64_t step, const Measured& measured);
  bool stopping() const { return stop_ || (stop_signal_ && *stop_signal_ != 0); }

  const Description& description_;
  learning::Inputs train_, test_, validation_;
  learning::Crew crew_;  // whoever has no model to advance
  std::vector<Member> members_;
  const std::atomic<int>* stop_signal_;
  std::size_t threads_;
  bool can_share_;  // threads without a model can help

  std::mutex mutex_;
  std::condition_variable changed_;
  Ordering ordering_;
  std::exception_ptr failure_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace pipeline::study
