// Comparisons as tables to read.
#pragma once
#include <string>
#include <vector>

#include "comparing/comparison.hpp"
#include "comparing/runs.hpp"

namespace pipeline::cli {

/// A table for each metric and layer: every model with its mean and interval, and its difference to the reference.
std::string as_text(const std::vector<comparing::LastValues>& values,
                    const std::vector<comparing::Comparison>& comparisons, const comparing::ComparisonOptions& options);

/// How to read the tables: one line for each thing that occurs in them.
std::string notes_on(const std::vector<comparing::Comparison>& comparisons,
                     const comparing::ComparisonOptions& options);

}  // namespace pipeline::cli
