// Nothing in a pipeline, a data file or a name of a folder reaches a shell or gnuplot as code, and no name leaves the
// run folder.
#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// Each would create the file `pwned` if a shell or gnuplot ran it.
const Words attacks = {"$(touch pwned)",
                       "`touch pwned`",
                       "'; touch pwned; '",
                       "\"; system('touch pwned'); \"",
                       "x' . system('touch pwned') . '",
                       "@system('touch pwned')",
                       "| touch pwned",
                       "\\n!touch pwned",
                       "<script>touch('pwned')</script>",
                       "%s%n"};

std::string quoted_cell(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// As a pipeline file takes any text.
std::string quoted_value(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return out + "\"";
}

bool was_run(const fs::path& below) {
  for (const auto& file : fs::recursive_directory_iterator(below))
    if (file.path().filename() == "pwned") return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(injection)

BOOST_AUTO_TEST_CASE(labels_columns_and_folders_are_never_run,
                     *boost::unit_test::precondition(support::needs_gnuplot)) {
  const World world;
  std::string table = "a," + quoted_cell(attacks[0]) + ",label\n";
  for (std::size_t i = 0; i < 200; ++i)
    table +=
        std::to_string(i % 7) + "," + std::to_string(i % 11) + "," + quoted_cell(attacks[i % attacks.size()]) + "\n";
  world.write("table.csv", table);
  world.write("study.ini",
              "# $(touch pwned) `touch pwned` <script>\n[dataset]\nplugin = csv\ntrain = table.csv\nheader = yes\n"
              "test_rows = 40\n[network]\nlayers = 2, 6, " +
                  std::to_string(attacks.size()) +
                  "\n[training]\nsteps = 20\nbatch_size = 10\n[model:plain]\n[metric:accuracy]\nevery = 5\n"
                  "[metric:confusion_matrix]\nevery = 10\n[metric:weights_against_c]\nevery = 10\n[report:plots]\n"
                  "every = 10\n[report:summary]\n");
  std::size_t pictures = 0;
  for (const std::string& attack : attacks) {
    std::string folder = attack;
    std::ranges::replace(folder, '/', '_');
    const Said said = world.run({"run", "study.ini", "report:plots.title=" + quoted_value(attack), "--out",
                                 "out " + folder, "--progress", "none"});
    check_exit(said, 0);
    for (const auto& file : fs::directory_iterator(world.here / ("out " + folder) / "plots"))
      pictures += file.path().extension() == ".png" && fs::file_size(file.path()) > 0;
    const json run = json::parse(world.read("out " + folder + "/run.json"));
    BOOST_TEST(run["class_names"].size() == attacks.size());
  }
  BOOST_TEST(pictures >= attacks.size());
  BOOST_TEST(!was_run(world.here.parent_path()));
}

BOOST_AUTO_TEST_CASE(no_name_leaves_the_run_folder) {
  const World world;
  for (const std::string name : {"../up", "/tmp/up", "a/b", "..", ".", "a\\b", "$(touch pwned)"})
    for (const std::string& where : Words{"model:", "metric:", "report:"}) {
      world.write("study.ini", small_study + "[" + where + name + "]\n");
      check_exit(world.run({"check", "study.ini"}), 2);
      world.write("study.ini", small_study);
      check_exit(world.run({"run", "study.ini", "pipeline.name=" + name}), 2);
    }
  for (const auto& entry : fs::directory_iterator(world.here)) BOOST_TEST(entry.path().filename() == "study.ini");
}

BOOST_AUTO_TEST_SUITE_END()
