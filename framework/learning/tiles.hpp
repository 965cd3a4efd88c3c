// The tiles of a layer: one for the weights that leave each input, one for the biases.
#pragma once
#include <pipeline/hooks.hpp>

namespace pipeline::learning {

/// Calls f(tile) for every tile of layer l.
template <class F>
void each_tile(std::size_t l, const Layer& layer, F&& f) {
  for (std::size_t j = 0; j < layer.inputs(); ++j) f(Tile{l, Kind::weights, j});
  if (!layer.b.is_empty()) f(Tile{l, Kind::bias});
}

/// The values of a layer, or of anything shaped like it, that belong to a tile.
inline std::span<float> part(Layer& layer, const Tile& t) {
  return {t.kind == Kind::bias ? layer.b.memptr() : layer.W.colptr(t.input), layer.outputs()};
}
inline std::span<const float> part(const Layer& layer, const Tile& t) { return part(const_cast<Layer&>(layer), t); }

}  // namespace pipeline::learning
