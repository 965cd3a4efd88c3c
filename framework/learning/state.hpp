// The arrays of one model's regularisers and optimiser that outlast a step, by "<entry>.<name>".
#pragma once
#include <pipeline/state.hpp>

#include "learning/entry.hpp"
#include "learning/live_optimiser.hpp"
#include "learning/saved_model.hpp"

namespace pipeline::learning {

/// The array behind one declared name.
struct Kept : SavedArray {
  Life life = Life::kept;
  PerLayer::Arrays gradients;                   // of `values`, if they are trained
  bool like_all = false, from_weights = false;  // shaped like the weights; starts as them
  const ModelPlugin* owner = nullptr;
};

class States {
 public:
  /// The sizes of `shape` are those of `start`.
  explicit States(const Network& start, NetworkShape shape = {});
  States(const States&) = delete;

  /// Calls declare_state(). Throws HookFailure where a declaration is wrong.
  void declare(const Entry& entry);
  void declare(const LiveOptimiser& optimiser);
  /// Called once all have declared, when all trained arrays are known.
  void complete();
  /// Copies the contents of the same arrays of another model.
  void adopt(const States& other);
  /// The contents of the arrays that outlast a step.
  std::map<std::string, SavedArray> saved() const;
  /// Takes such contents over. Throws std::runtime_error unless they have the names and sizes declared here.
  void load(const std::map<std::string, SavedArray>& saved);

  /// The trained arrays in order of their name; Tile::own counts them from 0.
  const std::vector<std::pair<std::string, Kept*>>& trained() const { return trained_; }
  const NetworkShape& shape() const { return shape_; }
  bool any_trained() const { return !trained_.empty(); }
  void zero_gradients();
  /// Calls add(), and multiplies what it adds to the gradients of the trained arrays of this owner.
  void add_times(float times, const ModelPlugin& owner, const std::function<void()>& add);
  /// The contents of arrays that live for one step (Life::step).
  std::map<std::string, PerLayer::Arrays> of_this_step() const;
  void put_back(const std::map<std::string, PerLayer::Arrays>& of_this_step);
  const std::map<std::string, Kept>& all() const { return kept_; }

 private:
  class Declaration;
  const Network& start_;
  NetworkShape shape_;
  std::map<std::string, Kept> kept_;  // handles point to its nodes, which never move
  std::vector<std::pair<std::string, Kept*>> trained_;
};

}  // namespace pipeline::learning
