// Messages about wrong or missing data: what was tried, and every remedy.
#pragma once
#include <string>
#include <vector>

#include "data/files.hpp"

namespace pipeline::data {

/// Quotes a word for a shell, so that printed commands can be pasted.
std::string quoted(const std::string& word);

/// Ends with a newline, so that several can be joined.
std::string wrong_hash(const FileCheck& check, bool web_page);

/// `tried` has one entry per attempt: the URL and why it failed, or the disk's error.
std::string not_there(const std::string& dataset, const std::vector<std::string>& missing,
                      const std::vector<std::string>& tried, const FetchOptions& options);

}  // namespace pipeline::data
