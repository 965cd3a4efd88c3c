// `compare` and `rank` of sweeps and runs, and the predictions that they read.
#include "cli/sweep_fixture.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(comparisons)

BOOST_AUTO_TEST_CASE(a_sweep_is_compared_in_words_and_numbers) {
  const SweepFixture fixture;
  check_exit(fixture.sweep({"pipeline.seed={1..6}", "--out", "s", "--lean"}), 0);
  const Said text = fixture.run({"compare", "s"});
  check_exit(text, 0);
  check_says(text.out, "6 runs, seeds 1 2 3 4 5 6\n\naccuracy (share of the samples; higher is better)\n");
  const Said csv = fixture.run({"compare", "s", "--format", "csv"});
  BOOST_TEST(csv.out == fixture.read("s/comparison.csv"));
  check_says(text.out, "  on other test samples: l2 minus plain ");
  const json j = json::parse(fixture.run({"compare", "s", "--format", "json", "--reference", "l2"}).out);
  BOOST_TEST((j["groups"][0]["comparisons"][0]["test_samples"]["n"] == 200));
  const json& comparison = j["groups"][0]["comparisons"][0];
  BOOST_TEST((comparison["model"] == "plain"));
  BOOST_TEST((comparison["reference"] == "l2"));
  // Recomputed from metrics.csv.
  double difference = 0;
  for (const auto& [job, row] : fixture.jobs("s")) {
    std::map<std::string, double> last;
    std::istringstream in(fixture.read("s/runs/" + job + "/metrics.csv"));
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("30,"))
        last[line.substr(3, line.find(',', 3) - 3)] = std::stod(line.substr(line.rfind(',') + 1));
    difference += last.at("plain") - last.at("l2");
  }
  BOOST_TEST(std::abs(comparison["difference"]["mean"].get<double>() - difference / 6) < 1e-12);
}

BOOST_AUTO_TEST_CASE(predictions_h5_has_the_answers_that_the_accuracy_counts) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  const auto file = read_hdf5(fixture.here / "a/predictions.h5");
  const auto& labels = file.at("/labels").values;
  BOOST_TEST(labels.size() == 200u);
  for (const std::string model : {"control", "plain", "l2"}) {
    const auto& classes = file.at("/predicted/" + model).values;
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) right += labels[i] == classes[i];
    const std::string row = (model == "control" ? "0," : "30,") + model + ",accuracy,,";
    const std::string rows = fixture.read("a/metrics.csv");
    const std::size_t at = rows.find("\n" + row) + 1 + row.size();
    BOOST_TEST(std::abs(std::stod(rows.substr(at)) - right / 200) < 1e-9, model);
  }
}

BOOST_AUTO_TEST_CASE(two_runs_are_compared_by_what_differs) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  check_exit(fixture.run({"run", "study.ini", "training.learning_rate=0.2", "training.steps=25", "--out", "b"}), 0);
  const Said said = fixture.run({"compare", "a", "b"});
  check_exit(said, 0);
  check_says(said.out, "the runs differ in\n  training.learning_rate: 0.1 and 0.2\n  training.steps: 30 and 25\n");
  check_says(said.out, "  accuracy, plain, step 20: ");
  check_says(said.out, "4 rows of one run only are left out\n");  // steps 30 and 25 of two models
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused) {
  const SweepFixture fixture;
  check_exit(fixture.run({"run", "study.ini", "--out", "a"}), 0);
  const auto err = [&](const Words& words, int exit) {
    const Said said = fixture.run(Words{"compare"} + words);
    check_exit(said, exit);
    return fixture.tidy(said.err);
  };
  check_text(err({}, 2), "error: compare needs runs or a sweep: pipeline compare RUN|SWEEP ...\n");
  check_says(err({"nosuch"}, 2), "error: there is no folder 'nosuch'; pass the folder of a run or a sweep\n");
  check_says(
      err({"."}, 1),
      "error: . is neither a run (it has no metrics.csv) nor a sweep (it has no jobs.csv)\n  below it are ./a\n");
  fixture.write("b/run.json",
                replaced(fixture.read("a/run.json"), "\"status\": \"finished\"", "\"status\": \"stopped\""));
  fixture.write("b/metrics.csv", fixture.read("a/metrics.csv"));
  check_says(err({"b"}, 1), "error: b has not ended (stopped): its values are not those of its last step\n");
  fs::copy(fixture.here / "a", fixture.here / "c", fs::copy_options::recursive);
  check_says(err({"a", "c"}, 1), "have the same settings and the same seed: they are one run, not two\n");
  fs::create_directory_symlink("a", fixture.here / "latest");
  check_text(err({"a", "latest", "a/"}, 0), "");  // one run
  check_text(err({"a", "--reference", "l3"}, 2), "error: no model 'l3' in these runs\n  (valid: l2, plain)\n");
  check_text(err({"a", "--metric", "los"}, 2), "error: no metric 'los' in these runs\n  (valid: accuracy)\n");
  check_text(err({"a", "--delta", "los=1"}, 2), "error: no metric 'los' in these runs\n  (valid: accuracy)\n");
  check_text(err({"a", "--delta", "accuracy"}, 2),
             "error: --delta 'accuracy' is not METRIC=SIZE, such as accuracy=0.002\n");
}

