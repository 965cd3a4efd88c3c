// Tries one plugin library and says on standard output, a JSON object a line, what comes next and what came out. Whoever
// started it learns from the last line who was speaking when it crashed, hung or ended. See plugins/probe.hpp.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <cstdlib>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include "plugins/door.hpp"

namespace {

using namespace pipeline;
using namespace pipeline::plugins;
using nlohmann::json;

int out = -1;

void say(const json& line) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(out, text.data() + at, text.size() - at);
    if (n <= 0) ::_exit(1);
    at += static_cast<std::size_t>(n);
  }
}

/// Standard output is ours alone: what a plugin prints must not be taken for our words.
void keep_the_pipe() {
  out = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

void leave_no_trace() {
  // A crash is to end us as such: a sanitizer would make an exit code of it.
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(number, SIG_DFL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // one that hangs does not outlive who asked
#endif
}

std::string words_of(const std::exception_ptr& thrown) {
  if (!thrown) return "std::terminate";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

json as_json(const Refusal& why) { return {{"cause", why.cause}, {"details", why.details}, {"remedy", why.remedy}}; }

template <class Base>
void try_as(const Loaded& plugin, auto&& next) {
  next("is made");
  const std::unique_ptr<Base> object(static_cast<Base*>(make_object(plugin)));
  next("declares its parameters");
  Parameters parameters;
  try {
    object->declare(parameters);
  } catch (...) {
    throw RefusedPlugin({plugin.kind + " '" + plugin.name +
                             "' fails while it declares its parameters: " + words_of(std::current_exception()),
                         {},
                         ""},
                        plugin.library);
  }
  next("is destroyed");
}

void try_plugin(const Found& found) {
  const auto next = [&](const char* what) { say({{"next", what}, {"kind", found.kind}, {"name", found.name}}); };
  json refusal;
  try {
    const Loaded plugin = open_door(found);
    if (found.kind == "dataset") try_as<Dataset>(plugin, next);
    if (found.kind == "regulariser") try_as<Regulariser>(plugin, next);
    if (found.kind == "metric") try_as<Metric>(plugin, next);
    if (found.kind == "report") try_as<Report>(plugin, next);
  } catch (const RefusedPlugin& e) {
    refusal = as_json(e.why);
  }
  say({{"plugin", refusal}, {"kind", found.kind}, {"name", found.name}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  keep_the_pipe();
  leave_no_trace();
  std::set_terminate([] {
    say({{"uncaught", words_of(std::current_exception())}});
    std::abort();
  });
  const std::filesystem::path library = argv[1];
  say({{"next", "is loaded"}});
  try {
    load_library(library);
  } catch (const RefusedPlugin& e) {
    say({{"library", as_json(e.why)}});
    return 0;
  }
  for (const Found& found : contents_of(library).plugins) try_plugin(found);
  say({{"next", "ended"}});
  return 0;
}
