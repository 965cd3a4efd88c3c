// For reports: files that appear complete or not at all, and programs that draw.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <pipeline/shape.hpp>

namespace pipeline {

/// Writes a file atomically and durably. Throws std::runtime_error.
PIPELINE_API void write_file(const std::filesystem::path& file, std::string_view text);

enum class Ran { ok, failed, not_found, too_slow };

/// Runs a program without a shell, in this folder and in the C locale; its standard output is dropped, and its standard
/// error goes to the file `messages` of the folder. It is killed at the time limit.
PIPELINE_API Ran run_program(const std::string& program, const std::vector<std::string>& arguments,
                             const std::filesystem::path& folder, std::chrono::seconds limit);

}  // namespace pipeline
