// Results on their way to metrics.csv and nodes.h5: kept back until all earlier ones are there.
#pragma once
#include <cstdint>
#include <map>
#include <pipeline/report.hpp>
#include <string>
#include <vector>

namespace pipeline::study {

/// A vector over nodes (one column) or a matrix, for nodes.h5.
struct Sheet {
  std::string section, name;  // name: the layer's number, or the matrix's name
  bool is_vector = false;
  arma::mat values;
};

/// What one model gave at one step.
struct Measured {
  std::vector<Row> rows;
  std::vector<Sheet> sheets;
  void append(Measured more);
};

/// Puts what models measure, each at its own pace, into the order of the file: step, then model. A step is released
/// once no model can add to it any more: the same rows in the same order however the work was divided.
class Ordering {
 public:
  explicit Ordering(std::size_t models) : next_(models, 0), open_(models, true) {}

  void add(std::size_t model, std::uint64_t step, Measured measured) {
    waiting_[step].emplace(model, std::move(measured));
  }
  /// The model will measure nothing before this step any more.
  void reached(std::size_t model, std::uint64_t step) { next_[model] = step; }
  /// The model will measure nothing any more.
  void ended(std::size_t model) { open_[model] = false; }

  struct Released {
    std::uint64_t step;
    std::size_t model;
    Measured measured;
  };
  std::vector<Released> release();
  /// Every step before this one has been released.
  std::uint64_t horizon() const;

 private:
  std::vector<std::uint64_t> next_;
  std::vector<bool> open_;
  std::map<std::uint64_t, std::map<std::size_t, Measured>> waiting_;
};

/// "step,model,metric,layer,value", 9 significant digits, layer empty for the whole network.
std::string csv_line(const Row& row);

}  // namespace pipeline::study
