// metrics.csv: step,model,metric,layer,value. Every measurement, one row each; the file only grows.
#pragma once
#include <filesystem>
#include <optional>
#include <pipeline/results.hpp>
#include <string>
#include <vector>

#include "base/append_file.hpp"

namespace pipeline::results {

/// The size of metrics.csv at some moment, and the SHA-256 of its content then.
struct MetricsEnd {
  std::size_t size;
  std::string sha256;
};

class MetricsWriter {
 public:
  /// Creates the file with its header. Throws std::runtime_error, also if another run has just created it.
  explicit MetricsWriter(const std::filesystem::path& file);
  /// Starts over with a file that exists.
  explicit MetricsWriter(base::AppendFile file);
  /// Continues a file from there; what follows is removed. Throws std::runtime_error if the file does not begin so, and
  /// leaves it as it is.
  MetricsWriter(base::AppendFile file, const MetricsEnd& end);
  /// Writes whole rows; values with 9 significant digits, layer empty for the whole network.
  void append(const std::vector<Row>& rows);
  /// Makes the rows so far survive a power loss, and returns where they end.
  MetricsEnd sync();
  /// Whether a second process is kept from writing the file: not on a file system without locks.
  bool is_locked() const { return file_.is_locked(); }

 private:
  base::AppendFile file_;
};

/// Whether the file ends within its header or after it.
bool holds_no_rows(const std::filesystem::path& file);

/// Every complete row. A last line without a newline is left out: the run was killed while it wrote it. Throws
/// std::runtime_error that names file and line; as expect_metrics() if `expected` is given.
std::vector<Row> read_metrics(const std::filesystem::path& file, const std::optional<MetricsEnd>& expected = {});

/// Throws std::runtime_error if the file is not as the run left it when it ended: a copy may be cut short, for example.
/// Throws base::FileError if it cannot be read.
void expect_metrics(const std::filesystem::path& file, const MetricsEnd& expected);

}  // namespace pipeline::results
