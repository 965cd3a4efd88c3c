// How far a difference in accuracy could be due to the choice of the test samples: another uncertainty than that of the
// seeds, of which repeated runs on the same test set tell nothing.
#pragma once
#include "comparing/comparison.hpp"

namespace pipeline::comparing {

/// Sets `test` of the comparisons of last values that are shares of right answers on the test set.
void add_test_errors(std::vector<Comparison>& comparisons, const ComparedRuns& runs);

}  // namespace pipeline::comparing
