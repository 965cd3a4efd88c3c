#include "learning/speaking.hpp"

#include <algorithm>

namespace pipeline::learning {

constinit thread_local const Speaker* speaking = nullptr;

HandlerStack::HandlerStack() {
  const std::size_t size = std::max<std::size_t>(64 * 1024, static_cast<std::size_t>(MINSIGSTKSZ));
  memory_ = std::make_unique<char[]>(size);
  stack_t stack{};
  stack.ss_sp = memory_.get();
  stack.ss_size = size;
  ::sigaltstack(&stack, &before_);
}

HandlerStack::~HandlerStack() { ::sigaltstack(&before_, nullptr); }

}  // namespace pipeline::learning
