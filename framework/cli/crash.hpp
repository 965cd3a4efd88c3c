// When the process dies inside a plugin, it says whose code it was: plugin, hook, model and step.
#pragma once

namespace pipeline::cli {

/// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and std::terminate name who spoke before they end the process as
/// they always do: the exit status still tells the signal. Threads that may use up their stack hold a
/// learning::HandlerStack, and so does the caller.
void name_who_crashes();
/// From now on a hook that calls exit or quick_exit is named as well, and the exit code is that of a plugin that fails.
/// What is registered last runs first: said again once all plugins are loaded, nothing of theirs has ended before.
void name_who_exits();

}  // namespace pipeline::cli
