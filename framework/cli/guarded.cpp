#include "cli/guarded.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <new>
#include <system_error>

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "config/complaint.hpp"
#include "data/error.hpp"
#include "measuring/evaluation.hpp"

namespace pipeline::cli {

namespace {

/// The exit code of a command once its output is written. That a reader has closed its pipe (| head), or its terminal, is
/// no error.
int after_output(int code) {
  errno = 0;
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && !std::ferror(stdout) && std::cout;
  // If an earlier write failed, its cause is lost: another one finds it again.
  if (!written && errno == 0 && ::write(STDOUT_FILENO, "\n", 1) > 0) errno = 0;
  const int error = errno;
  struct stat out {};
  const bool to_a_reader = ::fstat(STDOUT_FILENO, &out) == 0 && (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode));
  if (written || to_a_reader || error == EIO) return code;
  std::cerr << "error: cannot write standard output" << (error ? ": " + std::generic_category().message(error) : "")
            << "\n";
  return code == Exit::ok ? Exit::nothing_trained : code;
}

}  // namespace

int guarded(const std::function<int()>& command) {
  const auto complain_and = [](const std::exception& e, int code) {
    complain(e.what());
    return code;
  };
  try {
    return after_output(command());
  } catch (const config::PipelineTextError& e) {
    complain(e);
    return Exit::usage;
  } catch (const UsageError& e) {
    return complain_and(e, Exit::usage);
  } catch (const pipeline::plugins::UnknownPlugin& e) {
    return complain_and(e, Exit::usage);
  } catch (const pipeline::plugins::RefusedPlugin& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const measuring::MetricFailure& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const learning::HookFailure& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const data::DataError& e) {
    return complain_and(e, Exit::data_trouble);
  } catch (const std::bad_alloc&) {
    complain("out of memory");
    return Exit::nothing_trained;
  } catch (const std::exception& e) {
    return complain_and(e, Exit::nothing_trained);
  } catch (...) {  // from a plugin: the engine only throws std::exception
    complain("a plugin threw something that is not a std::exception; plugins must throw std::exception");
    return Exit::plugin_refused;
  }
}

}  // namespace pipeline::cli
