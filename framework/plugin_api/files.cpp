#include <pipeline/files.hpp>

#include <sys/wait.h>

#include <system_error>

#include "base/atomic_file.hpp"
#include "base/child_process.hpp"

namespace pipeline {

void write_file(const std::filesystem::path& file, std::string_view text) { base::write_file(file, text); }

Ran run_program(const std::string& program, const std::vector<std::string>& arguments,
                const std::filesystem::path& folder, std::chrono::seconds limit) try {
  base::ChildProcess child({.program = program,
                            .arguments = arguments,
                            .folder = folder,
                            .errors = "messages",
                            // gnuplot ends at once where GNUTERM names a terminal that it does not have
                            .environment = {"LC_ALL=C", "GNUTERM"}});
  const auto deadline = base::ChildProcess::Clock::now() + limit;
  child.skip_output(deadline);
  const int status = child.wait(deadline);
  if (child.timed_out()) return Ran::too_slow;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ran::ok : Ran::failed;
} catch (const std::system_error& e) {
  const bool missing = e.code() == std::errc::no_such_file_or_directory || e.code() == std::errc::permission_denied;
  return missing ? Ran::not_found : Ran::failed;
}

}  // namespace pipeline
