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
  /// Writes whole rows; values with 9 significant digits, layer empty for the whole network.
  void append(const std::vector<Row>& rows);

 private:
  base::AppendFile file_;
};

/// Every complete row. A last line without a newline is left out: the run was killed while it wrote it. Throws
/// std::runtime_error that names file and line.
std::vector<Row> read_metrics(const std::filesystem::path& file);

}  // namespace pipeline::results
