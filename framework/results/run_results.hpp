// Reads the folder of a run, running or finished, for reports and commands.
#pragma once
#include <functional>
#include <memory>
#include <pipeline/results.hpp>

namespace pipeline::results {

/// Loads the dataset of a run, on the first call of RunResults::data().
using LoadData = std::function<std::shared_ptr<const Data>()>;

/// Reads run.json and metrics.csv, and the other files on demand. Throws std::runtime_error with the file and the
/// cause. Without `load`, data() throws.
std::unique_ptr<RunResults> open_run(const std::filesystem::path& folder, LoadData load = {});

}  // namespace pipeline::results
