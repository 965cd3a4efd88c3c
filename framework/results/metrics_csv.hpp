// metrics.csv: step,model,metric,layer,value. Every measurement, one row each; the file only grows.
#pragma once
#include <filesystem>
#include <pipeline/results.hpp>
#include <string>
#include <vector>

#include "base/append_file.hpp"

namespace pipeline::results {

class MetricsWriter {
 public:
  /// Creates the file with its header. Throws std::runtime_error, also if another run has just created it.
  explicit MetricsWriter(const std::filesystem::path& file);
  /// Starts over with a file that exists.
  explicit MetricsWriter(base::AppendFile file);
  /// Continues a file of which the first `size` bytes have this SHA-256; what follows them is removed. Throws
  /// std::runtime_error if they have not, and leaves the file as it is.
  MetricsWriter(base::AppendFile file, std::size_t size, const std::string& sha256);
  /// Writes whole rows; values with 9 significant digits, layer empty for the whole network.
  void append(const std::vector<Row>& rows);
  /// Makes the rows so far survive a power loss, and returns where they end.
  struct End {
    std::size_t size;
    std::string sha256;
  };
  End sync();

 private:
  base::AppendFile file_;
};

/// Whether the file ends within its header or after it.
bool holds_no_rows(const std::filesystem::path& file);

/// Every complete row. A last line without a newline is left out: the run was killed while it wrote it. Throws
/// std::runtime_error that names file and line.
std::vector<Row> read_metrics(const std::filesystem::path& file);

}  // namespace pipeline::results
