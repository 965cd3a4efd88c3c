#include <pipeline/state.hpp>

#include <pipeline/plugin.hpp>
#include <string_view>

namespace pipeline {

static_assert(std::string_view(PIPELINE_ARMA_WORD) == (sizeof(arma::uword) == 8 ? "64" : "32"),
              "plugin.hpp must state the word that Armadillo uses");

std::span<float> LikeWeights::at(const Tile& tile) const {
  if (tile.kind == Kind::own) {
    arma::fmat& array = arrays_->own.at(tile.own).at(tile.layer);
    return {array.colptr(tile.input), array.n_rows};
  }
  Layer& l = arrays_->network.layer(tile.layer);
  if (tile.kind == Kind::bias) return {l.b.memptr(), l.b.n_elem};
  return {l.W.colptr(tile.input), l.W.n_rows};
}

}  // namespace pipeline
