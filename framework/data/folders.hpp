// Where data sets lie, and where a new one is put.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <pipeline/network.hpp>

namespace pipeline::data {

/// The folders that may hold <data set>/<file>, in the order of search: ./data, those of PIPELINE_DATA_PATH, the
/// user's own ($XDG_DATA_HOME or ~/.local/share)/pipeline/data. Absolute; they need not exist.
PIPELINE_API std::vector<std::filesystem::path> search_folders();

/// Where a download of this data set goes: ./data/<data set> if ./data is there and can be written, else the user's own.
/// Creates nothing.
PIPELINE_API std::filesystem::path landing_folder(const std::string& dataset);

}  // namespace pipeline::data
