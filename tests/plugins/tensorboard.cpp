// The event files of the report tensorboard, read record by record. `./dev test-tensorboard` has TensorBoard read them.
#include <dlfcn.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <pipeline/report.hpp>
#include <protozero/pbf_reader.hpp>

#include "../../plugins/reports/event_file.hpp"
#include "results/run_results.hpp"
#include "support/synthetic_run.hpp"

using namespace pipeline;
using namespace synthetic;

BOOST_AUTO_TEST_SUITE(tensorboard)

namespace {

void report(const fs::path& folder, const Occasion& occasion) {
  void* library = dlopen(BUILD_DIR "/lib/pipeline/plugins/tensorboard.so", RTLD_NOW | RTLD_LOCAL);
  BOOST_REQUIRE_MESSAGE(library, dlerror());
  const auto* plugin = static_cast<const PipelinePlugin*>(dlsym(library, "pipeline_report_tensorboard"));
  std::unique_ptr<Report>(static_cast<Report*>(plugin->make()))->write(*results::open_run(folder), occasion);
}

/// The CRC-32C bit by bit, as its definition has it.
std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0);
  }
  return ~crc;
}
std::uint32_t masked(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

template <class T>
T number_at(const std::string& bytes, std::size_t at) {
  T x;
  std::memcpy(&x, bytes.data() + at, sizeof x);
  return x;
}

struct Histogram {
  double least = 0, most = 0, count = 0, sum = 0, squares = 0;
  std::vector<double> limits, counts;
};
struct Events {
  std::map<std::pair<std::string, std::uint64_t>, float> scalars;
  std::map<std::pair<std::string, std::uint64_t>, Histogram> histograms;
  std::map<std::string, std::string> hparams;  // by tag: the encoded HParamsPluginData
  std::size_t count = 0;
};

void read_value(protozero::pbf_reader value, std::uint64_t step, Events& events) {
  std::string tag;
  while (value.next()) switch (value.tag()) {
      case 1:
        tag = value.get_string();
        break;
      case 2:
        events.scalars[{tag, step}] = value.get_float();
        break;
      case 5: {
        Histogram& h = events.histograms[{tag, step}];
        protozero::pbf_reader histo = value.get_message();
        for (double* const target : {&h.least, &h.most, &h.count, &h.sum, &h.squares}) {
          BOOST_REQUIRE(histo.next());
          *target = histo.get_double();
        }
        for (std::vector<double>* const target : {&h.limits, &h.counts}) {
          BOOST_REQUIRE(histo.next());
          for (const double x : histo.get_packed_double()) target->push_back(x);
        }
        break;
      }
      case 9: {
        protozero::pbf_reader metadata = value.get_message();
        BOOST_REQUIRE(metadata.next(1));
        protozero::pbf_reader plugin = metadata.get_message();
        BOOST_REQUIRE(plugin.next(1));
        BOOST_TEST(plugin.get_string() == "hparams");
        BOOST_REQUIRE(plugin.next(2));
        events.hparams[tag] = plugin.get_bytes();
        break;
      }
      default:
        value.skip();
    }
}

Events events_of(const fs::path& file) {
  Events events;
  const std::string bytes = read(file);
  for (std::size_t at = 0; at < bytes.size();) {
    BOOST_REQUIRE(at + 12 <= bytes.size());
    const auto length = number_at<std::uint64_t>(bytes, at);
    BOOST_REQUIRE(at + 16 + length <= bytes.size());
    BOOST_TEST(number_at<std::uint32_t>(bytes, at + 8) == masked(std::string_view(bytes).substr(at, 8)));
    const std::string message = bytes.substr(at + 12, length);
    BOOST_TEST(number_at<std::uint32_t>(bytes, at + 12 + length) == masked(message));
    at += 16 + length;
    protozero::pbf_reader event(message);
    std::uint64_t step = 0;
    while (event.next()) switch (event.tag()) {
        case 1:
          BOOST_TEST(event.get_double() >= 0);
          break;
        case 2:
          step = static_cast<std::uint64_t>(event.get_int64());
          break;
        case 3:
          BOOST_TEST((event.get_string() == "brain.Event:2" && events.count == 0));
          break;
        case 7: {
          protozero::pbf_reader session = event.get_message();
          BOOST_TEST((session.next(1) && session.get_enum() == 1 && step == 0 && events.count == 1));
          break;
        }
        default: {
          BOOST_TEST(event.tag() == 5u);
          protozero::pbf_reader summary = event.get_message();
          while (summary.next(1)) read_value(summary.get_message(), step, events);
        }
      }
    ++events.count;
  }
  return events;
}

std::vector<std::string> files_of(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

constexpr const char* study = R"([pipeline]
name = hostile
seed = 3
[dataset]
plugin = csv
train = "</script>\"'$(touch pwned)`x`"
[network]
layers = 784, 2, 10
[training]
steps = 9
learning_rate = 0.1
[model:a]
learning_rate = 0.5
regularisers = l2
l2.lambda = 1e-3
)";

void make_small_run(const fs::path& folder, const std::string& resolved = study) {
  write(folder / "run.json", R"({"pipeline": "hostile", "steps": 9, "models": ["a"], "failures": {}, "metrics": [
    {"section": "s", "plugin": "s", "unit": "</script>", "better": "higher"}]})");
  write(folder / "resolved.ini", resolved);
  write(folder / "metrics.csv",
        "step,model,metric,layer,value\n0,control,s,1,0.5\n0,a,s,1,0.1\n0,a,s.</script>'\"$(x),,nan\n5,a,s,1,0.25\n"
        "9,a,s,1,1e300\n");
  fs::remove(folder / "nodes.h5");
  stack(folder / "nodes.h5", "/a/s/1", {arma::vec{1, 2, 4, std::nan("")}});
}

