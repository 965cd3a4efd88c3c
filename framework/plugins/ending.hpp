// What happens when code that is not the program's own ends the program: calls exit(), _exit() and their kind, or has
// another program replace it. The program's own ends are a return from main() and end_now().
#pragma once

namespace pipeline::plugins {

/// `function` is the one called: "exit". Does not return. Called at most once; other threads then wait for the end.
using WhenEnded = void (*)(const char* function, int code);
/// From now on, in this process but not in those that it forks.
void when_ended_by_a_plugin(WhenEnded action);
/// Called by the functions that end a process, before they do (cli/interposed.cpp). Returns where they may.
void about_to_end_the_process(const char* function, int code);

/// Ends the process at once.
[[noreturn]] void end_now(int code);

}  // namespace pipeline::plugins
