// Compares arrays bit by bit, so that NaN equals itself and -0 is not 0.
#pragma once
#include <cstddef>
#include <cstring>

namespace pipeline::base {

/// Empty arrays may be null pointers, which memcmp must not be given.
template <class T>
bool same_bytes(const T* a, const T* b, std::size_t count) {
  return count == 0 || std::memcmp(a, b, count * sizeof(T)) == 0;
}

}  // namespace pipeline::base
