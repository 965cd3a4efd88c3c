// Probes one plugin library. It prints one JSON object per line: each step before it starts, and each result. The last
// line shows which plugin was being probed when the library crashed, hung or ended the process. See plugins/probe.hpp.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/write_all.hpp"
#include "learning/entry.hpp"
#include "plugins/library.hpp"
#include "plugins/process_state.hpp"

namespace {

using namespace pipeline;
using namespace pipeline::plugins;
using nlohmann::json;

int out = -1;

void print(const json& line) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  if (!pipeline::base::write_all(out, text)) ::_exit(1);
}

/// Moves the pipe away from standard output: a plugin's output must not be mistaken for a result.
void move_the_pipe() {
  out = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

void reset_signals() {
  // A crash must end the process by its signal; a sanitizer would turn it into an exit code.
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(number, SIG_DFL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a library that hangs must not outlive the caller
}

std::string message_of(const std::exception_ptr& thrown) {
  if (!thrown) return "std::terminate";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is not a std::exception";
  }
}

json as_json(const Refusal& why) { return {{"cause", why.cause}, {"details", why.details}, {"remedy", why.remedy}}; }

// Makes the same casts and calls as the engine does before any work: a damaged library may crash in each. What they
// throw is reported by the engine, with its place in the pipeline file.

void ask(const std::shared_ptr<Regulariser>& object) {
  object->biases_by_default();
  const learning::Entry finds_its_hooks("", object, {}, 0, "");
}
void ask(const std::shared_ptr<Optimiser>& object) { object->default_rate(), object->is_plain_descent(); }
void ask(const std::shared_ptr<Metric>& object) { object->describe(); }
void ask(const std::shared_ptr<Dataset>& object) {
  if (dynamic_cast<const Wrapper*>(object.get())) return;
  object->check();
  object->files();
}
void ask(const std::shared_ptr<Report>&) {}

/// Creates an object, declares its parameters, asks what it is and destroys it, announcing each step.
template <class Base>
void try_as(const Loaded& plugin, auto&& next) {
  const ProcessState before = ProcessState::now();
  const char* doing = "";
  const auto start = [&](const char* what) {
    const std::string changed = before.difference(ProcessState::now());
    if (!changed.empty())
      throw RefusedPlugin(
          {title(plugin.kind, plugin.name) + " " + LeftChanged(changed, std::string(" while it ") + doing).what(),
           {},
           ""},
          plugin.library);
    next(doing = what);
  };
  start("is created");
  std::shared_ptr<Base> object = make<Base>(plugin);
  start("declares its parameters");
  Parameters parameters;
  declare(plugin, *object, parameters);
  start("is asked what it is");
  // Without a value that has no default, the engine would ask no more of it.
  if (std::ranges::none_of(parameters.all(), &Parameter::required)) try {
      ask(object);
    } catch (...) {
    }
  start("is destroyed");
  object.reset();
  start("is done");
}

void try_plugin(const Found& found) {
  const std::string kind = name_of(found.kind);
  const auto next = [&](const char* what) { print({{"next", what}, {"kind", kind}, {"name", found.name}}); };
  json refusal;
  try {
    const Loaded plugin = load_plugin(found);
    visit_base(found.kind, [&]<class Base>(std::type_identity<Base>) { try_as<Base>(plugin, next); });
  } catch (const RefusedPlugin& e) {
    refusal = as_json(e.why);
  }
  print({{"plugin", refusal}, {"kind", kind}, {"name", found.name}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  move_the_pipe();
  reset_signals();
  std::set_terminate([] {
    print({{"uncaught", message_of(std::current_exception())}});
    std::abort();
  });
  const std::filesystem::path library = argv[1];
  print({{"next", "is loaded"}});
  try {
    load_library(library);
  } catch (const RefusedPlugin& e) {
    print({{"library", as_json(e.why)}});
    return 0;
  }
  for (const Found& found : contents_of(library).plugins) try_plugin(found);
  print({{"next", "ended"}});
  return 0;
}
