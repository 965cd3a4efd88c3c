// How deeply JSON is nested. The functions of nlohmann/json that copy, print and decode call themselves for each level,
// so a small file could exhaust the stack.
#pragma once
#include <string_view>

namespace pipeline::base {

enum class JsonNotation { text, cbor };

inline constexpr int kMostJsonLevels = 32;

/// Whether arrays and objects lie in each other more than 32 levels deep. What is not well formed counts up to the error.
bool nested_too_deeply(std::string_view json, JsonNotation notation = JsonNotation::text);

}  // namespace pipeline::base
