// The pages of finished and unfinished runs and sweeps: those of every report that writes one.
#pragma once
#include <filesystem>
#include <pipeline/report.hpp>
#include <string>

#include "plugins/catalogue.hpp"

namespace pipeline::running {

/// Writes the page of each report that has one, with its default parameters, into this folder of a run or of a sweep.
/// Returns what the reports say, failures as warnings. Throws std::runtime_error where the
/// folder is neither, or its files are damaged.
ReportOutput write_pages(const std::filesystem::path& folder, plugins::Catalogue& catalogue);

/// The curves of a run as text, by every report that draws some.
ReportOutput curves_as_text(const std::filesystem::path& run, plugins::Catalogue& catalogue, std::size_t columns);

}  // namespace pipeline::running
