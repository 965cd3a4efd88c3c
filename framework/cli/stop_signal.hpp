// The signals that end a run or a sweep in good order.
#pragma once
#include <atomic>

namespace pipeline::cli {

/// From now on INT, TERM, USR1 and HUP (unless it is ignored) set the result. After that a second INT or TERM ends the
/// program at once.
const std::atomic<int>& listen_for_signals();

}  // namespace pipeline::cli