/// The fields of SessionStartInfo.
struct Start {
  std::map<std::string, std::string> texts;
  std::map<std::string, double> numbers;
  std::string group;
};
Start start_of(const Events& events) {
  Start start;
  protozero::pbf_reader data(events.hparams.at("_hparams_/session_start_info"));
  BOOST_REQUIRE(data.next(3));
  protozero::pbf_reader info = data.get_message();
  while (info.next()) {
    if (info.tag() == 4) {
      start.group = info.get_string();
      continue;
    }
    protozero::pbf_reader entry = info.get_message();
    BOOST_REQUIRE(entry.next(1));
    const std::string key = entry.get_string();
    BOOST_REQUIRE(entry.next(2));
    protozero::pbf_reader value = entry.get_message();
    BOOST_REQUIRE(value.next());
    if (value.tag() == 2)
      start.numbers[key] = value.get_double();
    else
      start.texts[key] = value.get_string();
  }
  return start;
}

const std::string file_of_step_9 = "events.out.tfevents.0000000000000009.pipeline";

}  // namespace

BOOST_AUTO_TEST_CASE(the_checksum_is_crc32c) {
  BOOST_TEST(crc32c("123456789") == 0xE3069283u);  // its check value
  for (const std::string& text : std::vector<std::string>{"", "123456789", std::string(40, '\0')})
    BOOST_TEST(reports::masked_crc(text) == masked(text));
}

BOOST_AUTO_TEST_CASE(rows_are_scalars_and_figures_per_node_histograms) {
  const Folder folder;
  make_small_run(folder.path);
  report(folder.path, {9, true});
  const Events events = events_of(folder.path / "tensorboard/a" / file_of_step_9);
  BOOST_TEST(events.scalars.size() == 4u);
  BOOST_TEST((events.scalars.at({"s/layer 1", 0}) == .1f));
  BOOST_TEST((events.scalars.at({"s/layer 1", 5}) == .25f));
  BOOST_TEST((std::isnan(events.scalars.at({"s.</script>'\"$(x)", 0}))));
  BOOST_TEST((std::isinf(events.scalars.at({"s/layer 1", 9}))));  // too large for float32
  BOOST_REQUIRE(events.histograms.size() == 1u);
  const auto& [key, h] = *events.histograms.begin();
  BOOST_TEST((key == std::pair<std::string, std::uint64_t>("s/layer 1 nodes", 0)));
  BOOST_TEST((h.least == 1 && h.most == 4 && h.count == 3 && h.sum == 7 && h.squares == 21));
  BOOST_REQUIRE((h.limits.size() == 30u && h.counts.size() == 30u));
  BOOST_TEST((h.limits.back() == 4 && h.counts[0] == 1 && h.counts[10] == 1 && h.counts[29] == 1));
  const Events control = events_of(folder.path / "tensorboard/control" / file_of_step_9);
  BOOST_TEST((control.scalars.size() == 1u && control.hparams.empty()));
}

