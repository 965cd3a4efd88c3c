#include <dlfcn.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <pipeline/files.hpp>
#include <pipeline/report.hpp>

#include "../../plugins/reports/axis_range.hpp"
#include "../../plugins/reports/picture.hpp"
#include "results/run_results.hpp"
#include "support/requirements.hpp"
#include "support/synthetic_run.hpp"

using namespace pipeline;
using namespace synthetic;

BOOST_AUTO_TEST_SUITE(plots)

namespace {
ReportOutput draw(const fs::path& folder, const Occasion& occasion = {100001, true}) {
  void* library = dlopen(BUILD_DIR "/lib/pipeline/plugins/plots.so", RTLD_NOW | RTLD_LOCAL);
  BOOST_REQUIRE_MESSAGE(library, dlerror());
  const auto* plugin = static_cast<const PipelinePlugin*>(dlsym(library, "pipeline_report_plots"));
  return std::unique_ptr<Report>(static_cast<Report*>(plugin->make()))->write(*results::open_run(folder), occasion);
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

bool is_picture(const fs::path& without_kind) {
  const std::string svg = read(without_kind.string() + ".svg"), png = read(without_kind.string() + ".png");
  return svg.find("</svg>") != svg.npos && png.starts_with("\x89PNG") && png.find("IEND") != png.npos;
}

/// For its lifetime, gnuplot is this shell script; if the script is empty, gnuplot cannot be found.
struct OtherGnuplot {
  Folder folder;
  std::string path = std::getenv("PATH");
  explicit OtherGnuplot(const std::string& program) {
    if (!program.empty()) {
      write(folder.path / "gnuplot", "#!/bin/sh\n" + program + "\n");
      fs::permissions(folder.path / "gnuplot", fs::perms::owner_all);
    }
    setenv("PATH", folder.path.c_str(), 1);
  }
  ~OtherGnuplot() { setenv("PATH", path.c_str(), 1); }
};
}  // namespace

BOOST_AUTO_TEST_CASE(each_metric_has_pictures_data_and_a_script,
                     *boost::unit_test::precondition(support::needs_gnuplot)) {
  const Folder folder;
  make_run(folder.path);
  const auto lines = draw(folder.path).lines;
  const fs::path plots = folder.path / "plots";
  BOOST_TEST(lines == std::vector{"plots: 6 pictures in " + plots.string()}, boost::test_tools::per_element());
  for (const char* name :
       {"accuracy", "loss", "loss.penalty", "snr_optimality", "sign_disagreement", "weights_against_c"})
    BOOST_TEST(is_picture(plots / name), name);
  BOOST_TEST(files_in(plots) == 24u);  // six metrics with four files each, and no temporary files

  // The script runs unchanged from inside plots/.
  fs::remove(plots / "accuracy.png");
  BOOST_TEST(std::system(("cd '" + plots.string() + "' && gnuplot ./accuracy.gp").c_str()) == 0);
  BOOST_TEST(is_picture(plots / "accuracy"));
}

BOOST_AUTO_TEST_CASE(data_has_one_row_per_step_and_one_column_per_layer_and_model) {
  const Folder folder;
  make_run(folder.path);
  draw(folder.path);
  std::istringstream panels(read(folder.path / "plots/snr_optimality.tsv")),
      scatter(read(folder.path / "plots/weights_against_c.tsv"));
  std::string line;
  std::getline(panels, line);
  BOOST_TEST(line.starts_with("step\tnoreg layer 1\tl2 layer 1\tdropout layer 1\tnoreg layer 2\t"));
  std::getline(panels, line);
  BOOST_TEST(line.starts_with("0\t0.1465\t0.1465\t0.1465\t0.1771\t"));
  std::getline(scatter, line);
  BOOST_TEST(line == "control W\tcontrol c\tnoreg W\tnoreg c\tl2 W\tl2 c\tdropout W\tdropout c");
  // The number of the node and its S in the title come from metrics.csv.
  BOOST_TEST(read(folder.path / "plots/weights_against_c.gp").find("'node 4 of layer 3, S = 0.138'") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(several_nodes_are_drawn_in_a_grid_of_panels) {
  const Folder folder;
  write(folder.path / "run.json", R"({"pipeline": "two", "steps": 9, "models": ["a"], "metrics": [
    {"section": "s", "plugin": "weights_against_c", "better": "higher"}]})");
  write(folder.path / "metrics.csv",
        "step,model,metric,layer,value\n9,a,s.snr_optimality_12,2,0.5\n9,a,s.snr_optimality_3,2,0.25\n");
  stack(folder.path / "nodes.h5", "/a/s/points", {arma::mat{{1, 0, .6, .8}, {0, 1, .8, .6}}});
  draw(folder.path, {9, true});
  BOOST_TEST(read(folder.path / "plots/s.tsv") == "a W\ta c\ta 2 W\ta 2 c\n1\t0\t0.6\t0.8\n0\t1\t0.8\t0.6\n");
  const std::string script = read(folder.path / "plots/s.gp");
  for (const char* title : {"'node 12 of layer 2, S = 0.500'", "'node 3 of layer 2, S = 0.250'"})
    BOOST_TEST(script.find(title) != script.npos, title);
}

BOOST_AUTO_TEST_CASE(the_line_of_a_model_that_went_back_ends_where_it_was_trained) {
  const Folder folder;
  write(folder.path / "run.json", R"({"pipeline": "two", "steps": 9, "models": ["plain", "stopped", "patient"],
    "stopped_early": {"stopped": {"stop_step": 6, "restored_step": 3}, "patient": {"stop_step": 9, "restored_step": 3}},
    "metrics": [{"section": "loss", "plugin": "loss", "better": "lower"}]})");
  write(folder.path / "metrics.csv",
        "step,model,metric,layer,value\n0,plain,loss,,8\n0,stopped,loss,,8\n0,patient,loss,,8\n"
        "3,plain,loss,,4\n3,stopped,loss,,2\n3,patient,loss,,1\n6,plain,loss,,4\n6,stopped,loss,,2\n6,patient,loss,,5\n"
        "9,plain,loss,,4\n9,patient,loss,,1\n");
  draw(folder.path, {9, true});
  BOOST_TEST(read(folder.path / "plots/loss.tsv") ==
             "step\tplain\tstopped\tpatient\tstopped restored\tpatient restored\n"
             "0\t8\t8\t8\tnan\tnan\n3\t4\t2\t1\tnan\tnan\n6\t4\tnan\t5\t2\tnan\n9\t4\tnan\tnan\tnan\t1\n");
  const std::string script = read(folder.path / "plots/loss.gp");
  for (const char* words : {"using 1:5 notitle with points lt 2 pt 6", "using 1:6 notitle with points lt 3 pt 6",
                            "circle: after going back to earlier weights"})
    BOOST_TEST(script.find(words) != script.npos, words);
}

