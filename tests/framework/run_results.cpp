// Reading a run folder: rows, figures of nodes.h5, and the error messages for damaged files.
#include <boost/test/unit_test.hpp>

#include "results/run_results.hpp"
#include "support/synthetic_run.hpp"

using namespace pipeline;
using namespace synthetic;

BOOST_AUTO_TEST_SUITE(run_results)

namespace {
std::string complaint(const fs::path& folder) {
  try {
    results::open_run(folder);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}
const std::string header = "step,model,metric,layer,value\n";
}  // namespace

BOOST_AUTO_TEST_CASE(a_run_folder_is_read) {
  const Folder folder;
  make_run(folder.path);
  const auto opened = results::open_run(folder.path);
  const RunResults& run = *opened;
  BOOST_TEST(run.pipeline == "mnist_snr");
  BOOST_TEST(run.steps == 100001u);
  BOOST_TEST(run.models == models, boost::test_tools::per_element());
  BOOST_TEST(run.class_names.empty());
  BOOST_TEST(run.metrics.size() == 5u);
  BOOST_TEST(run.metrics[1].section == "loss");
  BOOST_TEST((run.metrics[1].info.better == Direction::lower));
  const Row& first = run.rows.front();
  BOOST_TEST((first.step == 0 && first.model == "control" && first.metric == "accuracy" && first.layer == 0));
  BOOST_TEST(first.value == .1009);
  BOOST_TEST(run.rows[3].layer == 1u);
  BOOST_TEST(run.rows.back().step == 100001u);
}

BOOST_AUTO_TEST_CASE(the_names_of_classes_are_read) {
  const Folder folder;
  const std::string text = description;
  write(folder.path / "run.json", R"({"class_names": ["3", "8"], )" + text.substr(1));
  write(folder.path / "metrics.csv", header);
  BOOST_TEST((results::open_run(folder.path)->class_names == std::vector<std::string>{"3", "8"}));
}

BOOST_AUTO_TEST_CASE(an_unfinished_last_line_is_ignored) {
  const Folder folder;
  write(folder.path / "run.json", description);
  for (const std::string cut : {"", "2", "200,noreg,accu", "200,noreg,accuracy,,0.98"}) {
    write(folder.path / "metrics.csv", header + "0,noreg,accuracy,,0.1\n0,noreg,signal_factor,2,nan\n" + cut);
    const auto opened = results::open_run(folder.path);
    const RunResults& run = *opened;
    BOOST_TEST(run.rows.size() == 2u);
    BOOST_TEST(std::isnan(run.rows[1].value));
  }
}

BOOST_AUTO_TEST_CASE(complaints_name_the_file_and_the_line) {
  const Folder folder;
  const std::string csv = (folder.path / "metrics.csv").string(), json = (folder.path / "run.json").string();
  BOOST_TEST(complaint(folder.path).starts_with(json + ": cannot be read"));
  write(json, "{\"pipeline\": \"x\"");
  BOOST_TEST(complaint(folder.path).starts_with(json + ": "));
  write(json, description);
  BOOST_TEST(complaint(folder.path).starts_with(csv + ": cannot be read"));
  write(csv, "step,value\n");
  BOOST_TEST(complaint(folder.path).starts_with(csv + ":1: "));
  for (const std::string bad : {"x,noreg,accuracy,,0.1", "0,noreg,accuracy,0.1", "0,noreg,accuracy,,0.1,",
                                "0,noreg,accuracy,,", "0,noreg,accuracy,-1,0.1", "0,noreg,accuracy,,0.1x", ""}) {
    write(csv, header + "0,noreg,accuracy,,0.1\n" + bad + "\n");
    BOOST_TEST(complaint(folder.path) == csv + ":3: '" + bad + "' is not a row step,model,metric,layer,value");
  }
}

BOOST_AUTO_TEST_CASE(steps_that_are_no_whole_numbers_are_refused) {
  const Folder folder;
  const std::string file = (folder.path / "run.json").string();
  for (const std::string step : {"-1", "1e300", "1.5", "true", "18446744073709551616"})
    for (const std::string form : {R"("steps": *)", R"("steps": 9, "stopped_early": {"a": *})",
                                   R"("steps": 9, "stopped_early": {"a": {"stop_step": 3, "restored_step": *}})"}) {
      if (step == "true" && form.ends_with("{\"a\": *}")) continue;  // not even an attempt at a number
      const std::size_t at = form.find('*');
      write(file, R"({"pipeline": "x", "models": [], "metrics": [], )" + form.substr(0, at) + step +
                      form.substr(at + 1) + "}");
      const std::string said = complaint(folder.path);
      BOOST_TEST(said.starts_with(file + ": "), said);
      BOOST_TEST(said.ends_with(" is not a whole number"), said);
    }
}

// Copying and printing such a value would exhaust the stack.
BOOST_AUTO_TEST_CASE(a_description_that_is_nested_deeply_is_refused) {
  const Folder folder;
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  write(folder.path / "run.json",
        R"({"pipeline": "x", "steps": 1, "models": [], "metrics": [], "stopped_early": )" + deep + "}");
  BOOST_TEST(complaint(folder.path) ==
             (folder.path / "run.json").string() + ": is nested more than 32 levels deep, so no run wrote it");
}

BOOST_AUTO_TEST_CASE(newest_is_the_last_measurement_with_the_shape_that_h5py_shows) {
  const Folder folder;
  write(folder.path / "run.json", description);
  write(folder.path / "metrics.csv", header);
  const auto opened = results::open_run(folder.path);
  const RunResults& run = *opened;
  BOOST_TEST(run.newest("noreg", "accuracy", "1").is_empty());  // no file yet
  const arma::mat old = {{9, 9, 9}, {9, 9, 9}}, wide = {{1, 2, 3}, {4, 5, 6}};
  stack(folder.path / "nodes.h5", "/noreg/some/matrix", {old, wide});
  stack(folder.path / "nodes.h5", "/noreg/some/1", {arma::vec{9, 9}, arma::vec{9, 9}, arma::vec{7, 8}});
  BOOST_TEST(arma::approx_equal(run.newest("noreg", "some", "matrix"), wide, "absdiff", 0));
  BOOST_TEST(arma::approx_equal(run.newest("noreg", "some", "1"), arma::vec{7, 8}, "absdiff", 0));
  BOOST_TEST(run.newest("l2", "some", "matrix").is_empty());
  BOOST_TEST(run.newest("noreg", "some", "2").is_empty());
  write(folder.path / "nodes.h5", "cut off");
  BOOST_CHECK_THROW(run.newest("noreg", "some", "1"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_rows_are_read) {
  const Folder folder;
  write(folder.path / "run.json", description);
  std::string text = header;
  for (int i = 0; i < 100000; ++i) text += std::to_string(200 * i) + ",dropout,sign_disagreement,2,0.123456789\n";
  write(folder.path / "metrics.csv", text);
  const auto opened = results::open_run(folder.path);
  const RunResults& run = *opened;
  BOOST_TEST(run.rows.size() == 100000u);
  BOOST_TEST(run.rows.front().step == 0u);
  BOOST_TEST(run.rows.back().step == 19'999'800u);
  BOOST_TEST(run.rows.back().value == 0.123456789);
}

BOOST_AUTO_TEST_SUITE_END()
