// Standard input, output and error that are closed, full, or closed at the other end.
#include <nlohmann/json.hpp>

#include "support/csv_rows.hpp"
#include "support/plugin_fixture.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(standard_streams)

BOOST_AUTO_TEST_CASE(nothing_printed_reaches_a_file_where_a_stream_is_closed) {
  const StudyFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "expected"}), 0);
  const std::string expected = fixture.read("expected/metrics.csv");
  int n = 0;
  for (const std::string closed : {">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "<&- >&-"}) {
    const std::string out = "out" + std::to_string(n++);
    check_exit(fixture.bash("$P run study.ini --progress json +report:summary --out " + out + " " + closed), 0);
    BOOST_TEST((fixture.read(out + "/metrics.csv") == expected), closed);
    for (const auto& file : fs::directory_iterator(fixture.here / out))
      if (file.path().extension() == ".json") BOOST_TEST(json::accept(read_file(file.path())), file.path().string());
  }
}

BOOST_AUTO_TEST_CASE(the_programs_beside_the_plugins_settle_their_streams_too) {
  // The probe's results go to its standard output; what a plugin prints must not reach a file that it opened.
  const StudyFixture fixture;
  const std::string programs = BUILD_DIR "/lib/pipeline/";
  check_exit(fixture.bash(programs + "laws --help <&- >&- 2>&-"), 0);
  check_exit(fixture.bash(programs + "probe " + programs + "template/example_regulariser.so <&- >&- 2>&-"), 0);
}

BOOST_AUTO_TEST_CASE(output_that_cannot_be_written_is_an_error_of_every_command) {
  const StudyFixture fixture;
  for (const std::string command :
       {"show study.ini", "check study.ini", "check study.ini --format json", "version", "--help", "run --help",
        "plugins list", "plugins path", "plugins inspect l2", "plugins inspect l2 --json", "plugins doctor",
        "data path mnist", "plugins test " BUILD_DIR "/lib/pipeline/template/example_metric.so", "new metric mine",
        "run study.ini --out out --progress none"}) {
    const Said said = fixture.bash("$P " + command + " >/dev/full");
    BOOST_TEST(said.exit == 1, command);
    BOOST_TEST(said.err.ends_with("error: cannot write standard output: No space left on device\n"),
               command << ": " << said.err);
  }
  BOOST_TEST((json::parse(fixture.read("out/run.json"))["status"] == "finished"));
  // Another error keeps its code.
  check_exit(fixture.bash("$P check study.ini training.stpes=1 --format json >/dev/full"), 2);
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_read_enough_is_no_error) {
  const StudyFixture fixture;
  const Said said = fixture.bash("set -o pipefail; $P run study.ini --out out --progress none | head -n 1");
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
}

BOOST_AUTO_TEST_SUITE_END()
