// The data of a pipeline: found or downloaded, loaded, checked against what the dataset promised, split and wrapped.
#pragma once
#include "data/files.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::running {

struct LoadedData {
  Data data;
  DataShape shape;
  std::vector<data::Located> files;        // read for it, with their SHA-256
  std::vector<std::string> warnings = {};  // of the dataset, and of what the splits lack
};

/// The files that the dataset itself names. Throws data::DataError.
std::vector<DataFile> files_of(const experiment::Pipeline& pipeline);

/// Throws data::DataError, or config::PipelineTextError if a wrapper does not fit the data.
LoadedData load_data(const experiment::Pipeline& pipeline, std::size_t threads, const data::FetchOptions& fetch);

/// Samples first .. first + count - 1, as a set of their own.
Samples part_of(const Samples& all, std::size_t first, std::size_t count);

}  // namespace pipeline::running
