// A run that is stopped and resumed ends with the same bytes as one that was never stopped: for every regulariser alone
// and in pairs, with models that are compared with each other, stopped early, or fail.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

#include "base/json_number.hpp"
#include "base/sha256.hpp"
#include "config/complaint.hpp"
#include "results/checkpoint.hpp"
#include "support/csv_rows.hpp"
#include "support/same_run.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace pipeline;
namespace fs = std::filesystem;

namespace {

/// Sets the signal at a call of progress().
class StopsAt final : public running::Observer {
 public:
  StopsAt(std::atomic<int>& signal, std::size_t call) : signal_(signal), call_(call) {}
  void progress(const std::vector<running::ModelProgress>&, std::uint64_t, double) override {
    if (++calls_ == call_) signal_ = SIGTERM;
  }

 private:
  std::atomic<int>& signal_;
  std::size_t call_, calls_ = 0;
};

/// Copies the run folder whenever it has a new checkpoint, as if the process were killed there.
class CopiesAtCheckpoints final : public running::Observer {
 public:
  CopiesAtCheckpoints(fs::path run, fs::path copies) : run_(std::move(run)), copies_(std::move(copies)) {}
  void progress(const std::vector<running::ModelProgress>&, std::uint64_t, double) override {
    const auto files = results::Checkpoints(run_ / "checkpoints").files();
    if (files.empty() || files.front() == newest_) return;
    newest_ = files.front();
    fs::copy(run_, copies_ / std::to_string(count++), fs::copy_options::recursive);
  }
  std::size_t count = 0;

