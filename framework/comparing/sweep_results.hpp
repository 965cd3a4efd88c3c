// What the reports of a sweep see: its comparisons, and the curves over its seeds.
#pragma once
#include <filesystem>
#include <pipeline/sweep_results.hpp>

namespace pipeline::comparing {

/// Reads every run of the sweep that has ended. Throws std::runtime_error if the folder is no sweep, or if two runs that
/// differ in nothing but their seed have the same one.
SweepResults sweep_results(const std::filesystem::path& folder);

}  // namespace pipeline::comparing
