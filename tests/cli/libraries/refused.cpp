// Plugin records as other programs, compilers and matrix libraries would leave them; nothing behind them runs.
#include <pipeline/regulariser.hpp>

namespace {
void* never() { return nullptr; }
}  // namespace

#define RECORD(NAME, CONTRACT, BUILD)                                                                            \
  extern "C" PIPELINE_API const PipelinePlugin pipeline_regulariser_##NAME;                                      \
  extern "C" const PipelinePlugin pipeline_regulariser_##NAME = {CONTRACT, BUILD,     "OldC 1.0", "regulariser", \
                                                                 #NAME,    "refused", "1",        never};

RECORD(other_contract, 999, PIPELINE_BUILD)
RECORD(other_build, PIPELINE_CONTRACT, "C++ ABI other, pointers 4")
RECORD(makes_nothing, PIPELINE_CONTRACT, PIPELINE_BUILD)
