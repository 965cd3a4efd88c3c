// FOR_EACH_LEVEL compiles a function for several instruction levels, of which the program chooses as it starts. Only for
// loops that need no instruction of their own (those are in level.cpp) and whose bits no level changes.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FOR_EACH_LEVEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4"), optimize("O3")))
#else
#define FOR_EACH_LEVEL
#endif
