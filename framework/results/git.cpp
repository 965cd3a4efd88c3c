#include "results/git.hpp"

#include <system_error>

#include "base/child_process.hpp"
#include "plugins/catalogue.hpp"

namespace pipeline::results {

std::optional<GitState> git_state() try {
  base::ChildProcess child({.program = (plugins::own_folder().parent_path() / "git_state").string()});
  const auto line = child.line(base::ChildProcess::Clock::now() + std::chrono::seconds(10));
  const std::size_t space = line ? line->find(' ') : std::string::npos;
  if (space == std::string::npos) return std::nullopt;
  const std::string state = line->substr(space + 1);
  return GitState{line->substr(0, space), state == "unknown" ? std::nullopt : std::optional(state == "dirty")};
} catch (const std::system_error&) {
  return std::nullopt;
}

}  // namespace pipeline::results