 private:
  fs::path run_, copies_, newest_;
};

/// Sends the signal from within a hook, at one step of its model: a stop that does not depend on how busy the machine is.
class StopsAtStep final : public Regulariser, public BatchChange {
 public:
  static inline std::atomic<int>* signal = nullptr;
  void change(Batch&, const Step& step) const override {
    if (signal && step.number == 7) *signal = SIGTERM;
  }
};

/// The pipeline with so many models more, evenly among the others, each of which stops the run once.
experiment::Pipeline with_stops(experiment::Pipeline p, std::size_t stops) {
  const std::size_t apart = p.models.size() / (stops + 1);
  for (std::size_t i = stops; i > 0; --i) {
    experiment::ModelConfig model = p.models.front();
    model.name = "stop" + std::to_string(i);
    model.regularisers = {entry_of("stops", std::make_shared<StopsAtStep>())};
    p.models.insert(p.models.begin() + static_cast<std::ptrdiff_t>(i * apart), model);
  }
  return p;
}

/// Runs it whole, and again with stops; the two must be the same. Returns how often it was resumed.
std::size_t check_resumed(const fs::path& folder, const experiment::Pipeline& p, plugins::Catalogue& catalogue,
                          const std::vector<std::size_t>& stops) {
  running::RunOptions options;
  options.threads = 2;
  Quiet quiet;
  options.out = folder / "whole";
  running::run(p, catalogue, options, quiet);
  options.out = folder / "stopped";
  options.resume = true;
  std::size_t resumed = 0;
  for (const std::size_t call : stops) {
    std::atomic<int> signal = 0;
    options.stop_signal = &signal;
    options.threads = resumed % 3 + 1;
    StopsAtStep::signal = &signal;
    StopsAt observer(signal, call);
    const running::RunOutcome outcome = running::run(p, catalogue, options, observer);
    StopsAtStep::signal = nullptr;
    if (!outcome.stopped) break;
    BOOST_TEST(outcome.checkpoint_at.has_value());
    ++resumed;
  }
  options.stop_signal = nullptr;
  options.threads = 2;
  const running::RunOutcome outcome = running::run(p, catalogue, options, quiet);
  BOOST_TEST(!outcome.stopped);
  check_same_run(folder / "whole", folder / "stopped");
  return resumed;
}

std::string head(int steps) {
  return "[pipeline]\nname = small\n[dataset]\nplugin = digits\ntrain = 240\ntest = 60\nvalidation = 40\n"
         "[network]\nlayers = 784, 8, 6, 10\n[training]\nbatch_size = 10\nsteps = " +
         std::to_string(steps) + "\n";
}

std::string model_text(const std::vector<std::string>& regularisers) {
  std::string name, list, keys;
  for (const std::string& r : regularisers) {
    name += (name.empty() ? "" : "-") + r;
    list += (list.empty() ? "" : ", ") + r;
    if (r == "early_stopping") keys = "early_stopping.metric = loss\nearly_stopping.patience = 2\n";
  }
  return "[model:" + name + "]\nregularisers = " + list + "\n" + keys;
}

const std::string watched = "[metric:loss]\nevery = 5\non = validation\n";

/// Every kind of thing that a checkpoint can hold.
results::Checkpoint full_checkpoint() {
  results::Checkpoint c;
  c.identity = {{"training.steps", "9"}, {"plugin regulariser l2", "ab"}};
  c.steps = 9, c.step = 4, c.seconds = 1.5;
  results::SavedTask& task = c.tasks.emplace_back();
  task.name = "a";
  task.next = 4;
  task.stopped_at = 3;
  task.model.emplace();
  task.model->network.layers.push_back({arma::fmat{{1, 2, 3}, {4, 5, 6}}, arma::fvec{-0.0f, 1e-44f}});
  task.model->arrays["l.counts"].counts = {-1, std::numeric_limits<std::int64_t>::max()};
  task.model->arrays["l.values"].values[2] = arma::fmat(0, 3);
  task.model->remembered = std::make_shared<learning::SavedModel>(*task.model);
  task.model->remembered_at = 2;
  task.left[1].network = task.model->network;
  task.watched.emplace().sections = {"loss"};
  c.waiting.push_back({4, "a", {{{4, "a", "loss", 0, std::nan("")}, {4, "a", "loss", 1, infinity}}, {}}});
  c.waiting[0].measured.sheets.push_back({"node_snr", "1", true, arma::mat{0.1, -infinity}});
  c.metrics = {31, "cd"};
  c.nodes = {{"/a/node_snr/1", {3, "ef"}}};
  c.summary["a"]["loss"][0] = {{3, 0.25}, {2, 0.125}, true};
  return c;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resume)

BOOST_AUTO_TEST_CASE(every_regulariser_alone_and_in_pairs_ends_with_the_same_bytes) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const std::vector<std::string> all = catalogue.names(plugins::PluginKind::regulariser);
  std::string models;
  std::size_t taken = 0, refused = 0;
  const auto add = [&](const std::vector<std::string>& regularisers) {
    const std::string text = model_text(regularisers);
    try {
      experiment::read_pipeline(scratch.write("one.ini", head(30) + text + watched), {}, catalogue);
      models += text;
      ++taken;
    } catch (const config::PipelineTextError&) {
      ++refused;  // these two exclude each other
    }
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    add({all[i]});
    for (std::size_t j = i + 1; j < all.size(); ++j) add({all[i], all[j]});
  }
  BOOST_TEST(taken > refused * 20);
  BOOST_TEST(taken >= all.size() * 12);
  const experiment::Pipeline p =
      with_stops(experiment::read_pipeline(scratch.write("all.ini", head(30) + models + watched), {}, catalogue), 5);
  const auto by_its_models = std::vector<std::size_t>(5, std::numeric_limits<std::size_t>::max());
  BOOST_TEST(check_resumed(scratch.path(), p, catalogue, by_its_models) == 5u);
}

