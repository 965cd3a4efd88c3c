// Compiles a function for several instruction levels, of which one is chosen at run time. The function must be a loop
// over elements, each computed on its own with explicit rounding, so that the level changes no bit.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FOR_EACH_LEVEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4"), optimize("O3")))
#else
#define FOR_EACH_LEVEL
#endif
