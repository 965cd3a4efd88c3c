// The installation, moved after installing: nothing in it may depend on the folder of the build.
#include <nlohmann/json.hpp>
#include <set>

#include "support/csv_rows.hpp"
#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

const Words kinds = {"regulariser", "optimiser", "metric", "dataset", "report"};

/// One installation for all cases, in a folder with a space in its name.
struct Installed : World {
  fs::path prefix;
  Installed() {
    // Unoptimised: plugins built here run only briefly.
    environment["CMAKE_BUILD_TYPE"] = "None";
    environment["CXXFLAGS"] = "-O0";
    const fs::path first = here / "first";
    const Said said = run(CMAKE_COMMAND, {"--install", BUILD_DIR, "--prefix", first.string()});
    check_exit(said, 0);
    prefix = here / "the prefix";
    fs::rename(first, prefix);
  }
  Said pipeline(const Words& words) const { return run(prefix / "bin/pipeline", words); }
};

const Installed& installed() {
  static const Installed one;
  return one;
}

/// Every file below a folder, as paths relative to it.
std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (!file.is_directory()) names.insert(file.path().lexically_relative(folder).string());
  return names;
}

std::set<std::string> files_below(const fs::path& folder, const std::string& ending) {
  auto names = files_below(folder);
  std::erase_if(names, [&](const std::string& name) { return !name.ends_with(ending); });
  return names;
}

/// The files that contain a path of the source or build tree.
std::set<std::string> files_with_build_paths(const fs::path& folder) {
  std::set<std::string> found;
  for (const std::string& name : files_below(folder)) {
    const std::string bytes = read_file(folder / name);
    for (const char* path : {SOURCE_DIR "/", BUILD_DIR})
      if (bytes.find(path) != std::string::npos) found.insert(name);
  }
  return found;
}

