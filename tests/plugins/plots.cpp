#include <dlfcn.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <pipeline/files.hpp>
#include <pipeline/report.hpp>
#include <set>

#include "../../plugins/reports/axis_range.hpp"
#include "../../plugins/reports/picture.hpp"
#include "results/run_results.hpp"
#include "support/requirements.hpp"
#include "support/synthetic_run.hpp"

using namespace pipeline;
using namespace synthetic;

BOOST_AUTO_TEST_SUITE(plots)

namespace {
using Settings = std::map<std::string, std::string>;

std::unique_ptr<Report> made() {
  void* library = dlopen(BUILD_DIR "/lib/pipeline/plugins/plots.so", RTLD_NOW | RTLD_LOCAL);
  BOOST_REQUIRE_MESSAGE(library, dlerror());
  const auto* plugin = static_cast<const PipelinePlugin*>(dlsym(library, "pipeline_report_plots"));
  return std::unique_ptr<Report>(static_cast<Report*>(plugin->make()));
}

ReportOutput draw(const fs::path& folder, const Occasion& occasion = {100001, true}, const Settings& settings = {}) {
  const auto report = made();
  Parameters parameters;
  report->declare(parameters);
  for (const auto& [name, value] : settings) BOOST_REQUIRE(!parameters.find(name)->set(value));
  return report->write(*results::open_run(folder), occasion);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// A run of one metric, loss, with these rows and further fields of run.json.
void make_small_run(const fs::path& folder, const std::string& models, const std::string& rows,
                    const std::string& fields = "") {
  write(folder / "run.json", R"({"pipeline": "small", "steps": 9, "models": [)" + models + "], " + fields +
                                 R"("metrics": [{"section": "loss", "plugin": "loss", "unit": "nats", "on": "both",
                                 "better": "lower"}]})");
  write(folder / "metrics.csv", "step,model,metric,layer,value\n" + rows);
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
             "step\tplain\tstopped\tpatient\n0\t8\t8\t8\n3\t4\t2\t1\n6\t4\tnan\t5\n9\t4\tnan\tnan\n");
  const std::string script = read(folder.path / "plots/loss.gp");
  for (const char* words : {"set label at 3,2 '' point lt 2 pt 6", "set label at 6,2 '' point lt 2 pt 2",
                            "'stopped (stopped at 6)'", "set label at 3,1 '' point lt 3 pt 6",
                            "circle: the weights that a model went back to; cross: where it stopped"})
    BOOST_TEST(contains(script, words), words);
  BOOST_TEST(!contains(script, "set label at 9,1"));  // patient made all updates
}

BOOST_AUTO_TEST_CASE(test_and_training_set_are_in_one_picture) {
  const Folder folder;
  make_small_run(folder.path, R"("a", "b")",
                 "0,a,loss,,8\n0,a,loss.penalty,,1\n0,a,loss.train,,7\n0,a,loss.train.penalty,,1\n"
                 "0,b,loss,,6\n0,b,loss.train,,5\n");
  draw(folder.path, {0, true});
  BOOST_TEST(read(folder.path / "plots/loss.tsv") == "step\ta\tb\ta training\tb training\n0\t8\t6\t7\t5\n");
  BOOST_TEST(read(folder.path / "plots/loss.penalty.tsv") == "step\ta\ta training\n0\t1\t1\n");
  const std::string script = read(folder.path / "plots/loss.gp");
  BOOST_TEST(contains(script, "solid: test set, dashed: training set; lower is better"));
  BOOST_TEST(contains(read(folder.path / "plots/loss.penalty.gp"), "solid: test set, dashed: training set"));
  BOOST_TEST(contains(script, "using 1:4 notitle with linespoints lt 1 lw 1.2 dt 2"));
  BOOST_TEST(!fs::exists(folder.path / "plots/loss.train.tsv"));
}

