// A plugin that needs a function which nobody has: bound late, it would fail in the middle of a run.
#include <pipeline/regulariser.hpp>

extern "C" void function_that_nobody_has();

namespace {
using namespace pipeline;
struct MissingSymbol final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    function_that_nobody_has();
  }
};
}  // namespace

PIPELINE_REGULARISER(MissingSymbol, missing_symbol, "needs a symbol that is not there")
