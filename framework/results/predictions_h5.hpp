// predictions.h5: /labels and /predicted/<model>, a class for each test sample, as the models were last measured. So
// models can be compared sample by sample: which ones they get wrong, and where they disagree.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pipeline::results {

struct Predictions {
  std::vector<std::uint16_t> labels;
  std::map<std::string, std::vector<std::uint16_t>> by_model;
};

/// Writes the file atomically. Throws std::runtime_error.
void write_predictions(const std::filesystem::path& file, const Predictions& predictions);

/// Empty where the file does not exist. Throws std::runtime_error that names the file.
Predictions read_predictions(const std::filesystem::path& file);

}  // namespace pipeline::results