BOOST_AUTO_TEST_CASE(every_optimiser_alone_with_a_schedule_and_with_regularisers_ends_with_the_same_bytes) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  std::string models;
  const std::vector<std::string> all = catalogue.names(plugins::PluginKind::optimiser);
  for (const std::string& name : all)
    for (const std::string& more :
         {std::string(), std::string("schedule = cosine\nschedule.warmup = 7\n"),
          std::string("regularisers = early_stopping\nearly_stopping.metric = loss\nearly_stopping.patience = 2\n"),
          std::string("regularisers = batch_norm, sam, weight_decay\nschedule = inverse_sqrt\nschedule.warmup = 3\n"),
          std::string("regularisers = l2, activity_l1\nl2.strength_schedule = cosine\n"
                      "activity_l1.strength_schedule = linear\nactivity_l1.strength_schedule.warmup = 5\n")})
      models += "[model:" + name + std::to_string(models.size()) + "]\noptimiser = " + name + "\n" + more;
  BOOST_TEST(all.size() >= 8u);
  const std::string text = head(30) + models + watched + "[metric:learning_rate]\nevery = 4\n";
  const experiment::Pipeline p =
      with_stops(experiment::read_pipeline(scratch.write("all.ini", text), {}, catalogue), 5);
  const auto by_its_models = std::vector<std::size_t>(5, std::numeric_limits<std::size_t>::max());
  BOOST_TEST(check_resumed(scratch.path(), p, catalogue, by_its_models) == 5u);
}