BOOST_AUTO_TEST_CASE(the_row_before_the_last_makes_no_stroke) {
  const Folder folder;
  make_small_run(folder.path, R"("a", "b")",
                 "0,a,loss,,8\n10,a,loss,,7\n20,a,loss,,1\n21,a,loss,,5\n0,b,loss,,8\n10,b,loss,,7\n20,b,loss,,6\n");
  draw(folder.path, {21, true});
  BOOST_TEST(read(folder.path / "plots/loss.tsv") == "step\ta\tb\n0\t8\t8\n10\t7\t7\n20\tnan\t6\n21\t5\tnan\n");
}

BOOST_AUTO_TEST_CASE(values_outside_the_axis_are_marked) {
  const Folder folder;
  std::string rows;
  for (int i = 0; i <= 20; ++i)
    rows += std::to_string(10 * i) + ",a,loss,," + std::to_string(i ? 1 + .01 * i : 50) + "\n";
  make_small_run(folder.path, R"("a", "hot")", rows + "0,hot,loss,,50\n10,hot,loss,,1e30\n",
                 R"("failures": {"hot": "infinite"}, )");
  draw(folder.path, {200, true});
  const std::string script = read(folder.path / "plots/loss.gp");
  BOOST_TEST(contains(script, "triangles: values outside the axis, from 50 to 1e+30"));
  BOOST_TEST(contains(script, "title 'hot (failed)'"));
  for (const char* type : {"1", "2"})
    BOOST_TEST(contains(script, ": NaN) notitle with points lt " + std::string(type) + " pt 9"));
  BOOST_TEST(!contains(script, "pt 11 ps 0.9"));  // nothing is below
}

BOOST_AUTO_TEST_CASE(logarithmic_axes_leave_out_what_they_cannot_show) {
  const Folder folder;
  make_small_run(folder.path, "\"a\"", "0,a,loss,,0\n10,a,loss,,0.01\n1000,a,loss,,10\n");
  draw(folder.path, {1000, true}, {{"log_steps", "yes"}, {"log_values", "yes"}});
  std::string script = read(folder.path / "plots/loss.gp");
  for (const char* words : {"set xrange [10:1000]", "set xtics (10, 20, 50, 100, 200, 500, 1000)", "\nset logscale y",
                            "set ytics (0.01, 0.1, 1, 10)", "triangles: values outside the axis, 0;", "has no step 0"})
    BOOST_TEST(contains(script, words), words << script);

  make_small_run(folder.path, "\"a\"", "0,a,loss,,0\n10,a,loss,,-1\n");
  draw(folder.path, {10, true}, {{"log_values", "yes"}});
  script = read(folder.path / "plots/loss.gp");
  BOOST_TEST(contains(script, "no value is above 0, so the axis is not logarithmic"));
  BOOST_TEST(contains(script, "\nunset logscale y"));
}

BOOST_AUTO_TEST_CASE(parameters_choose_metrics_files_size_and_title,
                     *boost::unit_test::precondition(support::needs_gnuplot)) {
  const Folder folder, again;
  for (const fs::path& run : {folder.path, again.path}) {
    make_run(run, 4000);
    draw(run, {4000, true}, {{"metrics", "loss"}, {"format", "pdf"}, {"width", "500"}, {"title", "It's </b> $(x)"}});
  }
  const fs::path plots = folder.path / "plots";
  BOOST_TEST(files_in(plots) == 6u);  // loss and loss.penalty: data, script and pdf
  const std::string pdf = read(plots / "loss.pdf"), script = read(plots / "loss.gp");
  BOOST_TEST((pdf.starts_with("%PDF") && pdf.ends_with("%%EOF\n")));
  BOOST_TEST(pdf == read(again.path / "plots/loss.pdf"));  // it holds no time
  BOOST_TEST(contains(script, "set label 1 'It''s </b> $(x)' "));
  BOOST_TEST(contains(script, "size 500,"));
  BOOST_TEST(contains(script, "'loss; on the test set") == false);
}

