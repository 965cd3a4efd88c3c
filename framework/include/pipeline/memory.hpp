// For datasets that read whole files.
#pragma once
#include <filesystem>
#include <string>

#include <pipeline/parameters.hpp>

namespace pipeline {

/// Throws Misfit if the file is larger than the memory that this process can ever have. For Dataset::check().
PIPELINE_API void must_fit_in_memory(const std::string& parameter, const std::filesystem::path& file);

}  // namespace pipeline