BOOST_AUTO_TEST_CASE(the_scatter_is_drawn_only_after_the_last_step) {
  const Folder folder;
  make_run(folder.path, 40000);
  const ReportOutput output = draw(folder.path, {20000, false});
  BOOST_TEST((output.lines.empty() && output.warnings.empty()));
  BOOST_TEST(fs::exists(folder.path / "plots/accuracy.gp"));
  BOOST_TEST(!fs::exists(folder.path / "plots/weights_against_c.gp"));
}

BOOST_AUTO_TEST_CASE(unusual_names_and_values_are_drawn, *boost::unit_test::precondition(support::needs_gnuplot)) {
  const Folder folder;
  std::string twenty;
  for (int m = 0; m < 20; ++m) twenty += (m ? ", \"a_model_" : "\"a_model_") + std::to_string(m) + "\"";
  write(folder.path / "run.json", R"({"pipeline": "it_s", "steps": 0, "models": [)" + twenty + R"(], "metrics": [
    {"section": "m", "plugin": "m", "unit": "Paul's <name> $x \"`rm`", "better": "neither"},
    {"section": "n", "plugin": "n", "better": "lower"}, {"section": "never", "plugin": "n", "better": "lower"}]})");
  write(folder.path / "metrics.csv",
        "step,model,metric,layer,value\n"
        "0,a_model_0,m,,nan\n0,a_model_0,n,,5\n0,a_model_0,n,1,5\n0,a_model_0,n,2,5e-300\n0,a_model_3,n,7,"
        "1e300\n0,control,n,7,-1e300\n");
  const ReportOutput output = draw(folder.path, {0, true});
  BOOST_TEST((output.lines.size() == 1 && output.warnings.empty()));
  for (const char* name : {"m", "n"}) BOOST_TEST(is_picture(folder.path / "plots" / name), name);
}

BOOST_AUTO_TEST_CASE(without_gnuplot_scripts_and_data_are_still_written) {
  const Folder folder;
  make_run(folder.path, 4000);
  const OtherGnuplot none("");
  const auto warnings = draw(folder.path).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].starts_with("plots: gnuplot is not installed ('sudo apt-get install gnuplot-nox')"));
  BOOST_TEST(files_in(folder.path / "plots") == 12u);
}