BOOST_AUTO_TEST_CASE(metrics_that_do_not_exist_are_named) {
  const Folder folder;
  make_run(folder.path, 2000);
  const OtherGnuplot none("");
  const auto warnings = draw(folder.path, {2000, true}, {{"metrics", "loss, accurcy"}}).warnings;
  BOOST_REQUIRE(!warnings.empty());
  BOOST_TEST(warnings[0] ==
             "plots: metrics names 'accurcy', and there is no section [metric:NAME] of that name (there are: accuracy, "
             "loss, snr_optimality, sign_disagreement, weights_against_c)");
  BOOST_TEST(fs::exists(folder.path / "plots/loss.gp"));
  BOOST_TEST(!fs::exists(folder.path / "plots/accuracy.gp"));

  const auto report = made();
  Parameters parameters;
  report->declare(parameters);
  BOOST_TEST(!parameters.find("metrics")->set("accuracy"));
  BOOST_CHECK_NO_THROW(report->check({"loss", "accuracy"}));
  BOOST_CHECK_THROW(report->check({"loss"}), Misfit);
}

BOOST_AUTO_TEST_CASE(two_sections_that_draw_one_metric_are_named,
                     *boost::unit_test::precondition(support::needs_gnuplot)) {
  const Folder folder;
  make_run(folder.path, 2000);
  const auto warnings = [&](const std::string& metrics) {
    write(folder.path / "resolved.ini",
          "[report:plots]\nmetrics = accuracy\n[report:summary]\n[report:more]\nplugin = plots\nmetrics = " + metrics);
    return draw(folder.path, {2000, true}, {{"metrics", "sign_disagreement"}}).warnings;
  };
  BOOST_TEST(warnings("loss, snr_optimality").empty());
  BOOST_TEST(warnings("loss, accuracy") ==
                 std::vector<std::string>{"plots: [report:plots] and [report:more] both draw accuracy, and only the "
                                          "pictures of one are kept; give them different metrics"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(scatters_have_the_same_axes) {
  const Folder folder;
  write(folder.path / "run.json", R"({"pipeline": "two", "steps": 9, "models": ["a", "b", "flat"], "metrics": [
    {"section": "s", "plugin": "weights_against_c", "better": "higher"}]})");
  write(folder.path / "metrics.csv", "step,model,metric,layer,value\n");
  arma::mat points(200, 2);
  points.fill(.1);
  points(7, 1) = -5;  // of 200 points, two may be outside
  stack(folder.path / "nodes.h5", "/a/s/points", {points});
  stack(folder.path / "nodes.h5", "/b/s/points", {arma::mat{{.5, .1}, {.1, .1}}});
  stack(folder.path / "nodes.h5", "/flat/s/points", {arma::mat{{9, std::nan("")}}});
  draw(folder.path, {9, true});
  const std::string script = read(folder.path / "plots/s.gp");
  BOOST_TEST(contains(script, "set xrange [-0.53:0.53]; set yrange [-0.53:0.53]"));
  BOOST_TEST(script.find("set xrange") == script.rfind("set xrange"));
  BOOST_TEST(contains(script, "squares at the edge: points outside the axes"));
  BOOST_TEST(contains(script, "r = 0.53; edge(x)"));
}

BOOST_AUTO_TEST_CASE(models_differ_without_colour) {
  std::set<std::pair<int, int>> looks;
  for (std::size_t m = 0; m < 60; ++m) looks.insert({reports::marker(m), reports::dash(m)});
  BOOST_TEST(looks.size() == 60u);
  BOOST_TEST(reports::wrapped("one two three", 0) == std::vector<std::string>{"one two three"},
             boost::test_tools::per_element());
  const auto lines = reports::wrapped("the first twenty characters and more words than fit in one line", 200);
  for (const std::string& line : lines) BOOST_TEST(line.size() <= 27u, line);
  BOOST_TEST(lines.size() == 3u);
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
