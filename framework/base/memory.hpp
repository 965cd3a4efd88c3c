// How much memory this process can have, for checks before any work.
#pragma once
#include <string>

namespace pipeline::base {

/// The most memory that this process can ever have, whatever else runs: the smallest of physical memory with swap, the
/// limit of its control group with swap, and ulimit -v.
struct MemoryLimit {
  double bytes;
  std::string what;  // "this machine has 16 GB of memory and swap"
};
MemoryLimit memory_limit();

/// "3.2 TB", decimal units.
std::string size_text(double bytes);

}  // namespace pipeline::base
