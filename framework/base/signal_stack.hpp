// A stack for signal handlers, one per thread: a stack overflow leaves no room on the usual one.
#pragma once
#include <csignal>
#include <memory>

namespace pipeline::base {

class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
  stack_t before_{};
};

}  // namespace pipeline::base
