// nodes.h5: /<model>/<section>/<name>, every measurement of a vector over nodes [measurements x nodes] or of a matrix
// [measurements x rows x columns], with the attribute `steps`. With more than 8,000 measurements the steps are a
// dataset of their own, <name>.steps. Where classes have names, a matrix of [classes x classes] has the attribute
// `class_names`.
//
// The writer appends each measurement to nodes.h5.part, so memory does not grow with the run. nodes.h5 itself is
// replaced as a whole.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "measuring/measured.hpp"
#include "results/hdf5.hpp"

namespace pipeline::results {

class NodesWriter {
 public:
  explicit NodesWriter(std::filesystem::path target, std::vector<std::string> class_names = {});
  /// Removes an unfinished nodes.h5.part.
  ~NodesWriter();
  NodesWriter(const NodesWriter&) = delete;
  NodesWriter& operator=(const NodesWriter&) = delete;

  /// How many measurements of a dataset have been added, and the SHA-256 of their steps and values.
  struct End {
    std::size_t count = 0;
    std::string sha256;
    bool operator==(const End&) const = default;
  };
  using Ends = std::map<std::string, End>;  // by path
  Ends ends() const;
  /// Continues from the published nodes.h5, with these measurements and nothing else. Called before add(). Throws
  /// std::runtime_error if the file does not have them.
  void continue_from(const Ends& ends);

  /// Throws measuring::MetricFailure if a sheet has another shape than at its first measurement, and
  /// std::runtime_error if the file cannot be written; all measurements are then lost but for a published nodes.h5.
  void add(const std::string& model, std::uint64_t step, const std::vector<measuring::Sheet>& sheets);
  /// Makes all measurements so far readable as nodes.h5. Does nothing if there are none.
  void publish();
  /// The same, for the last time.
  void finish();

 private:
  struct Stack {
    std::vector<hsize_t> shape;  // of one measurement
    std::vector<std::int64_t> steps;
    hdf5::Handle dataset;
    base::Sha256 sum = {};  // of the steps and values so far
  };
  Stack& stack(const std::string& path, const std::vector<hsize_t>& shape);
  static void append(Stack& stack, std::int64_t step, const arma::mat& row_by_row, const std::string& path);
  void open();
  void discard();
  void copy_first(const Ends& ends);
  static void write_steps(hid_t file, const std::map<std::string, Stack>& stacks);
  [[noreturn]] void cannot_write(const std::exception& why) const;

  std::filesystem::path target_, part_;
  std::vector<std::string> class_names_;
  hdf5::Handle file_;
  bool created_ = false;                 // part_ exists
  std::map<std::string, Stack> stacks_;  // by path
};

/// Throws std::runtime_error, with the cause, unless the file begins with these measurements.
void expect_nodes(const std::filesystem::path& file, const NodesWriter::Ends& ends);

/// The steps of the measurements of a dataset; none if the file or the dataset does not exist.
std::vector<std::uint64_t> read_node_steps(const std::filesystem::path& file, const std::string& path);
/// One measurement: a column, or a matrix. Throws std::runtime_error that names file and dataset.
arma::mat read_nodes(const std::filesystem::path& file, const std::string& path, std::size_t index);

}  // namespace pipeline::results
