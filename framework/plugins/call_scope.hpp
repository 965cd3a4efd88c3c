// Which plugin is being called on this thread, for the message that names the plugin when the process crashes.
//
// Set around every hook, so it is cheap: a record on the caller's stack and one pointer to it. A signal handler reads
// the record, so it consists of plain pointers and numbers.
#pragma once
#include <cstdint>

namespace pipeline::plugins {

struct PluginCall {
  const char* kind;   // "regulariser"
  const char* name;   // of the entry or section
  const char* hook;   // "GradientChange::change"
  const char* model;  // empty if the call concerns no model
  std::uint64_t step;
  const char* plugin = "";             // if the entry or section has another name
  const PluginCall* caller = nullptr;  // the enclosing call: a metric's forward pass runs other hooks
};

/// Initial-exec: a signal handler must read it without allocating, as access to a library's thread-locals may do.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local const PluginCall* current_call;

/// Records a call until the end of the scope. The names must outlive it.
class CallScope {
 public:
  explicit CallScope(PluginCall call) : call_(call) {
    call_.caller = current_call;
    current_call = &call_;
  }
  ~CallScope() { current_call = call_.caller; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

 private:
  PluginCall call_;
};

}  // namespace pipeline::plugins