BOOST_AUTO_TEST_CASE(a_model_is_a_session_and_its_group_leaves_out_the_seed) {
  const Folder folder, other_seed, other_rate;
  make_small_run(folder.path);
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = study;
    return text.replace(text.find(from), from.size(), to);
  };
  make_small_run(other_seed.path, changed("seed = 3", "seed = 4"));
  make_small_run(other_rate.path, changed("= 0.5", "= 0.25"));
  std::vector<Start> starts;
  for (const Folder* each : {&folder, &other_seed, &other_rate}) {
    report(each->path, {9, true});
    const Events events = events_of(each->path / "tensorboard/a" / file_of_step_9);
    BOOST_TEST(events.hparams.size() == 2u);
    BOOST_TEST(!events.hparams.contains("_hparams_/experiment"));
    BOOST_TEST(events.hparams.at("_hparams_/session_end_info") == std::string("\x22\x02\x08\x01"));  // success
    starts.push_back(start_of(events));
  }
  const Start& start = starts[0];
  BOOST_TEST(start.numbers.at("training.learning_rate") == .5);
  BOOST_TEST(start.numbers.at("l2.lambda") == 1e-3);
  BOOST_TEST(start.numbers.at("pipeline.seed") == 3);
  BOOST_TEST(start.texts.at("network.layers") == "784, 2, 10");
  BOOST_TEST(start.texts.at("dataset.train") == "</script>\"'$(touch pwned)`x`");
  BOOST_TEST(start.group.starts_with("a "));
  BOOST_TEST(starts[1].group == start.group);
  BOOST_TEST(starts[2].group != start.group);
}

BOOST_AUTO_TEST_CASE(each_report_adds_the_new_steps_and_gives_the_same_bytes_again) {
  const Folder folder;
  make_small_run(folder.path);
  const fs::path of_a = folder.path / "tensorboard/a";
  for (const Occasion& occasion : {Occasion{0, false}, Occasion{5, false}, Occasion{9, false}})
    report(folder.path, occasion);
  const auto files = files_of(of_a);
  BOOST_REQUIRE(files.size() == 3u);
  std::size_t scalars = 0;
  for (const std::string& file : files) scalars += events_of(of_a / file).scalars.size();
  BOOST_TEST(scalars == 4u);
  BOOST_TEST(events_of(of_a / files[0]).hparams.contains("_hparams_/session_start_info"));
  const std::string second = read(of_a / files[1]);
  report(folder.path, {5, false});
  BOOST_TEST(read(of_a / files[1]) == second);
  BOOST_TEST(files_of(of_a) == files, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(at_the_end_one_file_replaces_the_others) {
  const Folder folder, undisturbed;
  for (const Folder* each : {&folder, &undisturbed}) make_small_run(each->path);
  const fs::path of_a = folder.path / "tensorboard/a";
  report(folder.path, {0, false});
  report(folder.path, {5, true});  // stopped
  BOOST_TEST(files_of(of_a).size() == 1u);
  BOOST_TEST(!events_of(of_a / files_of(of_a)[0]).hparams.contains("_hparams_/session_end_info"));
  report(folder.path, {9, false});  // continued
  report(folder.path, {9, true});
  report(undisturbed.path, {9, true});
  BOOST_TEST(files_of(of_a) == std::vector{file_of_step_9}, boost::test_tools::per_element());
  BOOST_TEST(read(of_a / file_of_step_9) == read(undisturbed.path / "tensorboard/a" / file_of_step_9));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_a_path_is_refused) {
  const Folder folder;
  make_small_run(folder.path);
  write(folder.path / "run.json", R"({"pipeline": "p", "steps": 9, "models": ["../../up"], "metrics": []})");
  BOOST_CHECK_THROW(report(folder.path, {9, true}), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
