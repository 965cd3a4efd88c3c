// Whole numbers in JSON that was read from a file. nlohmann/json's get() also takes true, 1.5 and 1e300, whose conversion
// to an integer is undefined behaviour.
#pragma once
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace pipeline::base {

/// Throws std::runtime_error for anything but a whole number, and for a negative one if Whole is unsigned.
template <std::integral Whole = std::uint64_t>
Whole whole_number(const nlohmann::json& j) {
  if (std::unsigned_integral<Whole> ? j.is_number_unsigned() : j.is_number_integer()) return j.get<Whole>();
  // Replaces what is not UTF-8, which CBOR can hold: dump() would throw.
  const std::string text = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  throw std::runtime_error(text.substr(0, 40) + " is not a whole number");
}

}  // namespace pipeline::base
