// Tables on a terminal.
#pragma once
#include <string>
#include <vector>

namespace pipeline::cli {

/// Columns as wide as their widest cell, two blanks apart and two before the first, which is aligned to the left, the
/// others to the right. One row per line.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace pipeline::cli
