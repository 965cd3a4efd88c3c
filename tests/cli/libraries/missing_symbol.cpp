// A plugin that needs a function that no library defines. With lazy binding it would fail in the middle of a run.
#include <pipeline/regulariser.hpp>

namespace gone {
float function_that_no_library_defines(int);
}

namespace {
using namespace pipeline;
struct MissingSymbol final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    g[0] = gone::function_that_no_library_defines(1);
  }
};
}  // namespace

PIPELINE_REGULARISER(MissingSymbol, missing_symbol, "needs a symbol that no library defines")
