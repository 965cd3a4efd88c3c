// The words for data that is wrong or missing: what was tried, and every way on from there.
#pragma once
#include <string>
#include <vector>

#include "data/files.hpp"

namespace pipeline::data {

/// A word that a shell takes as one: commands that are shown can be pasted.
std::string quoted(const std::string& word);

/// Ends in a new line, so that several can follow each other.
std::string wrong_hash(const Verdict& verdict, bool web_page);

/// `tried` holds one entry an attempt: the URL and what came of it, or what was wrong with the disk.
std::string not_there(const std::string& dataset, const std::vector<std::string>& missing,
                      const std::vector<std::string>& tried, const FetchOptions& options);

}  // namespace pipeline::data
