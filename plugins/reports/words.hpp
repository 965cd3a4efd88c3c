// Identifiers as readers see them.
#pragma once
#include <algorithm>
#include <string>

#include <pipeline/series.hpp>

namespace pipeline::reports {

/// "snr optimality" for snr_optimality.
inline std::string readable(std::string identifier) {
  std::replace(identifier.begin(), identifier.end(), '_', ' ');
  return identifier;
}

/// What a column holds, without the set it was measured on: "loss" for loss and loss.train, "loss, penalty" for
/// loss.penalty and loss.train.penalty.
inline std::string readable(const Column& column) {
  std::string value = column.metric.substr(column.section.size());
  if (value == ".train" || value.starts_with(".train.")) value.erase(0, std::string(".train").size());
  return readable(column.section) + (value.empty() ? "" : ", " + readable(value.substr(1)));
}

}  // namespace pipeline::reports
