// Whole numbers in JSON that was read from a file. nlohmann/json's get() also takes true, 1.5 and 1e300, whose conversion
// to an integer is undefined behaviour, and cuts off the upper bits of numbers that do not fit.
#pragma once
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/utf8.hpp"

namespace pipeline::base {

/// Throws std::runtime_error for anything but a whole number that a Whole can hold.
template <std::integral Whole = std::uint64_t>
Whole whole_number(const nlohmann::json& j) {
  if (j.is_number_unsigned() && std::in_range<Whole>(j.get<std::uint64_t>())) return j.get<Whole>();
  if (j.is_number_integer() && !j.is_number_unsigned() && std::in_range<Whole>(j.get<std::int64_t>()))
    return j.get<Whole>();
  // Replaces what is not UTF-8, which CBOR can hold: dump() would throw.
  const std::string text = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string begins = text.substr(0, byte_of(text, 40));
  const bool out_of_range = j.is_number_integer() && !(std::unsigned_integral<Whole> && !j.is_number_unsigned());
  throw std::runtime_error(begins + (out_of_range ? " is out of range" : " is not a whole number"));
}

}  // namespace pipeline::base
