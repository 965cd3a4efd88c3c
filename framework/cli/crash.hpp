// When the process dies inside a plugin, a message names the plugin, hook, model and step.
#pragma once

namespace pipeline::cli {

/// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and std::terminate report the plugin being called before they
/// end the process as usual: its exit status still shows the signal. The caller, and every thread that may overflow its
/// stack, must have a base::SignalStack.
void name_plugin_on_crash();
/// From now on a plugin that calls exit(), _exit() or their kind is reported too, and the exit code is that of a
/// failing plugin (see interposed.cpp).
void name_plugin_on_exit();
/// From now on a thread that receives SIGALRM reports the plugin that it is calling, if any, and continues.
void name_plugin_on_alarm();

}  // namespace pipeline::cli
