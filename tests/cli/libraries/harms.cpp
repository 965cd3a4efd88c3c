// Libraries that harm the process that loads them. One source, one library for each way: see CMakeLists.txt.
#include <pipeline/regulariser.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace {
using namespace pipeline;

[[maybe_unused]] void crash() { ::raise(SIGSEGV); }
[[maybe_unused]] void hang() {
  for (;;) ::pause();
}

struct AtStart {
  AtStart() {
#if defined(CRASHES_LOADING)
    crash();
#elif defined(HANGS_LOADING)
    hang();
#elif defined(EXITS_LOADING)
    ::_exit(7);
#elif defined(THROWS_LOADING)
    throw std::runtime_error("no licence found");
#endif
  }
  ~AtStart() {
#if defined(CRASHES_ENDING)
    crash();
#endif
  }
} at_start;

struct Harms final : Regulariser, GradientChange {
  Harms() {
#if defined(CRASHES_MAKING)
    crash();
#endif
  }
  void declare(Parameters&) override {
#if defined(HANGS_DECLARING)
    hang();
#endif
  }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

/// It does no harm, but shares the library.
struct Neighbour final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};
}  // namespace

PIPELINE_REGULARISER(Harms, harms, "harms whoever loads it")
PIPELINE_REGULARISER(Neighbour, neighbour, "shares a library with one that harms")