BOOST_AUTO_TEST_CASE(models_that_are_compared_stopped_early_or_fail_end_with_the_same_bytes) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const std::string text = head(900) +
                           "[model:plain]\n[model:stops]\nregularisers = early_stopping\nearly_stopping.metric = loss\n"
                           "early_stopping.patience = 1\nlearning_rate = 0.5\n[model:best]\nregularisers = "
                           "early_stopping, batch_norm\nearly_stopping.metric = loss\nearly_stopping.patience = 900\n"
                           "[model:fails]\nlearning_rate = 1e30\n[model:drops]\nregularisers = dropout\n" +
                           watched +
                           "[metric:node_snr]\nevery = 20\n[metric:linear_cka]\nwith = plain\nevery = 10\n"
                           "[metric:confusion_matrix]\nevery = 100\n[metric:accuracy]\non = both\nevery = 3\n";
  const experiment::Pipeline p = experiment::read_pipeline(scratch.write("some.ini", text), {}, catalogue);
  for (std::size_t first = 1; first <= 9; ++first) {
    fs::remove_all(scratch.path() / "whole");
    fs::remove_all(scratch.path() / "stopped");
    check_resumed(scratch.path(), p, catalogue, {first, 4, 3, first, 2});
  }
  // The study is what it says.
  const std::string csv = read_file(scratch.path() / "whole/metrics.csv");
  BOOST_TEST(csv.find(",fails,accuracy.train,,") != csv.npos);
  BOOST_TEST(csv.find("\n900,stops,") == csv.npos);
  BOOST_TEST(csv.find("\n900,drops,linear_cka,1,") != csv.npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_run_json_does_not_keep_a_run_from_going_on) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const experiment::Pipeline p =
      experiment::read_pipeline(scratch.write("plain.ini", head(9000) + "[model:plain]\n" + watched), {}, catalogue);
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  std::size_t number = 0;
  for (const std::string& damaged : std::vector<std::string>{
           "", "[1]", R"({"resumed": 5})", R"({"resumed": {"at_step": 5}})", R"({"resumed": )" + deep + "}"}) {
    running::RunOptions options;
    options.threads = 1;
    options.out = scratch.path() / std::to_string(number++);
    options.resume = true;
    std::atomic<int> signal = 0;
    options.stop_signal = &signal;
    StopsAt observer(signal, 1);
    BOOST_TEST(running::run(p, catalogue, options, observer).stopped);
    std::ofstream(options.out / "run.json") << damaged;
    options.stop_signal = nullptr;
    Quiet quiet;
    BOOST_TEST(!running::run(p, catalogue, options, quiet).stopped);
    const auto json = nlohmann::json::parse(read_file(options.out / "run.json"));
    BOOST_TEST(json.at("status") == "finished");
    BOOST_TEST(json.at("resumed").size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(every_checkpoint_of_a_run_that_goes_on_leads_to_the_same_bytes) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  const std::string text = "[pipeline]\ncheckpoint = 1 steps\n" + head(4000).substr(11) +
                           "[model:plain]\n[model:drops]\nregularisers = dropout\n[model:both]\nregularisers = l2, "
                           "batch_norm\n[metric:node_snr]\nevery = 90\n[metric:accuracy]\nevery = 7\n";
  const experiment::Pipeline p = experiment::read_pipeline(scratch.write("on.ini", text), {}, catalogue);
  running::RunOptions options;
  options.threads = 3;
  options.out = scratch.path() / "whole";
  fs::create_directories(scratch.path() / "copies");
  CopiesAtCheckpoints copies(options.out, scratch.path() / "copies");
  running::run(p, catalogue, options, copies);
  BOOST_TEST(copies.count >= 3u);
  options.resume = true;
  Quiet quiet;
  for (std::size_t i = 0; i < copies.count; ++i) {
    options.out = scratch.path() / "copies" / std::to_string(i);
    options.threads = i % 3 + 1;
    running::run(p, catalogue, options, quiet);
    check_same_run(scratch.path() / "whole", options.out);
  }
}

BOOST_AUTO_TEST_CASE(every_metric_is_measured_the_same_after_a_stop) {
  const Scratch scratch;
  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  std::string text = head(400) + "[model:plain]\n[model:both]\nregularisers = l2, dropout\n";
  for (const std::string& metric : catalogue.names(plugins::PluginKind::metric))
    if (metric != "fitted_noise") text += "[metric:" + metric + "]\nevery = 29\n";
  const experiment::Pipeline p = experiment::read_pipeline(scratch.write("metrics.ini", text), {}, catalogue);
  BOOST_TEST(check_resumed(scratch.path(), p, catalogue, {1, 1, 1}) > 0u);
}

BOOST_AUTO_TEST_CASE(what_a_checkpoint_holds_is_read_back) {
  const Scratch scratch;
  const results::Checkpoint c = full_checkpoint();
  const learning::SavedModel& model = *c.tasks.at(0).model;
  results::Checkpoints files(scratch.path() / "checkpoints");
  files.write(c);
  BOOST_TEST_REQUIRE(files.files().size() == 1u);
  const results::Checkpoint back = results::read_checkpoint(files.files()[0]);
  BOOST_TEST((back.identity == c.identity));
  BOOST_TEST_REQUIRE(back.tasks.size() == 1u);
  const results::SavedTask& t = back.tasks[0];
  BOOST_TEST((t.name == "a" && t.next == 4 && !t.ended && t.stopped_at == 3u && !t.restored_to));
  const Layer& layer = t.model->network.layer(1);
  BOOST_TEST(arma::approx_equal(layer.W, model.network.layer(1).W, "absdiff", 0));
  BOOST_TEST((std::signbit(layer.b[0]) && layer.b[1] == 1e-44f));
  BOOST_TEST((t.model->arrays.at("l.counts").counts == model.arrays.at("l.counts").counts));
  BOOST_TEST(t.model->arrays.at("l.values").values.at(2).n_cols == 3u);
  BOOST_TEST((t.model->remembered && t.model->remembered_at == 2 && t.model->remembered->network.depth() == 1));
  BOOST_TEST(t.left.at(1).network.depth() == 1u);
  BOOST_TEST((t.watched && t.watched->sections == std::vector<std::string>{"loss"}));
  BOOST_TEST_REQUIRE(back.waiting.size() == 1u);
  const measuring::Measured& m = back.waiting[0].measured;
  BOOST_TEST((std::isnan(m.rows.at(0).value) && m.rows.at(1).value == infinity && m.rows[1].layer == 1));
  BOOST_TEST((m.sheets.at(0).is_vector && m.sheets[0].values[1] == -infinity && m.sheets[0].values[0] == 0.1));
  BOOST_TEST((back.metrics.size == 31 && back.metrics.sha256 == "cd" && back.nodes == c.nodes));
  const auto& v = back.summary.at("a").at("loss").at(0);
  BOOST_TEST((v.last.step == 3 && v.last.value == 0.25 && v.best.value == 0.125 && v.has_best));
}

BOOST_AUTO_TEST_CASE(each_whole_number_of_a_checkpoint_must_be_one) {
  // The library that reads them takes all of these, and converts 1e300 with undefined behaviour.
  const Scratch scratch;
  results::Checkpoints files(scratch.path() / "checkpoints");
  files.write(full_checkpoint());
  const std::string text = read_file(files.files().at(0));
  const auto json = nlohmann::json::from_cbor(text.substr(text.find('\n') + 1));
  std::size_t numbers = 0;
  const auto flat = json.flatten();
  for (const auto& [path, value] : flat.items()) {
    if (!value.is_number_integer()) continue;
    ++numbers;
    for (const nlohmann::json& other :
         {nlohmann::json(1e300), nlohmann::json(1.5), nlohmann::json(true), nlohmann::json("1")}) {
      nlohmann::json changed = json;
      changed[nlohmann::json::json_pointer(path)] = other;
      std::string cbor;
      nlohmann::json::to_cbor(changed, cbor);
      base::Sha256 sum;
      sum.add(cbor);
      scratch.write("changed.checkpoint",
                    "pipeline checkpoint 1 " + std::to_string(cbor.size()) + " " + sum.hex() + "\n" + cbor);
      BOOST_CHECK_EXCEPTION(
          results::read_checkpoint(scratch.path() / "changed.checkpoint"), std::runtime_error,
          [&](const auto& e) { return std::string(e.what()).ends_with(other.dump() + " is not a whole number"); });
    }
  }
  BOOST_TEST(numbers > 35u);
}

BOOST_AUTO_TEST_CASE(a_whole_number_that_does_not_fit_is_refused) {
  const auto said = [](auto whole, const nlohmann::json& number) -> std::string {
    try {
      return std::to_string(base::whole_number<decltype(whole)>(number));
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  };
  for (const std::int64_t n : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    BOOST_TEST(said(std::int64_t(), n) == std::to_string(n));
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(said(std::uint64_t(), largest) == "18446744073709551615");
  BOOST_TEST(said(std::int64_t(), largest) == "18446744073709551615 is out of range");
  BOOST_TEST(said(int(), 4294967297) == "4294967297 is out of range");
  BOOST_TEST(said(int(), -4294967297) == "-4294967297 is out of range");
  BOOST_TEST(said(std::uint64_t(), -1) == "-1 is not a whole number");
  // A long text is cut between two characters.
  BOOST_TEST(said(int(), std::string(38, 'a') + "\u00e9\u00e9\u00e9") ==
             "\"" + std::string(38, 'a') + "\u00e9 is not a whole number");
}

BOOST_AUTO_TEST_CASE(the_last_two_checkpoints_are_kept_and_a_damaged_one_is_recognised) {
  const Scratch scratch;
  results::Checkpoints files(scratch.path() / "checkpoints");
  for (int i = 0; i < 4; ++i) files.write({});
  const auto kept = files.files();
  BOOST_TEST_REQUIRE(kept.size() == 2u);
  BOOST_TEST(kept[0].filename() == "000004.checkpoint");
  BOOST_TEST(kept[1].filename() == "000003.checkpoint");
  const std::string whole = read_file(kept[0]);
  // Every byte changed, and every length.
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    scratch.write("changed.checkpoint", changed);
    BOOST_CHECK_THROW(results::read_checkpoint(scratch.path() / "changed.checkpoint"), std::runtime_error);
    scratch.write("short.checkpoint", whole.substr(0, at));
    BOOST_CHECK_THROW(results::read_checkpoint(scratch.path() / "short.checkpoint"), std::runtime_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
