// Whose code runs on this thread, for whoever must say so when the process dies of it.
//
// Kept cheap, for it is set around every hook: a record on the stack of the caller and one pointer to it. A signal
// handler reads the record while its stack frame waits; it holds plain pointers and numbers only.
#pragma once
#include <csignal>
#include <cstdint>
#include <memory>

namespace pipeline::learning {

struct Speaker {
  const char* kind;   // "regulariser"
  const char* name;   // its entry, or the plugin's own
  const char* hook;   // "GradientChange::change"
  const char* model;  // empty where no model is concerned
  std::uint64_t step;
  const char* plugin = "";          // where an entry or a section is not named like it
  const Speaker* before = nullptr;  // who called it: a metric's pass runs hooks of regularisers
};

/// Initial-exec: reading it in a signal handler must never allocate, as a library's thread-locals else may.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local const Speaker* speaking;

/// From here to the end of the scope this plugin speaks. The names must live as long.
class Speaks {
 public:
  explicit Speaks(Speaker who) : who_(who) {
    who_.before = speaking;
    speaking = &who_;
  }
  ~Speaks() { speaking = who_.before; }
  Speaks(const Speaks&) = delete;
  Speaks& operator=(const Speaks&) = delete;

 private:
  Speaker who_;
};

/// A stack for signal handlers, which each thread needs of its own: where a hook used up the usual one, nothing else is
/// left to say so on.
class HandlerStack {
 public:
  HandlerStack();
  ~HandlerStack();
  HandlerStack(const HandlerStack&) = delete;
  HandlerStack& operator=(const HandlerStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
  stack_t before_{};
};

}  // namespace pipeline::learning
