// All models of a study, each advancing alone: a free thread takes the one furthest behind for a slice of steps.
#pragma once
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "learning/batches.hpp"
#include "learning/model.hpp"
#include "study/evaluation.hpp"
#include "study/rows.hpp"
#include "study/study.hpp"

namespace pipeline::study {

/// One model on its way. The control network is a member with no steps to take.
struct Member {
  std::string name;
  std::unique_ptr<learning::Model> model;
  std::uint64_t steps = 0;  // updates to make
  std::uint64_t next = 0;   // the update it makes next, as of its last slice; one past `steps` when done
  bool busy = false, ended = false;
  std::string failure;  // why it ended before its time
  bool plugin_failed = false;
  std::unique_ptr<learning::Batches> batches;
};

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

 private:
  // None leads by more than two slices, so that a measurement of all is never long in coming.
  static constexpr std::uint64_t kSlice = 200;

  void work();
  Member* furthest_behind();
  std::string place_of(const std::string& model, const std::string& entry) const;
  void advance(Member& member, std::uint64_t& next);
  void measure(Member& member, std::uint64_t step);
  bool stopping() const { return stop_ || (stop_signal_ && *stop_signal_ != 0); }

  const Description& description_;
  learning::Inputs train_, test_;
  std::vector<Member> members_;
  const std::atomic<int>* stop_signal_;
  std::size_t threads_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Ordering ordering_;
  std::exception_ptr failure_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace pipeline::study
