// Turns an exception from a command into a message and an exit code.
#pragma once
#include <functional>

namespace pipeline::cli {

int guarded(const std::function<int()>& command);

}  // namespace pipeline::cli
