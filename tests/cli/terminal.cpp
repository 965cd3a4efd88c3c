// On a terminal the program prints colours and a progress bar, elsewhere neither.
#include <fcntl.h>

#include <cstdlib>

#include "support/program.hpp"

using namespace support;

namespace {

/// A pseudo-terminal that the test reads.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0)
      throw std::runtime_error("cannot open a pseudo-terminal");
    name_ = ::ptsname(master_);
    keep_ = ::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // so that output survives the exit of its writer
  }
  Terminal(const Terminal&) = delete;
  ~Terminal() { ::close(keep_), ::close(master_); }

  const std::string& name() const { return name_; }
  std::string shown() const {
    std::string text;
    char chunk[4096];
    for (ssize_t n; (n = ::read(master_, chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(n));
    return text;
  }

 private:
  int master_, keep_ = -1;
  std::string name_;
};

/// The output of the program on a terminal as its standard error.
std::string shown(const World& world, const Words& words, int exit) {
  const Terminal terminal;
  Child child(BUILD_DIR "/bin/pipeline", words, world.here, world.environment, world.here.parent_path() / "out",
              terminal.name());
  check_exit(child.finish(), exit);
  return terminal.shown();
}

}  // namespace

/// Some containers have no pseudo-terminals. Then the tests are skipped and the reason is printed.
boost::test_tools::assertion_result there_are_terminals(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(::access("/dev/pts/ptmx", F_OK) == 0);
  if (!result) result.message() << "this machine has no pseudo-terminals (/dev/pts is not mounted)";
  return result;
}

BOOST_AUTO_TEST_SUITE(terminal, *boost::unit_test::precondition(there_are_terminals))

BOOST_AUTO_TEST_CASE(errors_are_red_unless_NO_COLOR_is_set) {
  World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = -1"));
  const std::string red = "\033[1;31merror:\033[0m";
  check_says(shown(world, {"check", "study.ini"}, 2), "study.ini:14:9: " + red + " value '-1' of steps");
  check_says(shown(world, {"check", "nosuch.ini"}, 2), red + " there is no file 'nosuch.ini' here");
  world.environment["NO_COLOR"] = "";  // an empty value is ignored, as no-color.org specifies
  check_says(shown(world, {"check", "study.ini"}, 2), red);
  world.environment["NO_COLOR"] = "1";
  const std::string plain = shown(world, {"check", "study.ini"}, 2);
  check_says(plain, "study.ini:14:9: error: value '-1' of steps");
  BOOST_TEST(plain.find('\033') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bar_shows_progress_and_is_erased_at_the_end) {
  World world;
  world.write("study.ini", small_study);
  const std::string bar = shown(world, {"run", "study.ini", "--out", "a"}, 0);
  check_says(bar, "\r\033[K[");
  check_says(bar, " steps/s");
  BOOST_TEST(bar.ends_with("\r\033[K"));
  BOOST_TEST(shown(world, {"run", "study.ini", "--progress", "none", "--out", "b"}, 0) == "");
  // A line that wraps could not be erased.
  for (std::size_t at = 0; (at = bar.find("\033[K", at)) != std::string::npos; ++at)
    BOOST_TEST(bar.substr(at, bar.find('\r', at) - at).size() < 3 + 80u);
}

BOOST_AUTO_TEST_CASE(an_error_starts_on_a_line_of_its_own) {
  World world;
  const std::string said = shown(world, {"run", "mnist_snr.ini", "dataset.mirrors=http://127.0.0.1:1/"}, 4);
  const std::size_t error = said.find("\033[1;31merror:");
  BOOST_TEST_REQUIRE(error != std::string::npos);
  BOOST_TEST_REQUIRE(error > 0u);
  BOOST_TEST(said[error - 1] == '\n');
}

BOOST_AUTO_TEST_SUITE_END()
