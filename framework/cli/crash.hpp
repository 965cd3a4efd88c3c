// When the process dies inside a plugin, a message names the plugin, hook, model and step.
#pragma once

namespace pipeline::cli {

/// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and std::terminate report the plugin being called before they
/// end the process as usual: its exit status still shows the signal. The caller, and every thread that may overflow its
/// stack, must have a base::SignalStack.
void name_plugin_on_crash();
/// From now on a hook that calls exit or quick_exit is reported too, and the exit code is that of a failing plugin.
/// Exit handlers run in reverse order, so call this again once all plugins are loaded: it then runs before theirs.
void name_plugin_on_exit();

}  // namespace pipeline::cli
