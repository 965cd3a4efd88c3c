#include "results/metrics_csv.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

#include "base/numbers.hpp"
#include "base/sha256.hpp"
#include "base/shell.hpp"
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

std::string sha256_of_text(std::string_view text) {
  base::Sha256 sum;
  sum.add(text);
  return sum.hex();
}

[[noreturn]] void complain_of_change(const std::filesystem::path& file, std::uintmax_t size,
                                     const MetricsEnd& expected) {
  throw std::runtime_error(file.string() + " is not as the run left it: " +
                           (size == expected.size
                                ? "its SHA-256 is not that in run.json"
                                : "it has " + std::to_string(size) + " bytes, not " + std::to_string(expected.size)) +
                           "\n  if it is a copy, copy it again; pipeline run FILE --resume --out " +
                           base::shell_word(file.parent_path().string()) + " goes back to its checkpoint if it can");
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

std::vector<Row> read_metrics(const std::filesystem::path& file, const std::optional<MetricsEnd>& expected) {
  const std::string text = read_file(file);
  if (expected && (text.size() != expected->size || sha256_of_text(text) != expected->sha256))
    complain_of_change(file, text.size(), *expected);
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

void expect_metrics(const std::filesystem::path& file, const MetricsEnd& expected) {
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(file, failed);
  if (failed) throw base::FileError("read", file, failed.value());
  if (size != expected.size || base::sha256_of(file) != expected.sha256) complain_of_change(file, size, expected);
}

}  // namespace pipeline::results
