// Linked into every program: what must be settled before the libraries initialise themselves.
//
//   descriptors 0 to 2   Those that the caller closed are opened on /dev/null. Otherwise the first file that is opened
//                        gets such a number, and what the program prints ends up in it.
//   OpenBLAS             reads its number of threads from the environment and starts them while it is loaded. The
//                        engine needs one. Each further one takes 140 MB of address space; where that is limited
//                        (ulimit -v, batch systems), it asks for them for ever. The environment of a process is fixed
//                        when it starts, so the program starts itself again with the variable set.
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <initializer_list>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PIPELINE_BEFORE_INITIALISATION __attribute__((no_sanitize("address", "thread", "undefined")))
#else
#define PIPELINE_BEFORE_INITIALISATION
#endif

constexpr const char kThreads[] = "OPENBLAS_NUM_THREADS=";

PIPELINE_BEFORE_INITIALISATION bool is_threads(const char* variable) {
  return std::strncmp(variable, kThreads, sizeof kThreads - 1) == 0;
}

/// The system call execve. The C library's function of this name is the program's own (cli/interposed.cpp), which is not
/// ready yet.
PIPELINE_BEFORE_INITIALISATION void replace_by(const char* program, char** words, char** variables) {
#if defined(__x86_64__)
  long result = SYS_execve;
  asm volatile("syscall" : "+a"(result) : "D"(program), "S"(words), "d"(variables) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long number asm("x8") = SYS_execve;
  register long result asm("x0") = reinterpret_cast<long>(program);
  register char** second asm("x1") = words;
  register char** third asm("x2") = variables;
  asm volatile("svc 0" : "+r"(result) : "r"(number), "r"(second), "r"(third) : "memory");
#endif
}

/// Whether the caller started the loader, and the loader this program: then /proc/self/exe is the loader.
PIPELINE_BEFORE_INITIALISATION bool is_started_by_the_loader() {
  const auto* const given = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  struct stat program, running;
  return given && ::stat(given, &program) == 0 && ::stat("/proc/self/exe", &running) == 0 &&
         (program.st_dev != running.st_dev || program.st_ino != running.st_ino);
}

PIPELINE_BEFORE_INITIALISATION void start_with_one_thread(char** argv, char** environment) {
  std::size_t count = 0;
  for (const char* first = nullptr; environment[count]; ++count)
    if (!first && is_threads(environment[count])) {
      first = environment[count] + sizeof kThreads - 1;
      if (std::strcmp(first, "1") == 0) return;
    }
  if (is_started_by_the_loader()) return;
  char one[] = "OPENBLAS_NUM_THREADS=1", program[4096];
  const ssize_t length = ::readlink("/proc/self/exe", program, sizeof program - 1);
  if (length <= 0) return;
  program[length] = 0;
  // There is no heap yet. The kernel keeps the environment within a quarter of the stack.
  char** const changed = static_cast<char**>(__builtin_alloca((count + 2) * sizeof(char*)));
  std::size_t at = 0;
  changed[at++] = one;
  for (std::size_t i = 0; i < count; ++i)
    if (!is_threads(environment[i])) changed[at++] = environment[i];
  changed[at] = nullptr;
  replace_by(program, argv, changed);
  // It has failed: the program goes on with the threads that OpenBLAS chooses.
}

PIPELINE_BEFORE_INITIALISATION void before_initialisation(int, char** argv, char** environment) {
  for (const int descriptor : {0, 1, 2})
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDWR);  // gets the lowest free number
  start_with_one_thread(argv, environment);
}

// The linker's list of functions that run before every constructor, those of the libraries included. The C library is
// not initialised then: the functions above use system calls and plain memory only.
[[gnu::used, gnu::section(".preinit_array")]] void (*const first)(int, char**, char**) = before_initialisation;

}  // namespace
