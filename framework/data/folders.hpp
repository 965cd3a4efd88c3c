// Where datasets are looked for, and where downloads go.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline::data {

/// The folders that may contain <dataset>/<file>, in search order: ./data, those of PIPELINE_DATA_PATH, the user's own
/// ($XDG_DATA_HOME or ~/.local/share)/pipeline/data. Absolute; they need not exist.
std::vector<std::filesystem::path> search_folders();

/// The folder of this dataset's downloads: in ./data if that exists and is writable, else in the user's own folder.
/// Creates nothing.
std::filesystem::path landing_folder(const std::string& dataset);

}  // namespace pipeline::data
