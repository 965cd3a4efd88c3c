#include "base/signal_stack.hpp"

#include <algorithm>

namespace pipeline::base {

SignalStack::SignalStack() {
  const std::size_t size = std::max<std::size_t>(64 * 1024, static_cast<std::size_t>(MINSIGSTKSZ));
  memory_ = std::make_unique<char[]>(size);
  stack_t stack{};
  stack.ss_sp = memory_.get();
  stack.ss_size = size;
  ::sigaltstack(&stack, &before_);
}

SignalStack::~SignalStack() { ::sigaltstack(&before_, nullptr); }

}  // namespace pipeline::base
