// Files appear complete or not at all, and a failure leaves nothing open and nothing behind.
#include "base/atomic_file.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

namespace {

std::size_t open_files() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

/// While it exists, no file grows beyond this size.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(atomic_files)

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole) {
  const Scratch scratch;
  const auto file = scratch.path() / "new folder" / "a.txt";
  base::write_file(file, "first");
  base::write_file(file, "second");
  BOOST_TEST(read_file(file) == "second");
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}) == 1);
}

BOOST_AUTO_TEST_CASE(an_uncommitted_file_disappears) {
  const Scratch scratch;
  const auto file = scratch.write("a.txt", "old");
  { base::AtomicFile(file).write("new"); }
  BOOST_TEST(read_file(file) == "old");
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_keeps_the_old_file_and_leaks_nothing) {
  const Scratch scratch;
  const auto file = scratch.write("a.txt", "old");
  const std::size_t before = open_files();
  std::string message;
  {
    const FileSizeLimit limit(1000);
    message = message_of([&] { base::write_file(file, std::string(5000, 'x')); });
  }
  BOOST_TEST(message == "cannot write " + file.string() + ": File too large");
  BOOST_TEST(open_files() == before);
  BOOST_TEST(read_file(file) == "old");
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_sync_that_fails_leaves_no_file_open) {
  const Scratch scratch;
  const std::size_t before = open_files();
  const auto unsyncable = scratch.path() / "unsyncable";  // a link, so that a rename would not move /dev/null itself
  std::filesystem::create_symlink("/dev/null", unsyncable);
  for (int i = 0; i < 5; ++i) BOOST_CHECK_THROW(base::commit_file(unsyncable, scratch.path() / "a"), base::FileError);
  BOOST_TEST(open_files() == before);
}

BOOST_AUTO_TEST_SUITE_END()