/// The commands that `pipeline new` prints.
Words commands_in(const std::string& text) {
  Words commands;
  for (const std::string& line : lines_of(text))
    if (line.starts_with("  ")) commands.push_back(line.substr(2));
  return commands;
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(installation)

BOOST_AUTO_TEST_CASE(contains_everything_and_no_path_of_the_build) {
  const fs::path& prefix = installed().prefix;
  for (const char* file :
       {"bin/pipeline", "lib/pipeline/probe", "lib/pipeline/laws", "lib/pipeline/git_state", "lib/libpipeline.so",
        "lib/cmake/pipeline/pipelineConfig.cmake", "lib/cmake/pipeline/pipelineConfigVersion.cmake",
        "share/man/man1/pipeline.1", "share/bash-completion/completions/pipeline", "share/pipeline/data/SOURCES.md",
        "share/pipeline/template/project/CMakeLists.txt"})
    BOOST_TEST(fs::exists(prefix / file), file);
  const auto same = [&](const fs::path& source, const std::string& target, const std::string& ending = "") {
    BOOST_TEST(!files_below(source, ending).empty(), source);
    BOOST_TEST((files_below(source, ending) == files_below(prefix / target)), target);
  };
  same(SOURCE_DIR "/framework/include/pipeline", "include/pipeline");
  same(SOURCE_DIR "/pipelines", "share/pipeline/pipelines");
  same(SOURCE_DIR "/plugins/template", "share/pipeline/template");
  same(SOURCE_DIR "/framework/guide", "share/pipeline/framework/guide");
  same(BUILD_DIR "/lib/pipeline/plugins", "lib/pipeline/plugins", ".so");
  // Debug builds contain the paths of their sources.
  if (std::string(BUILD_TYPE) == "Release") {
    const auto found = files_with_build_paths(prefix);
    BOOST_TEST(found.empty(), joined(found));
  }
}

BOOST_AUTO_TEST_CASE(links_of_the_installed_pages_lead_somewhere) {
  const fs::path shared = installed().prefix / "share/pipeline";
  std::size_t links = 0;
  for (const char* folder : {"framework/guide", "pipelines"})
    for (const std::string& name : files_below(shared / folder, ".md")) {
      const std::string text = read_file(shared / folder / name);
      for (std::size_t at = 0; (at = text.find("](", at)) != text.npos; ++at) {
        const std::string target = text.substr(at + 2, text.find_first_of(")#", at) - at - 2);
        const bool is_code = target.find(' ') != target.npos;  // a lambda
        if (target.empty() || target.starts_with("http") || is_code) continue;
        ++links;
        BOOST_TEST(fs::exists((shared / folder / name).parent_path() / target), name << " links to " << target);
      }
    }
  BOOST_TEST(links > 20u);
}

BOOST_AUTO_TEST_CASE(runs_a_shipped_study_after_being_moved) {
  const Installed& world = installed();
  const Said path = world.pipeline({"plugins", "path", "--no-user-plugins"});
  check_text(path.out, (world.prefix / "lib/pipeline/plugins\n").string());
  const Said said = world.pipeline({"run", "quickstart.ini", "training.steps=2", "dataset.train=200",
                                    "dataset.test=100", "network.layers=784,16,12,10", "--out", "quick"});
  check_exit(said, 0);
  check_says(said.err,
             "using the shipped pipeline " + (world.prefix / "share/pipeline/pipelines/quickstart.ini").string());
  // The program finds its files through a symbolic link too.
  fs::create_symlink(world.prefix / "bin/pipeline", world.here / "linked");
  BOOST_TEST(world.run(world.here / "linked", {"plugins", "path", "--no-user-plugins"}).out == path.out);
}

BOOST_AUTO_TEST_CASE(new_plugins_of_every_kind_build_and_run) {
  const Installed& world = installed();
  std::map<std::string, Words> commands;
  for (const std::string& kind : kinds) {
    const Said said = world.pipeline({"new", kind, "my_" + kind});
    check_exit(said, 0);
    BOOST_TEST(said.err == "");
    commands[kind] = commands_in(said.out);
    BOOST_TEST_REQUIRE(commands[kind].size() == 5u, said.out);
  }
  // Run by a shell, as a user would paste them; two compilers at a time.
  for (std::size_t step = 0; step < 5; ++step)
    for (const auto& pair : {std::pair(kinds[0], kinds[1]), std::pair(kinds[2], kinds[3])}) {
      const auto start = [&](const std::string& kind) { return world.start("/bin/sh", {"-c", commands[kind][step]}); };
      const auto one = start(pair.first), other = start(pair.second);
      for (const auto& [kind, child] : {std::pair(pair.first, one.get()), std::pair(pair.second, other.get())}) {
        const Said said = child->finish(std::chrono::minutes(10));  // a compiler on a busy machine
        BOOST_TEST_CONTEXT(commands[kind][step]) check_exit(said, 0);
        BOOST_TEST(said.out.find("warning:") == std::string::npos, said.out);
        if (step == 2) check_says(said.out, "100% tests passed");
        if (step == 3) check_says(said.out, "my_" + kind + ": ");
      }
    }
  for (const std::string& kind : kinds) {
    const auto found = files_with_build_paths(world.here / ("my_" + kind));
    BOOST_TEST(found.empty(), joined(found));
  }
}

const auto with_new_plugins = boost::unit_test::depends_on("installation/new_plugins_of_every_kind_build_and_run");

BOOST_AUTO_TEST_CASE(the_new_regulariser_changes_the_loss_and_the_run_records_its_file, *with_new_plugins) {
  const Installed& world = installed();
  const Said said = world.pipeline({"run", "my_regulariser/my_regulariser.ini", "training.steps=20",
                                    "metric:loss.every=20", "model:pulled.my_regulariser.strength=1e-2",
                                    "--plugin-path", "my_regulariser/build", "--out", "acts"});
  check_exit(said, 0);
  std::map<std::string, std::string> loss;
  for (const CsvRow& row : csv_rows(world.read("acts/metrics.csv")))
    if (row.step == "20" && row.metric == "loss") loss[row.model] = row.value;
  BOOST_TEST_REQUIRE(loss.size() == 2u);
  BOOST_TEST(loss["plain"] != loss["pulled"]);
  const std::string run = world.read("acts/run.json");
  check_says(run, (world.here / "my_regulariser/build/my_regulariser.so").string());
}

BOOST_AUTO_TEST_CASE(an_installed_plugin_is_found_by_every_study, *with_new_plugins) {
  const Installed& world = installed();
  check_exit(world.run(CMAKE_COMMAND, {"--install", "my_metric/build"}), 0);
  const Said said = world.pipeline({"plugins", "inspect", "my_metric"});
  check_exit(said, 0);
  check_says(said.out, (world.home() / "share/pipeline/plugins/my_metric.so").string());
  // The project's own tests still use the plugin in the build folder.
  check_exit(world.run("/bin/sh", {"-c", "ctest --test-dir my_metric/build"}), 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(debian_packages)

BOOST_AUTO_TEST_CASE(contain_the_installed_files_and_depend_on_the_libraries_they_load,
                     *boost::unit_test::precondition(support::needs_no_sanitizer)) {
  const World world;
  const Said packed =
      world.run(CPACK_COMMAND, {"-G", "DEB", "-B", "packages", "--config", BUILD_DIR "/CPackConfig.cmake"});
  check_exit(packed, 0);
  const auto only = [&](const std::string& start) {
    fs::path found;
    for (const auto& file : fs::directory_iterator(world.here / "packages"))
      if (file.path().filename().string().starts_with(start) && file.path().extension() == ".deb") found = file.path();
    BOOST_TEST_REQUIRE(fs::exists(found), start);
    return found.string();
  };
  const std::string runtime = only("pipeline-snr_"), development = only("pipeline-snr-dev_");

  const auto field = [&](const std::string& package, const std::string& name) {
    return world.run("/usr/bin/dpkg-deb", {"-f", package, name}).out;
  };
  for (const char* library :
       {"libc6 ", "libstdc++6 ", "libopenblas0-pthread", "libhdf5-103", "libboost-filesystem", "libcurl4", "libgit2"})
    check_says(field(runtime, "Depends"), library);
  check_says(field(runtime, "Recommends"), "gnuplot-nox");
  for (const char* package : {"pipeline-snr (= ", "libarmadillo-dev", "librandom123-dev", "libopenblas-pthread-dev"})
    check_says(field(development, "Depends"), package);
  check_says(field(development, "Suggests"), "g++");
  for (const std::string& package : {runtime, development}) {
    check_says(field(package, "Maintainer"), "@");
    BOOST_TEST(lines_of(field(package, "Description")).size() > 1u);
  }

  for (const std::string& package : {runtime, development})
    check_exit(world.run("/usr/bin/dpkg-deb", {"-x", package, "root"}), 0);
  const fs::path root = world.here / "root";
  for (const std::string& name : files_below(root)) BOOST_TEST(name.starts_with("usr/"), name);
  // The packages contain no symbols for debuggers, which users have no use for.
  BOOST_TEST(world.run("/usr/bin/nm", {BUILD_DIR "/lib/libpipeline.so"}).out != "");
  for (const std::string& name : files_below(root))
    if (name.ends_with(".so") || name == "usr/bin/pipeline")
      BOOST_TEST(world.run("/usr/bin/nm", {(root / name).string()}).out == "", name);
  // The packages contain the same files as an installation, and the program runs.
  std::set<std::string> there = files_below(root / "usr");
  BOOST_TEST((there == files_below(installed().prefix)));
  const Said said = world.run(root / "usr/bin/pipeline", {"plugins", "list", "--no-user-plugins"});
  check_exit(said, 0);
  check_text(said.out, installed().pipeline({"plugins", "list", "--no-user-plugins"}).out);
}

BOOST_AUTO_TEST_SUITE_END()
