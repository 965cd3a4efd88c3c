// What one call into a plugin changes for everybody, and whether it restores it.
//
// Several threads call plugins at once, and most of what a plugin can change belongs to the process. So each call
// answers for its own changes: what it had changed when it ended, or when another call changed the same thing.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "plugins/process_state.hpp"

namespace pipeline::plugins {

class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  /// The plugin is about to call a function that changes this.
  void note(Shared kind);
  /// The call has ended: returns what it leaves changed, in words, and restores it.
  std::string undo();

 private:
  struct Change {
    ProcessState before;
    std::optional<ProcessState> after = {};  // where another call has changed it since
  };
  std::map<Shared, Change> changes_;
};

}  // namespace pipeline::plugins
