// Random numbers for hooks that work tile by tile.
#pragma once
#include <pipeline/hooks/step.hpp>
#include <pipeline/hooks/tile.hpp>

namespace pipeline {

/// Element i of the tile has draw `first` + i of `random`. A layer's weights, its biases and each trained array have
/// streams of their own; there, the index of an element in its array is the index of its draw.
struct TileDraws {
  Random random;
  std::uint64_t first;
};

/// `size`: the number of elements of the tile.
inline TileDraws draws_for(const Tile& tile, std::size_t size, const Step& step) {
  const std::size_t array = tile.kind == Kind::weights ? 0 : tile.kind == Kind::bias ? 1 : 2 + tile.own;
  return {step.random.in_layer(static_cast<std::uint32_t>(tile.layer + (array << 16))), tile.input * size};
}

}  // namespace pipeline