BOOST_AUTO_TEST_CASE(a_failing_gnuplot_produces_a_warning_and_keeps_the_old_picture) {
  const Folder folder;
  make_run(folder.path, 4000);
  fs::create_directories(folder.path / "plots");
  write(folder.path / "plots/accuracy.png", "old");
  const OtherGnuplot broken("echo half > accuracy.png; echo 'line 3: no such terminal' >&2; exit 1");
  const auto warnings = draw(folder.path).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].starts_with("plots: gnuplot failed (line 3: no such terminal)"));
  BOOST_TEST(read(folder.path / "plots/accuracy.png") == "old");
  BOOST_TEST(!fs::exists(folder.path / "plots/.drawing"));
}

BOOST_AUTO_TEST_CASE(a_picture_cut_short_keeps_the_old_one) {
  // On a full disk gnuplot ends as if nothing had happened.
  const std::string svg = "printf '<svg></svg>\\n\\n' > accuracy.svg; ",
                    cut_svg = "echo '<svg><path d=\"M1' > accuracy.svg; ",
                    png = "printf '\\211PNG....IEND\\256B`\\202' > accuracy.png; ",
                    cut_png = "printf '\\211PNG.....' > accuracy.png; ";
  for (const std::string& program :
       std::vector<std::string>{svg + cut_png, svg + ": > accuracy.png", cut_svg + png, png, svg}) {
    const Folder folder;
    make_run(folder.path, 4000);
    fs::create_directories(folder.path / "plots");
    write(folder.path / "plots/accuracy.svg", "old");
    write(folder.path / "plots/accuracy.png", "old");
    const OtherGnuplot full(program);
    const auto warnings = draw(folder.path).warnings;
    BOOST_REQUIRE(warnings.size() == 1u);
    BOOST_TEST(warnings[0].starts_with("plots: " + (folder.path / "plots/accuracy.").string()), warnings[0]);
    BOOST_TEST(warnings[0].find(" could not be written whole: is the disk full?; scripts and data are in ") !=
               std::string::npos);
    BOOST_TEST(read(folder.path / "plots/accuracy.svg") == "old");
    BOOST_TEST(read(folder.path / "plots/accuracy.png") == "old");
    BOOST_TEST(!fs::exists(folder.path / "plots/.drawing"));
  }
}

BOOST_AUTO_TEST_CASE(the_users_terminal_does_not_matter, *boost::unit_test::precondition(support::needs_gnuplot)) {
  const Folder folder;
  make_run(folder.path, 4000);
  for (const char* terminal : {"qt", "x11", "nonsense"}) {
    fs::remove_all(folder.path / "plots");
    setenv("GNUTERM", terminal, 1);
    const auto warnings = draw(folder.path).warnings;
    unsetenv("GNUTERM");
    BOOST_TEST(warnings.empty());
    BOOST_TEST(is_picture(folder.path / "plots/accuracy"));
  }
}

BOOST_AUTO_TEST_CASE(the_advice_works_with_the_users_terminal) {
  const Folder folder;
  make_run(folder.path, 4000);
  setenv("GNUTERM", "qt", 1);
  const OtherGnuplot none("");
  const auto warnings = draw(folder.path).warnings;
  unsetenv("GNUTERM");
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].ends_with(": draw them there with env -u GNUTERM gnuplot ./accuracy.gp"), warnings[0]);
}

BOOST_AUTO_TEST_CASE(a_hanging_gnuplot_is_killed) {
  const OtherGnuplot hanging("while :; do :; done");
  const Folder folder;
  BOOST_TEST((run_program("gnuplot", {"any.gp"}, folder.path, std::chrono::seconds(1)) == Ran::too_slow));
}

BOOST_AUTO_TEST_CASE(the_axis_range_shows_the_end_of_training) {
  Points points;  // .1 once, then .98 to .99 in steps of .0005
  points.push_back({0, .1});
  for (std::uint64_t i = 0; i <= 20; ++i) points.push_back({100 + i, .98 + .0005 * double(i)});
  const auto range = reports::axis_range({&points}, .1);
  BOOST_TEST(range.cut);
  BOOST_TEST(range.low > .97);
  BOOST_TEST(range.high < 1);
  BOOST_TEST(range.low < .98);
  BOOST_TEST(range.high > .99);

  for (auto& p : points) p.value = double(p.step);  // evenly spread values: nothing to cut
  points.front().value = 90;
  const auto whole = reports::axis_range({&points}, std::nullopt);
  BOOST_TEST(!whole.cut);
  BOOST_TEST((whole.low < 90 && whole.high > 120));
}

BOOST_AUTO_TEST_CASE(text_filled_into_a_script_is_not_expanded_again) {
  using reports::fill;
  BOOST_TEST(fill("a < b, <x> and <y>", {{"x", "<y>"}, {"y", "'"}}) == "a < b, <y> and '");
  BOOST_TEST(fill("<unknown> <", {}) == "<unknown> <");
  BOOST_TEST(reports::quoted("Paul's") == "'Paul''s'");
}

BOOST_AUTO_TEST_SUITE_END()
