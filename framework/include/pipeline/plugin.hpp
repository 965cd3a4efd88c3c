// The plugin ABI: the record that each plugin exports, which the engine checks before it runs any code of the plugin.
//
// The record of a plugin is the symbol pipeline_<kind>_<name>. The engine compares `contract` and `build` with its own
// and refuses a library that was built for another engine, compiler or matrix library, with both sides spelled out.
// Only then does it call `make`. Plugin authors use the export lines at the end of dataset.hpp, hooks/regulariser.hpp,
// optimiser.hpp, metric.hpp and report.hpp, never this file. A library may also export the text `pipeline_about`, the
// comment at the head of its source file, which `plugins inspect` shows; pipeline_add_plugin() adds it.
#pragma once
#include <armadillo_bits/config.hpp>
#include <cstdint>
#include <sstream>
#include <string>

#include <pipeline/shape.hpp>

namespace pipeline::
    armadillo_macros {  // the version without the library: it defines macros, and a class of no use here
#include <armadillo_bits/arma_version.hpp>
}  // namespace pipeline::armadillo_macros

/// Goes up with every change of a class in include/pipeline.
#define PIPELINE_CONTRACT 9

#define PIPELINE_TEXT_(x) #x
#define PIPELINE_TEXT(x) PIPELINE_TEXT_(x)

#if defined(_LIBCPP_VERSION)
#define PIPELINE_CXX_ABI "libc++ " PIPELINE_TEXT(_LIBCPP_ABI_VERSION)
#elif defined(_GLIBCXX_USE_CXX11_ABI)
#define PIPELINE_CXX_ABI "libstdc++ cxx11=" PIPELINE_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#define PIPELINE_CXX_ABI "unknown"
#endif
#if defined(_GLIBCXX_DEBUG)
#define PIPELINE_CONTAINERS ", debug containers"
#else
#define PIPELINE_CONTAINERS ""
#endif
// As Armadillo chooses it, without the headers that do.
#if !defined(ARMA_32BIT_WORD) && SIZE_MAX > 0xffffffff
#define PIPELINE_ARMA_WORD "64"
#else
#define PIPELINE_ARMA_WORD "32"
#endif
/// Everything that changes the layout of objects passed between engine and plugin; not the optimisation level, and not
/// the compiler's name.
#define PIPELINE_BUILD                                                                                                \
  "C++ ABI " PIPELINE_CXX_ABI PIPELINE_CONTAINERS                                                                     \
  ", pointers " PIPELINE_TEXT(__SIZEOF_POINTER__) ", Armadillo " PIPELINE_TEXT(ARMA_VERSION_MAJOR) "." PIPELINE_TEXT( \
      ARMA_VERSION_MINOR) ", word " PIPELINE_ARMA_WORD ", preallocated " PIPELINE_TEXT(ARMA_MAT_PREALLOC)

extern "C" {
struct PipelinePlugin {
  std::uint32_t contract;  // first, and never moved
  const char* build;
  const char* compiler;  // shown in complaints, not compared
  const char* kind;
  const char* name;
  const char* summary;
  const char* version;
  void* (*make)();  // a new object of the kind's base class; may throw
};
}

#if defined(__clang__)
#define PIPELINE_COMPILER "Clang " __clang_version__
#else
#define PIPELINE_COMPILER "GCC " __VERSION__
#endif
#if !defined(PIPELINE_PLUGIN_VERSION)
#define PIPELINE_PLUGIN_VERSION "1"
#endif

#define PIPELINE_EXPORT(KIND, BASE, CLASS, NAME, SUMMARY)                \
  extern "C" PIPELINE_API const PipelinePlugin pipeline_##KIND##_##NAME; \
  extern "C" const PipelinePlugin pipeline_##KIND##_##NAME = {           \
      PIPELINE_CONTRACT,                                                 \
      PIPELINE_BUILD,                                                    \
      PIPELINE_COMPILER,                                                 \
      #KIND,                                                             \
      #NAME,                                                             \
      SUMMARY,                                                           \
      PIPELINE_PLUGIN_VERSION,                                           \
      []() -> void* { return static_cast<BASE*>(new CLASS()); }};
