#include "results/git.hpp"

#include <system_error>

#include "base/child_process.hpp"
#include "plugins/catalogue.hpp"

namespace pipeline::results {

std::optional<GitState> git_state() try {
  base::ChildProcess child({.program = (plugins::own_folder().parent_path() / "git_state").string()});
  const auto deadline = base::ChildProcess::Clock::now() + std::chrono::seconds(10);
  const auto commit = child.line(deadline);
  if (!commit) return std::nullopt;
  const std::string state = child.line(deadline).value_or("unknown");  // the tree was too large, or the program crashed
  return GitState{*commit, state == "unknown" ? std::nullopt : std::optional(state == "dirty")};
} catch (const std::system_error&) {
  return std::nullopt;
}

}  // namespace pipeline::results
