// A file of whole lines stays one, whatever ends a write.
#include "base/append_file.hpp"

#include <sys/resource.h>

#include <csignal>

#include "support/scratch.hpp"

using namespace support;
using pipeline::base::AppendFile;
using pipeline::base::FileError;

namespace {

/// For its lifetime, no file of this process may become larger.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
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

BOOST_AUTO_TEST_SUITE(append_file)

BOOST_AUTO_TEST_CASE(lines_of_any_length_are_appended_in_order) {
  const Scratch scratch;
  AppendFile file(scratch.path() / "f");
  std::string all;
  for (const std::size_t length : {10u, 4090u, 1u, 9000u, 3u, 5000u}) {
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += std::string(length / (i % 7 + 1), static_cast<char>('a' + i % 26)) + "\n";
    file.append(lines);
    all += lines;
    BOOST_TEST((read_file(scratch.path() / "f") == all));
  }
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_leaves_whole_lines) {
  for (const rlim_t room : {1u, 5u, 6u, 7u, 100u, 4096u, 4097u, 5000u}) {
    const Scratch scratch;
    AppendFile file(scratch.path() / "f");
    file.append("12345\n");
    std::string lines;
    for (int i = 1000; i < 3000; ++i) lines += std::to_string(i) + "\n";
    std::string message;
    {
      const FileSizeLimit limit(6 + room);
      message = message_of([&] { file.append(lines); });
    }
    BOOST_TEST(message == "cannot write " + (scratch.path() / "f").string() + ": File too large");
    BOOST_TEST(read_file(scratch.path() / "f") == "12345\n" + lines.substr(0, room - room % 5));
    file.append("end\n");  // and the file can grow again from there
    BOOST_TEST(read_file(scratch.path() / "f").ends_with("\nend\n"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
