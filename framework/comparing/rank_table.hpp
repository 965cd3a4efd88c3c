// The runs that a ranking judges, from the folder of a sweep or from a table of other people's runs.
#pragma once
#include <filesystem>
#include <functional>
#include <set>

#include "comparing/ranking.hpp"

namespace pipeline::comparing {

struct RankOptions {
  std::string target;             // a column
  std::vector<std::string> axes;  // empty: all of a sweep; a table needs them
  std::vector<std::string>
      measures;  // empty: all other columns; "-NAME" should fall where the target rises, "+NAME" rise
  std::string seed = "pipeline.seed";
  bool seed_was_given = false;  // then it must exist
  std::function<void(const std::string&)> warn = [](const std::string&) {};
  // Of a sweep: values at the first measured step at which this column is at most `at_most`, instead of the last ones.
  std::string at_column;
  double at_most = 0;
  bool drop_noise = false;  // RankTable::drop_noise, of a sweep
};

/// A run of each model of each job that has ended. Axes are the settings in which jobs differ, and `model`; columns are
/// metrics, with ".LAYER" for those of a layer. A measure should rise with the target if both have the same better
/// direction, or one has none. Throws std::runtime_error, or std::invalid_argument for an unknown column.
RankTable table_of_sweep(const std::filesystem::path& folder, const RankOptions& options);

/// A row for each run, with a header. Throws std::runtime_error that names file and line, or std::invalid_argument.
RankTable table_of_csv(const std::filesystem::path& file, const RankOptions& options);

}  // namespace pipeline::comparing
