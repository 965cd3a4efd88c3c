// A tile: the weights that leave one input of a layer, the biases of a layer, or one column of a trained array.
#pragma once
#include <cstddef>

namespace pipeline {

enum class Kind { weights, bias, own };

/// Which numbers a hook receives. Identified by what they are, never by an address.
struct Tile {
  std::size_t layer = 0;
  Kind kind = Kind::weights;
  std::size_t input = 0;  // of weights: the input that they leave; of a trained array: the column
  std::size_t own = 0;    // of a trained array: its number among the model's, from 0
};

}  // namespace pipeline
