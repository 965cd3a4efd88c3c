// Words for a shell.
#pragma once
#include <string>
#include <vector>

namespace pipeline::base {

/// The word as a shell takes it, in quotes where it needs them.
std::string shell_word(const std::string& word);
/// The words as one command line.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace pipeline::base
