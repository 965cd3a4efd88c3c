// pipeline-mpi: runs the jobs of a sweep on the ranks of an MPI program.
//
//   mpirun -n 65 pipeline-mpi FILE section.key={...} ... --out DIR      the words are those of `pipeline sweep`
//
// Rank 0 asks `pipeline sweep --list` for the commands of the missing jobs and hands them to the other ranks as they
// come free; these start `pipeline run`. At the end rank 0 writes the tables (`--gather`), and its exit code is
// that of this program. INT, TERM and USR1 ask every run to write a checkpoint and end (75). The program itself does not
// need MPI; this one is separate, because loading MPI would cost every command a quarter of a second.
#include <fcntl.h>
#include <mpi.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

extern char** environ;

namespace {

constexpr int kStopped = 75;
enum Tag { kReady, kCommand, kNoMore };

volatile std::sig_atomic_t stop = 0;
volatile pid_t child = 0;

void on_signal(int) {
  stop = 1;
  if (const pid_t pid = child; pid > 0) ::kill(pid, SIGUSR1);
}

void sleep_a_moment() {
  const timespec time{0, 50'000'000};
  ::nanosleep(&time, nullptr);
}

/// Starts `/bin/sh -c command`, with its output in `out` (-1: this program's). Returns its process.
pid_t started(const std::string& command, int out = -1) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  if (out >= 0) ::posix_spawn_file_actions_adddup2(&files, out, 1);
  std::string shell = "sh", option = "-c", text = "exec " + command;
  std::array<char*, 4> words = {shell.data(), option.data(), text.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/bin/sh", &files, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  return error ? -1 : pid;
}

/// The exit code of a process, as a shell has it.
int code_of(pid_t pid) {
  if (pid < 0) return 126;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// The lines that a command prints, and its exit code.
std::pair<std::vector<std::string>, int> lines_of(const std::string& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {{}, 126};
  const pid_t pid = started(command, ends[1]);
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> some{};
  for (ssize_t n = 0; (n = ::read(ends[0], some.data(), some.size())) != 0;) {
    if (n > 0) text.append(some.data(), static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR) break;
  }
  ::close(ends[0]);
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return {lines, code_of(pid)};
}

/// Hands out the commands until all are done and every rank has been told so.
void hand_out(const std::vector<std::string>& commands, int ranks) {
  std::size_t next = 0, failed = 0, ended = 0;
  for (int working = ranks - 1; working > 0;) {
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, kReady, MPI_COMM_WORLD, &there, &status);  // a blocking receive would occupy a core
    if (!there) {
      sleep_a_moment();
      continue;
    }
    int code = 0;  // of the job before; negative at the start
    MPI_Recv(&code, 1, MPI_INT, status.MPI_SOURCE, kReady, MPI_COMM_WORLD, &status);
    if (code >= 0) {
      ++ended;
      failed += code != 0 && code != kStopped;
      std::cerr << ended << " of " << commands.size() << " jobs ended"
                << (failed ? ", " + std::to_string(failed) + " failed" : "") << std::endl;
    }
    if (next < commands.size() && !stop) {
      const std::string& command = commands[next++];
      MPI_Send(command.data(), static_cast<int>(command.size()), MPI_CHAR, status.MPI_SOURCE, kCommand, MPI_COMM_WORLD);
    } else {
      MPI_Send(nullptr, 0, MPI_CHAR, status.MPI_SOURCE, kNoMore, MPI_COMM_WORLD);
      --working;
    }
  }
}

/// Runs the commands that rank 0 sends.
void work() {
  const int quiet = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  for (int code = -1;;) {
    MPI_Send(&code, 1, MPI_INT, 0, kReady, MPI_COMM_WORLD);
    MPI_Status status;
    for (int there = 0; !there;) {
      MPI_Iprobe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
      if (!there) sleep_a_moment();
    }
    int size = 0;
    MPI_Get_count(&status, MPI_CHAR, &size);
    std::string command(static_cast<std::size_t>(size), ' ');
    MPI_Recv(command.data(), size, MPI_CHAR, 0, status.MPI_TAG, MPI_COMM_WORLD, &status);
    if (status.MPI_TAG == kNoMore) break;
    const pid_t pid = started(command, quiet);
    child = pid;
    if (stop && pid > 0) ::kill(pid, SIGUSR1);
    code = code_of(pid);
    child = 0;
  }
  ::close(quiet);
}

int sweep(int argc, char** argv, int ranks) {
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "pipeline";
  std::string command = quoted(beside.string()) + " sweep";
  for (int i = 1; i < argc; ++i) command += " " + quoted(argv[i]);
  const auto [commands, code] = lines_of(command + " --list");
  hand_out(code == 0 ? commands : std::vector<std::string>{}, ranks);
  if (code != 0) return code;
  if (stop) return kStopped;
  return code_of(started(command + " --gather"));
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(number, &action, nullptr);
  int rank = 0, ranks = 1, code = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (rank == 0)
    code = sweep(argc, argv, ranks);
  else
    work();
  MPI_Finalize();
  return code;
}
