// How large a network and its inputs are. Needs no matrix library.
#pragma once
#include <cstddef>
#include <vector>

#define PIPELINE_API __attribute__((visibility("default")))

namespace pipeline {

/// How large the layers are: sizes[0] inputs, sizes[l] outputs of layer l. Layers count from 1, as in metrics.csv; 0 is
/// the inputs.
struct NetworkShape {
  std::vector<std::size_t> sizes;
  bool output_bias = true;
  std::size_t layers() const { return sizes.size() - 1; }
  std::size_t inputs(std::size_t layer) const { return sizes.at(layer - 1); }
  std::size_t outputs(std::size_t layer) const { return sizes.at(layer); }
  bool has_bias(std::size_t layer) const { return layer < layers() || output_bias; }
};

/// Rows, columns and colours of an image stored row by row, the colours of a pixel side by side; all 0 where the
/// samples are not images.
struct ImageShape {
  std::size_t height = 0, width = 0, channels = 0;
  bool operator==(const ImageShape&) const = default;
};

}  // namespace pipeline
