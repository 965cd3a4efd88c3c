// `pipeline report`: a page for any folder of a run or sweep. What is on the page: tests/page.
#include "support/plugin_fixture.hpp"
#include "support/requirements.hpp"

using namespace support;

BOOST_FIXTURE_TEST_SUITE(report, StudyFixture)

BOOST_AUTO_TEST_CASE(a_run_and_a_sweep_get_a_page_each) {
  BOOST_TEST(run({"run", "study.ini", "--out", "r", "--progress", "none"}).exit == 0);
  BOOST_TEST(!fs::exists(here / "r/report.html"));  // the study has no report that writes one
  BOOST_TEST(run({"sweep", "study.ini", "pipeline.seed={1..2}", "--out", "s", "--progress", "none"}).exit == 0);
  BOOST_TEST(fs::exists(here / "s/report.html"));  // as every sweep
  fs::remove(here / "s/report.html");
  const Said said = run({"report", "r", "s"});
  BOOST_TEST(said.exit == 0);
  check_says(said.out, "report: r/report.html\nreport: s/report.html\n");
  BOOST_TEST(said.err == "");
  for (const char* page : {"r/report.html", "s/report.html"}) {
    const std::string html = read(page);
    check_says(html, "Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-");
    BOOST_TEST(html.ends_with("</html>\n"));
  }
}

BOOST_AUTO_TEST_CASE(on_a_terminal_the_curves_are_text, *boost::unit_test::precondition(needs_gnuplot)) {
  check_exit(run({"run", "study.ini", "--out", "r", "--progress", "none"}), 0);
  const Said said = run({"report", "--terminal", "r"});
  check_exit(said, 0);
  check_says(said.out, "accuracy (share of the samples)\n");
  check_says(said.out, "plain ****");
  std::istringstream in(said.out);
  for (std::string line; std::getline(in, line);) BOOST_TEST(line.size() <= 80u, line);
  BOOST_TEST(!fs::exists(here / "r/report.html"));
  check_says(run({"report", "--terminal", "."}).err, "is not a run: it has no metrics.csv");
}

BOOST_AUTO_TEST_CASE(other_folders_are_refused_by_name) {
  fs::create_directory(here / "empty");
  check_says(run({"report"}).err, "report needs the folder of a run or sweep: pipeline report RUN|SWEEP ...");
  check_says(run({"report", "nowhere"}).err, "there is no folder 'nowhere'; pass the folder of a run or a sweep");
  const Said said = run({"report", "empty"});
  BOOST_TEST(said.exit != 0);
  check_says(said.err, "empty is neither a run (it has no metrics.csv) nor a sweep (it has no jobs.csv)");
}

BOOST_AUTO_TEST_CASE(a_damaged_run_is_an_error_and_leaves_no_page) {
  BOOST_TEST(run({"run", "study.ini", "--out", "r", "--progress", "none"}).exit == 0);
  write("r/run.json", "{");
  const Said said = run({"report", "r"});
  BOOST_TEST(said.exit != 0);
  check_says(said.err, "r/run.json");
  BOOST_TEST(!fs::exists(here / "r/report.html"));
}

BOOST_AUTO_TEST_SUITE_END()
