// Where a run goes: names of folders, `latest`, and what is refused.
#include <nlohmann/json.hpp>
#include <regex>

#include "support/hdf5_file.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(run_folder)

BOOST_AUTO_TEST_CASE(the_newest_run_can_be_run_again_by_way_of_latest) {
  World world;
  world.write("study.ini", small_study);
  check_exit(world.run({"run", "study.ini"}), 0);
  const std::string rows = read_file(world.here / "runs/small/latest/metrics.csv");
  check_exit(world.run({"run", "runs/small/latest/resolved.ini"}), 0);
  BOOST_TEST(read_file(world.here / "runs/small/latest/metrics.csv") == rows);
}

BOOST_AUTO_TEST_CASE(folders_are_named_by_time_and_configuration_and_latest_links_to_the_newest) {
  World world;
  world.write("study.ini", small_study);
  for (const std::string steps : {"1", "2", "1"})
    check_exit(world.run({"run", "study.ini", "training.steps=" + steps}), 0);
  const fs::path all = world.here / "runs/small";
  BOOST_TEST_REQUIRE(fs::is_symlink(all / "latest"));
  std::map<std::string, int> hashes;
  std::size_t folders = 0;
  for (const std::string& name : names_in(all)) {
    if (name == "latest") continue;
    std::smatch parts;
    BOOST_TEST(std::regex_match(name, parts, std::regex("\\d{8}T\\d{6}Z-([0-9a-f]{12})(-\\d+)?")), name);
    ++hashes[parts[1]], ++folders;
    BOOST_TEST((parts[1] == json::parse(read_file(all / name / "run.json"))["configuration"].get<std::string>()));
  }
  BOOST_TEST(folders == 3u);
  BOOST_TEST(hashes.size() == 2u);  // another number of steps changes the configuration
  const json newest = json::parse(read_file(all / "latest/run.json"));
  BOOST_TEST((newest["steps"] == 1));
  BOOST_TEST((newest["argv"][3] == "training.steps=1"));
}

BOOST_AUTO_TEST_CASE(a_latest_that_is_no_link_is_left_alone_with_a_warning) {
  World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = 1"));
  const std::string latest = (world.here / "runs/small/latest").string();
  const auto warning = [&](const std::string& kind) {
    return "warning: " + latest + " is a " + kind +
           ", not a link, and does not show this run (were the runs copied by a program that follows links?)\n"
           "  remove or rename it; the next run then makes the link\n";
  };
  world.write("runs/small/latest/run.json", "of an old run");
  Said said = world.run({"run", "study.ini", "--progress", "none"});
  check_exit(said, 0);
  check_text(said.err, warning("folder"));
  BOOST_TEST(world.read("runs/small/latest/run.json") == "of an old run");
  fs::remove_all(latest);
  world.write("runs/small/latest", "my notes");
  said = world.run({"run", "study.ini", "--progress", "none"});
  check_exit(said, 0);
  check_text(said.err, warning("file"));
  BOOST_TEST(world.read("runs/small/latest") == "my notes");
  // The remedy works, and a link that leads nowhere is replaced.
  fs::remove(latest);
  fs::create_symlink("nowhere", latest);
  said = world.run({"run", "study.ini", "--progress", "none"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  BOOST_TEST(fs::exists(fs::path(latest) / "run.json"));
  BOOST_TEST(names_in(world.here / "runs/small").size() == 4u);  // three runs and the link, no temporary file
}

BOOST_AUTO_TEST_CASE(names_that_begin_with_a_dash_are_names) {
  World world;
  world.write("study.ini", replaced(replaced(small_study, "[model:l2]", "[model:-x]"), "[metric:accuracy]\n",
                                    "[metric:-loss]\nplugin = loss\n") +
                               "[report:-plots]\nplugin = plots\n[report:--summary]\nplugin = summary\n");
  const Said said = world.run({"run", "study.ini", "pipeline.name=-small", "--progress", "none"});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  const fs::path run = world.here / "runs/-small/latest";
  for (const char* file : {"-loss.gp", "-loss.tsv", "-loss.svg", "-loss.png", "-loss.penalty.svg"})
    BOOST_TEST(fs::exists(run / "plots" / file), file);
  BOOST_TEST(!fs::exists(run / "plots/.drawing"));
  BOOST_TEST(read_hdf5(run / "weights.h5").contains("/models/-x/W1"));
  check_exit(world.run({"run", "study.ini", "--progress", "none", "--out", "-out"}), 0);
  BOOST_TEST(fs::exists(world.here / "-out/run.json"));
}

BOOST_AUTO_TEST_CASE(name_threads_and_reports_do_not_change_the_configuration) {
  World world;
  world.write("study.ini", small_study);
  const auto hash = [&](const Words& more, const std::string& out) {
    check_exit(world.run(Words{"run", "study.ini", "training.steps=1", "--out", out} + more), 0);
    return json::parse(world.read(out + "/run.json"))["configuration"].get<std::string>();
  };
  const std::string plain = hash({}, "a");
  BOOST_TEST((hash({"pipeline.name=other"}, "b") == plain));
  BOOST_TEST((hash({"--threads", "1"}, "c") == plain));
  BOOST_TEST((hash({"+report:summary"}, "d") == plain));
  BOOST_TEST((hash({"pipeline.seed=2"}, "e") != plain));
  BOOST_TEST((hash({"dataset.seed=2"}, "f") != plain));
}

BOOST_AUTO_TEST_CASE(simultaneous_runs_get_a_folder_each) {
  World world;
  world.write("study.ini", small_study);
  std::vector<std::unique_ptr<Child>> children;
  for (int i = 0; i < 3; ++i) children.push_back(world.start({"run", "study.ini", "--threads", "1"}));
  for (auto& child : children) check_exit(child->finish(), 0);
  std::string first;
  std::size_t folders = 0;
  for (const std::string& name : names_in(world.here / "runs/small")) {
    if (name == "latest") continue;
    const std::string rows = read_file(world.here / "runs/small" / name / "metrics.csv");
    BOOST_TEST(rows == (first.empty() ? first = rows : first));
    BOOST_TEST((json::parse(read_file(world.here / "runs/small" / name / "run.json"))["status"] == "finished"));
    ++folders;
  }
  BOOST_TEST(folders == 3u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_empty_is_refused_before_any_work) {
  World world;
  world.write("study.ini", small_study);
  world.write("taken/thesis.txt", "years of work");
  world.write("file", "");
  fs::create_directories(world.here / "empty");
  Said said = world.run({"run", "study.ini", "--out", "taken"});
  check_exit(said, 2);
  check_text(said.err, "error: --out taken is not empty; give a new folder: earlier results are never overwritten\n");
  BOOST_TEST(said.out.empty());
  BOOST_TEST(names_in(world.here / "taken").size() == 1u);
  said = world.run({"run", "study.ini", "--out", "file"});
  check_exit(said, 2);
  check_text(said.err, "error: --out file is a file; give a new folder\n");
  check_exit(world.run({"run", "study.ini", "training.steps=1", "--out", "empty"}), 0);
  check_exit(world.run({"run", "study.ini", "training.steps=1", "--out", "some/new/folder/"}), 0);
  BOOST_TEST(fs::exists(world.here / "some/new/folder/run.json"));
}

BOOST_AUTO_TEST_SUITE_END()
