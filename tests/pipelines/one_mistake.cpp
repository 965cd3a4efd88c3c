// One mistake causes one complaint: every line of a pipeline is spoilt in every way that people spoil lines.
#include <boost/test/unit_test.hpp>

#include "experiment/pipeline.hpp"
#include "support/csv_rows.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;
namespace fs = std::filesystem;

namespace {

/// Sections that refer to each other, so that a mistake in one could cause complaints about another.
const std::string entangled = R"([pipeline]
name = entangled
seed = 3

[dataset]
plugin = digits
train = 600
test = 200
validation = 100
wrappers = subset, label_noise
subset.per_class = 40
label_noise.share = 0.4

[network]
layers = 784, 16, 10
output_bias = no

[training]
steps = 30
batch_size = 20
optimiser = momentum
momentum.momentum = 0.8
learning_rate = 0.1
schedule = step
schedule.every = 10
schedule.warmup = 5

[model:plain]

[model:l2]
regularisers = l2, stop
l2.lambda = 1e-3
l2.layers = 1
stop.plugin = early_stopping
stop.metric = accuracy
stop.patience = 3

[model:adam]
optimiser = adam
adam.beta1 = 0.8
learning_rate = 0.01
schedule = cosine
schedule.end = 0.1

[model:both]
regularisers = dropout, early_stopping
dropout.keep_prob = 0.5
early_stopping.metric = held_out
early_stopping.patience = 2

[metric:accuracy]
every = 10
on = validation

[metric:held_out]
plugin = loss
every = 10
on = validation

[metric:linear_cka]
every = 10
with = plain

[metric:snr_optimality_live]
plugin = snr_optimality
every = 10
inputs = live

[report:summary]
every = 10
)";

std::string with_line(const std::vector<std::string>& lines, std::size_t changed, const std::string& line, bool keep) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (i != changed || keep) text += (i == changed ? line : lines[i]) + "\n";
  return text;
}

/// The line with one letter of the word at `from` doubled or left out.
std::vector<std::string> misspelt(const std::string& line, std::size_t from, std::size_t length) {
  if (length < 5) return {};
  std::string doubled = line, shorter = line;
  doubled.insert(from + length / 2, 1, line[from + length / 2]);
  shorter.erase(from + length / 2, 1);
  return {doubled, shorter};
}

/// What is surely wrong with a line when it is spoilt so.
std::vector<std::string> spoilt(const std::string& line) {
  std::vector<std::string> out;
  if (line.starts_with("[")) {
    const std::size_t kind = line.find_first_of(":]") - 1;
    out = misspelt(line, 1, kind);
    out.push_back(line.substr(0, line.size() - 1));
    out.push_back("[" + line);
    if (line.find(':') != line.npos) out.push_back(line.substr(0, kind + 1) + " " + line.substr(kind + 1));
    return out;
  }
  const std::size_t equals = line.find(" = ");
  if (equals == line.npos) return out;
  const std::string key = line.substr(0, equals), value = line.substr(equals + 3);
  const std::size_t last = key.rfind('.') + 1;  // a misspelt entry is another mistake
  out = misspelt(line, last, key.size() - last);
  out.push_back(key + " " + value);
  out.push_back(key + " = {" + value + "}");
  out.push_back(key + " = \"" + value);
  out.push_back("= " + value);
  if (key != "name") out.push_back(key + " = no such value");
  return out;
}

class Mistakes {
 public:
  /// The complaints about a pipeline file of this text.
  std::string complaints_about(const std::string& text, std::size_t& count) {
    count = 0;
    const fs::path file = scratch_.write("spoilt.ini", text);
    try {
      plugins::Catalogue catalogue = catalogue_;
      experiment::read_pipeline(file, {}, catalogue);
    } catch (const config::PipelineTextError& e) {
      count = e.complaints.size();
      return e.what();
    } catch (const std::exception& e) {
      count = 1;
      return e.what();
    }
    return "";
  }

 private:
  Scratch scratch_;
  plugins::Catalogue catalogue_{plugins::search_path({}, false)};
};

/// Lines without which nothing is wrong, or more than one thing.
bool may_be_left_out(const std::string& line) { return line.starts_with("include = ") || line == "[sweep]"; }

void check_each_line(const std::string& name, const std::string& text) {
  Mistakes mistakes;
  std::size_t count = 0;
  const std::string unspoilt = mistakes.complaints_about(text, count);
  BOOST_TEST_REQUIRE(count == 0u, name << ": " << unspoilt);
  const std::vector<std::string> lines = lines_of(text);
  std::size_t tried = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i].starts_with("#")) continue;
    for (const std::string& line : spoilt(lines[i])) {
      const std::string said = mistakes.complaints_about(with_line(lines, i, line, true), count);
      BOOST_TEST(count == 1u, name << ":" << i + 1 << ": '" << lines[i] << "' as '" << line << "':\n" << said);
      ++tried;
    }
    if (may_be_left_out(lines[i])) continue;
    const std::string said = mistakes.complaints_about(with_line(lines, i, "", false), count);
    BOOST_TEST(count <= 1u, name << ":" << i + 1 << ": without '" << lines[i] << "':\n" << said);
    ++tried;
  }
  BOOST_TEST(tried > 20u, name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(one_mistake_causes_one_complaint)

BOOST_AUTO_TEST_CASE(where_sections_refer_to_each_other) { check_each_line("entangled", entangled); }

BOOST_AUTO_TEST_CASE(in_every_shipped_pipeline) {
  for (const auto& file : fs::directory_iterator(SOURCE_DIR "/pipelines")) {
    const std::string text = file.path().extension() == ".ini" ? read_file(file.path()) : "";
    if (!text.empty() && text.find("\ninclude = ") == text.npos) check_each_line(file.path().filename().string(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
