// Plugin records as built for another program or by another compiler or matrix library; their code never runs.
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
