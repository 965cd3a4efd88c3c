// `check` reads the data too: unasked where it is at hand, else with --data; and then reports all that `run` would.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// A table of two features and two classes, and a study that reads it.
struct Tables : World {
  Tables() {
    std::string table;
    for (int i = 0; i < 20; ++i)
      table += std::to_string(i % 7) + "," + std::to_string(i % 5 - 2) + "," + (i % 2 ? "odd" : "even") + "\n";
    write("table.csv", table);
    write("study.ini",
          "[dataset]\nplugin = csv\ntrain = table.csv\nheader = no\ntest_rows = 6\n[network]\nlayers = 2, 3, 2\n"
          "[training]\nsteps = 2\nbatch_size = 5\n[model:plain]\n[metric:accuracy]\nevery = 1\n");
  }
  /// check and run must say the same of the study with these overrides, and exit with this code.
  std::string both_say(const Words& overrides, int exit, std::source_location where = std::source_location::current()) {
    const Said checked = run(Words{"check", "study.ini"} + overrides);
    check_exit(checked, exit, where);
    const Said ran = run(Words{"run", "study.ini", "--out", "out"} + overrides);
    check_exit(ran, exit, where);
    check_text(checked.err, ran.err, where);
    BOOST_TEST(checked.out == "");
    return tidy(checked.err);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_reads_the_data)

BOOST_AUTO_TEST_CASE(of_small_files_unasked) {
  const Tables world;
  const Said said = world.run({"check", "study.ini"});
  check_exit(said, 0);
  check_text(said.out,
             "study.ini is fine: 1 model, 2 steps, 1 metric, 0 reports\n"
             "its data was read: 14 training samples, 6 test samples, 2 features, 2 classes\n");
  check_text(world.run({"check", "study.ini", "dataset.validation=4"}).out,
             "study.ini is fine: 1 model, 2 steps, 1 metric, 0 reports\n"
             "its data was read: 10 training samples, 4 validation samples, 6 test samples, 2 features, 2 classes\n");
}

BOOST_AUTO_TEST_CASE(and_finds_what_run_would_find) {
  Tables world;
  check_says(world.both_say({"network.layers=3, 3, 2"}, 2),
             "the network has 3 inputs, but dataset 'csv' has 2 features");
  check_says(world.both_say({"network.layers=2, 3, 3"}, 2),
             "the network has 3 outputs, but dataset 'csv' has 2 classes");
  check_says(world.both_say({"training.batch_size=15"}, 2), "a batch of 15 is larger than the training set of 14");
  check_says(world.both_say({"+metric:snr_optimality.every=1"}, 2), "need inputs >= 0");
  check_says(world.both_say({"+dataset.wrappers=subset", "+dataset.subset.per_class=8"}, 2), "subset.per_class = 8");
  check_says(world.both_say({"dataset.train=nosuch.csv"}, 4), "nosuch.csv");
  world.write("broken.csv", "1,2,odd\n1,x,even\n");
  check_says(world.both_say({"dataset.train=broken.csv", "dataset.test_rows=1"}, 4), "broken.csv:2");
}

BOOST_AUTO_TEST_CASE(with_data_whatever_it_is) {
  const World world;
  world.write("study.ini", small_study);
  Said said = world.run({"check", "study.ini", "--data"});
  check_exit(said, 0);
  check_text(said.out,
             "study.ini is fine: 2 models, 30 steps, 1 metric, 0 reports\n"
             "its data was read: 600 training samples, 200 test samples, 784 features, 10 classes\n");
  // Only loaded data shows that a wrapper makes inputs negative.
  const Words negative = {"check", "study.ini", "+metric:snr_optimality.every=10", "+dataset.wrappers=standardise"};
  check_exit(world.run(negative), 0);
  said = world.run(negative + Words{"--data"});
  check_exit(said, 2);
  check_says(said.err, "need inputs >= 0");
  said = world.run({"check", "mnist_snr.ini", "--data", "--offline"});
  check_exit(said, 4);
  check_says(said.err, "--offline forbids downloading them");
}

BOOST_AUTO_TEST_CASE(as_json_too) {
  const Tables world;
  json j = json::parse(world.run({"check", "study.ini", "--format", "json"}).out);
  BOOST_TEST((j["ok"] == true));
  BOOST_TEST((j["data_read"] == true));
  BOOST_TEST(j["warnings"].is_array());
  Said said = world.run({"check", "study.ini", "network.layers=3, 3, 2", "--format", "json"});
  check_exit(said, 2);
  BOOST_TEST(said.err == "");
  j = json::parse(said.out);
  BOOST_TEST((j["ok"] == false));
  BOOST_TEST((j["complaints"][0]["message"] == "the network has 3 inputs, but dataset 'csv' has 2 features"));
  BOOST_TEST((j["complaints"][0]["subject"] == "network.layers"));
  said = world.run({"check", "study.ini", "dataset.train=nosuch.csv", "--format", "json"});
  check_exit(said, 4);
  check_says(json::parse(said.out)["complaints"][0]["message"].get<std::string>(), "nosuch.csv");
}

BOOST_AUTO_TEST_CASE(not_of_large_files_nor_of_pipes) {
  const Tables world;
  fs::resize_file(world.here / "table.csv", (64u << 20) + 1);  // takes no room on the disk
  Said said = world.run({"check", "study.ini"});
  check_exit(said, 0);
  check_says(said.out, "its data was not read; --data reads it\n");
  BOOST_TEST_REQUIRE(::mkfifo((world.here / "pipe").c_str(), 0600) == 0);
  said = world.run({"check", "study.ini", "dataset.train=pipe"});  // nobody writes into it
  check_exit(said, 4);
  check_says(said.err, "pipe");
}

BOOST_AUTO_TEST_CASE(a_wrong_label_column_gets_no_advice_to_train_on_it) {
  const Tables world;
  std::string measured;
  for (int i = 0; i < 40; ++i) measured += std::to_string(i % 3) + "," + std::to_string(1000 + 7 * i) + "\n";
  world.write("table.csv", measured);
  const Said said = world.run({"check", "study.ini", "network.layers=1, 3, 2"});
  BOOST_TEST(said.exit != 0);
  BOOST_TEST(said.err.find("as the last of layers") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
