// On a terminal the program prints colours, a progress bar and curves, elsewhere none of these.
#include <fcntl.h>

#include <cstdlib>

#include "cli/text_curve.hpp"
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

/// What the terminal shows of a run that is ended once the curves of its models appear.
std::string shown_while_running(const World& world) {
  const Terminal terminal;
  Child child(BUILD_DIR "/bin/pipeline",
              {"run", "study.ini", "training.steps=100000000", "metric:accuracy.every=50", "--out", "out"}, world.here,
              world.environment, world.here.parent_path() / "out", terminal.name());
  std::string text;
  BOOST_TEST(child.wait_until([&] {
    text += terminal.shown();  // or a full terminal would stop the program
    return text.find("\n  l2     ") != text.npos;
  }),
             text);
  child.signal(SIGINT);
  check_exit(child.finish(), 75);
  return text + terminal.shown();
}

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_curves)

BOOST_AUTO_TEST_CASE(a_curve_has_eight_heights_and_a_column_for_equal_shares_of_the_steps) {
  using pipeline::cli::TextCurve;
  TextCurve curve;
  BOOST_TEST((curve.empty() && curve.low() == 0 && curve.high() == 0));
  BOOST_TEST(curve.text(0, 1, true) == std::string(24, ' '));
  for (std::uint64_t i = 0; i <= 7; ++i) curve.add(10 * i, 240, static_cast<double>(i));
  curve.add(75, 240, 3);  // the last value of a column counts
  curve.add(100, 240, 7);
  curve.add(110, 240, std::nan(""));
  BOOST_TEST((curve.low() == 0 && curve.high() == 7));
  BOOST_TEST(curve.text(0, 7, true) == "▁▂▃▄▅▆▇▄▄▄█" + std::string(13, ' '));
  BOOST_TEST(curve.text(0, 7, false) == "_.:-=+*---#" + std::string(13, ' '));
  BOOST_TEST(curve.text(7, 7, false) == "___________" + std::string(13, ' '));
  curve.add(240, 240, -1e308);
  BOOST_TEST(characters(curve.text(-1e308, 1e308, true)) == 24u);
}

BOOST_AUTO_TEST_SUITE_END()

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

BOOST_AUTO_TEST_CASE(each_model_has_a_curve_while_it_trains) {
  World world;
  world.write("study.ini", small_study);
  for (const auto& [locale, low] : {std::pair{"C.UTF-8", "▁"}, {"C", "_"}}) {
    fs::remove_all(world.here / "out");
    world.environment["LC_ALL"] = locale;
    std::string text = shown_while_running(world);
    check_says(text, "  accuracy\r\n  plain  ");
    BOOST_TEST((text.find("▁") != text.npos || text.find("█") != text.npos) == (std::string(low) == "▁"));
    // A line that wraps could not be erased.
    for (std::size_t at = 0, end; (end = text.find('\r', at)) != text.npos; at = end + 1) {
      const std::string line = text.substr(at, end - at);
      if (line.find("\033[K[") != line.npos || line.starts_with("\n  plain") || line.starts_with("\n  l2"))
        BOOST_TEST(characters(line) < 3 + 80u, line);
    }
    check_says(text, "\r\033[K\033[A\r\033[K\033[A\r\033[K");  // both curves and the bar are erased
  }
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