BOOST_AUTO_TEST_CASE(measures_are_ranked_over_a_sweep_or_a_table) {
  const SweepFixture fixture;
  fixture.write("study.ini", small_study + "\n[metric:loss]\nevery = 10\non = both\n");
  check_exit(fixture.sweep({"pipeline.seed={1..2}", "training.learning_rate={0.01, 0.1, 1}", "--out", "s"}), 0);
  const json j = json::parse(fixture.run({"rank", "s", "--target", "loss", "--format", "json"}).out);
  BOOST_TEST((j["runs"] == 12));
  BOOST_TEST((j["environments"]["training.learning_rate"] == json{{"kept", 4}, {"dropped", 0}}));
  BOOST_TEST((j["environments"]["model"] == json{{"kept", 6}, {"dropped", 0}}));
  BOOST_TEST((j["measures"]["accuracy"]["direction"] == -1));  // should fall where the loss rises
  BOOST_TEST((j["measures"]["loss.train"]["direction"] == 1));
  const json noise =
      json::parse(fixture.run({"rank", "s", "--target", "accuracy", "--drop-noise", "--format", "json"}).out);
  BOOST_TEST(noise["pairs"]["kept"].get<int>() + noise["pairs"]["dropped"].get<int>() > 0);
  check_says(fixture.run({"rank", "s", "--target", "loss", "--drop-noise"}).err,
             "noise can be dropped where the target is the share of right answers on the test set, such as accuracy; "
             "in s/runs/");
  const Said text = fixture.run({"rank", "s", "--target", "loss", "--measures", "-accuracy,loss.train"});
  check_exit(text, 0);
  check_says(text.out, "measures of loss over 12 runs\n");
  // At equal training loss: only runs that reach it.
  const json at =
      json::parse(fixture.run({"rank", "s", "--target", "loss", "--at", "loss.train=2", "--format", "json"}).out);
  BOOST_TEST((at["runs"].get<int>() + at["left_out"].get<int>() == 12));
  BOOST_TEST((at["left_out"].get<int>() > 0));

  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,3,4\n");
  BOOST_TEST((json::parse(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr", "--format", "json"})
                              .out)["measures"]["m"]["tau_b"] == 1));
  fixture.write("gaps.csv", "lr,m,gap\n1,2,3\n2,3,4\n3,,4\n");
  check_says(fixture.run({"rank", "gaps.csv", "--target", "gap", "--axes", "lr"}).out,
             "measures of gap over 2 runs (1 left out: m is missing in 1)\n");
  const std::pair<Words, std::string> mistakes[] = {
      {{"t.csv"}, "error: rank needs --target COLUMN: what the measures should go with\n"},
      {{"t.csv", "--target", "gap", "--axes", "lr", "--drop-noise"},
       "error: a table has no answers to test samples, so --drop-noise takes a sweep only\n"},
      {{"t.csv", "--target", "gap"}, "error: a table needs the columns that are axes: --axes A,B,...\n"},
      {{"t.csv", "--target", "gpa", "--axes", "lr"},
       "error: no column 'gpa'\n  did you mean 'gap'?  (valid: gap, lr, m)\n"},
      {{"s", "--target", "los"}, "error: no column 'los'\n  did you mean 'loss'?"},
      {{"u.csv", "--target", "gap"}, "error: there is no sweep or table 'u.csv'\n"},
  };
  for (const auto& [words, message] : mistakes) {
    const Said said = fixture.run(Words{"rank"} + words);
    check_exit(said, 2);
    check_says(said.err, message);
  }
  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,3\n");
  check_text(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr"}).err,
             "error: t.csv:3: 2 fields where the header has 3\n");
  fixture.write("t.csv", "lr,m,gap\n1,2,3\n2,x,4\n");
  check_text(fixture.run({"rank", "t.csv", "--target", "gap", "--axes", "lr"}).err,
             "error: t.csv:3: 'x' in column m is not a number\n");
}

BOOST_AUTO_TEST_SUITE_END()
