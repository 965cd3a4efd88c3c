// Every call into a plugin is made inside a CallScope. It notes which plugin is being called on this thread, for the
// message that names the plugin when the process crashes or is ended; and it finds out what the plugin leaves changed
// for everybody else, which is then restored.
//
// Set around every hook, so it is cheap: a record on the caller's stack, a pointer to it, and a register that is read.
// A signal handler reads the record, so it consists of plain pointers and numbers.
#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "plugins/arithmetic.hpp"

namespace pipeline::plugins {

class Changes;
enum class Shared : unsigned;

struct PluginCall {
  const char* kind;   // "regulariser"
  const char* name;   // of the entry or section
  const char* hook;   // "GradientChange::change"
  const char* model;  // empty if the call concerns no model
  std::uint64_t step;
  const char* plugin = "";             // if the entry or section has another name
  const PluginCall* caller = nullptr;  // the enclosing call: a metric's forward pass runs other hooks
};

/// A plugin left something changed that it shares with the rest of the program: how this thread rounds, the working
/// directory, ... It is restored already.
struct LeftChanged : std::runtime_error {
  explicit LeftChanged(const std::string& what, const std::string& when = "")
      : std::runtime_error("changes " + what + when + " and must restore it"), changed(what) {}
  std::string changed;
};

/// Initial-exec: a signal handler must read it without allocating, as access to a library's thread-locals may do.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local const PluginCall* current_call;
/// How this thread computes, as it was found before its first call into a plugin and has been restored after each since:
/// reading the register before each call as well would take as long again.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Arithmetic usual_arithmetic;
/// What the plugin that is being called has changed for everybody; null as long as it has changed nothing.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Changes* changes_of_call;

/// To be called before each function of the C library that changes something for everybody. Notes how it was, if a
/// plugin is being called.
void about_to_change_the_process(Shared kind);

/// Records a call until the end of the scope. The names must outlive it.
class CallScope {
 public:
  explicit CallScope(PluginCall call) : call_(call), changes_of_caller_(changes_of_call) {
    if (!usual_arithmetic.is_known()) [[unlikely]]
      usual_arithmetic = Arithmetic::now();
    call_.caller = current_call;
    current_call = &call_;
    changes_of_call = nullptr;
  }
  ~CallScope() {
    if (!is_checked_ && may_have_changed()) [[unlikely]]
      restore();
    current_call = call_.caller;
    changes_of_call = changes_of_caller_;
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  /// Throws LeftChanged if the plugin has changed something and not restored it.
  void expect_unchanged() {
    is_checked_ = true;
    if (may_have_changed()) [[unlikely]]
      if (const std::string what = restore(); !what.empty()) throw LeftChanged(what);
  }
  /// Calls f, then expects everything unchanged.
  template <class F>
  decltype(auto) run(F&& f) {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
      f();
      expect_unchanged();
    } else {
      decltype(auto) result = f();
      expect_unchanged();
      return result;
    }
  }

 private:
  static bool may_have_changed() { return changes_of_call || Arithmetic::now() != usual_arithmetic; }
  /// Returns what was changed.
  static std::string restore();

  PluginCall call_;
  Changes* changes_of_caller_;
  bool is_checked_ = false;  // the plugin has returned, and what it left was seen
};

/// What the exception that is being handled says, whatever it is.
std::string what_was_thrown();

/// Calls f, which calls the plugin, inside a CallScope.
template <class F>
decltype(auto) call(const PluginCall& call, F&& f) {
  return CallScope(call).run(f);
}

}  // namespace pipeline::plugins
