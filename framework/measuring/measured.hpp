// The result of one measurement: rows for metrics.csv, and vectors and matrices for nodes.h5.
#pragma once
#include <pipeline/results.hpp>
#include <set>
#include <string>
#include <vector>

namespace pipeline::measuring {

/// A vector over nodes (one column) or a matrix.
struct Sheet {
  std::string section, name;  // name: the number of the layer, or the name of the matrix
  bool is_vector = false;
  arma::mat values;
};

/// The results of one model at one step.
struct Measured {
  std::vector<Row> rows;
  std::vector<Sheet> sheets;
  std::set<std::string> of_model =
      {};  // sections that looked at more than the network: penalties, learning rate, other models
};

}  // namespace pipeline::measuring
