// Runs gnuplot on one script: a child process without a shell, in a folder of its own, for a limited time.
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace pipeline::reports {

enum class Drawn { done, failed, no_gnuplot, too_slow };

/// Runs `gnuplot script` inside `folder`; what it says on stderr goes to folder/messages.
inline Drawn run_gnuplot(const std::filesystem::path& folder, const std::string& script, std::chrono::seconds limit) {
  struct Actions {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    Actions() { posix_spawn_file_actions_init(&actions), posix_spawnattr_init(&attributes); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions), posix_spawnattr_destroy(&attributes); }
  } child;
  posix_spawn_file_actions_addchdir_np(&child.actions, folder.c_str());  // ours is never changed
  posix_spawn_file_actions_addopen(&child.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&child.actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&child.actions, 2, "messages", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  // The run's own signal settings are not gnuplot's, and a Ctrl-C meant for the run shall not halve a picture.
  sigset_t none, all;
  sigemptyset(&none), sigfillset(&all);
  posix_spawnattr_setsigmask(&child.attributes, &none);
  posix_spawnattr_setsigdefault(&child.attributes, &all);
  posix_spawnattr_setpgroup(&child.attributes, 0);
  posix_spawnattr_setflags(&child.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::string name = "gnuplot", no_settings = "-d", file = script, locale = "LC_ALL=C";
  char* arguments[] = {name.data(), no_settings.data(), file.data(), nullptr};
  std::vector<char*> environment = {locale.data()};
  for (char** variable = environ; *variable; ++variable)
    if (std::strncmp(*variable, "LC_ALL=", 7) != 0) environment.push_back(*variable);
  environment.push_back(nullptr);

  pid_t process = 0;
  const int error = posix_spawnp(&process, "gnuplot", &child.actions, &child.attributes, arguments, environment.data());
  if (error) return error == ENOENT || error == EACCES ? Drawn::no_gnuplot : Drawn::failed;
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  for (pid_t ended = 0; ended != process;) {
    ended = waitpid(process, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) return Drawn::failed;
    if (ended == process) break;
    if (std::chrono::steady_clock::now() > end) {
      kill(process, SIGKILL);
      waitpid(process, &status, 0);
      return Drawn::too_slow;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Drawn::done : Drawn::failed;
}

}  // namespace pipeline::reports
