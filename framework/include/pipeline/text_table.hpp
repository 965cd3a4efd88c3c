// A table in plain text that reads well in a terminal.
#pragma once
#include <string>
#include <vector>

#include <pipeline/shape.hpp>

namespace pipeline {

/// A table given column by column, each with its head. Columns that do not fit on a line are printed below, as a
/// further band that repeats the stub (the columns that label a line). A note ends each band that has room for it.
class PIPELINE_API TextTable {
 public:
  enum Flush { left, right };
  using Cells = std::vector<std::string>;

  void stub(Cells cells);
  void column(Cells cells, Flush flush = right);
  void note(Cells cells);
  /// Lines of at most `page` characters where the columns allow it; with a rule below the heads.
  Cells lines(std::size_t page, bool rule) const;

 private:
  std::vector<Cells> stub_, columns_;
  Cells note_;
};

}  // namespace pipeline
