#include "results/metrics_csv.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

#include "base/numbers.hpp"
#include "base/sha256.hpp"
#include "base/utf8.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {

namespace {

constexpr std::string_view kHeader = "step,model,metric,layer,value";

base::AppendFile create(const std::filesystem::path& file) try {
  return base::AppendFile(file);
} catch (const base::FileError& e) {
  if (e.code != EEXIST && e.code != EWOULDBLOCK) rethrow_with_advice();
  throw std::runtime_error("another run has just begun in " + file.parent_path().string() +
                           "\n  give each run a folder of its own: --out DIR");
}

std::string line_of(const Row& row) {
  return std::to_string(row.step) + "," + row.model + "," + row.metric + "," +
         (row.layer ? std::to_string(row.layer) : "") + "," + base::nine_digits(row.value) + "\n";
}

template <class T>
bool parse(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_row(std::string_view line, Row& row) {
  std::string_view field[5];
  for (std::size_t i = 0; i < 5; ++i) {
    const auto comma = line.find(',');
    if ((comma == line.npos) != (i == 4)) return false;
    field[i] = line.substr(0, comma);
    if (i < 4) line.remove_prefix(comma + 1);
  }
  row.model = field[1];
  row.metric = field[2];
  row.layer = 0;
  return parse(field[0], row.step) && (field[3].empty() || parse(field[3], row.layer)) && parse(field[4], row.value) &&
         !row.model.empty() && !row.metric.empty();
}

}  // namespace

MetricsWriter::MetricsWriter(const std::filesystem::path& file) : MetricsWriter(create(file)) {}

MetricsWriter::MetricsWriter(base::AppendFile file) : file_(std::move(file)) {
  with_advice([&] {
    file_.cut(0);
    file_.append(std::string(kHeader) + "\n");
  });
}

MetricsWriter::MetricsWriter(base::AppendFile file, const MetricsEnd& end) : file_(std::move(file)) {
  if (file_.size() < end.size || file_.sha256_of_first(end.size) != end.sha256)
    throw std::runtime_error("the first " + std::to_string(end.size) + " bytes of metrics.csv have changed");
  file_.cut(end.size);
}

MetricsEnd MetricsWriter::sync() {
  with_advice([&] { file_.sync(); });
  return {file_.size(), file_.sha256()};
}

void MetricsWriter::append(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) text += line_of(row);
  if (!text.empty()) with_advice([&] { file_.append(text); });
}

bool holds_no_rows(const std::filesystem::path& file) {
  return (std::string(kHeader) + "\n").starts_with(read_file(file));
}

std::vector<Row> read_metrics(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  const auto complain = [&](std::size_t line, const std::string& message) {
    throw std::runtime_error(file.string() + ":" + std::to_string(line) + ": " + message);
  };
  std::vector<Row> rows;
  rows.reserve(text.size() / 32);  // a row takes 30 to 50 bytes
  std::string_view rest = text;
  for (std::size_t line = 1, end; (end = rest.find('\n')) != rest.npos; ++line, rest.remove_prefix(end + 1)) {
    const std::string_view content = rest.substr(0, end);
    if (line == 1) {
      if (content != kHeader) complain(1, "expected the header " + std::string(kHeader));
    } else if (!parse_row(content, rows.emplace_back())) {
      complain(line, base::quoted(content) + " is not a row " + std::string(kHeader));
    }
  }
  return rows;
}

void expect_metrics(const std::filesystem::path& file, const MetricsEnd& end) {
  const std::string text = read_file(file);
  if (text.size() != end.size)
    throw std::runtime_error(file.string() + " is damaged: it has " + std::to_string(text.size()) +
                             " bytes; the run ended with " + std::to_string(end.size));
  base::Sha256 sum;
  sum.add(text);
  if (sum.hex() != end.sha256)
    throw std::runtime_error(file.string() + " has changed since the run ended: its SHA-256 is not that in run.json");
}

}  // namespace pipeline::results
