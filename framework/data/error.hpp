// Missing or wrong data.
#pragma once
#include <stdexcept>

namespace pipeline::data {

/// The message states the cause, the place and the remedy; the program ends with exit code 4.
struct DataError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pipeline::data
