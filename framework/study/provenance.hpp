// What made these numbers: run.json and summary.json, and the hash of a configuration.
#pragma once
#include <map>
#include <string>

#include "study/study.hpp"

namespace pipeline::study {

/// The first 6 hexadecimal digits of SHA-256 over every value of the resolved pipeline (paths, the pipeline's name and
/// reports left out) and over the data itself.
std::string configuration_hash(const Description& description, const LoadedData& loaded);

/// Keeps run.json up to date: written when the run starts and again when it ends.
class RunRecord {
 public:
  RunRecord(const Description& description, const plugins::Catalogue& catalogue, const RunOptions& options,
            const LoadedData& loaded, std::filesystem::path folder);
  ~RunRecord();
  void write(const std::string& status, const std::map<std::string, std::string>& failures = {});
  /// A regulariser stopped the model before this update.
  void stopped_early(const std::string& model, std::uint64_t step);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
  std::filesystem::path folder_;
};

/// Last and best value of every metric by model.
class Summary {
 public:
  explicit Summary(const Description& description);
  void add(const Row& row);
  void write(const std::filesystem::path& file) const;

 private:
  struct Seen {
    std::uint64_t last_step = 0, best_step = 0;
    double last = 0, best = 0;
    bool has_best = false;
  };
  Direction better(const std::string& metric) const;
  std::map<std::string, Direction> directions_;                                     // by section
  std::map<std::string, std::map<std::string, std::map<std::size_t, Seen>>> seen_;  // model, metric, layer
};

}  // namespace pipeline::study
