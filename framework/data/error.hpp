// Data that is not there, or is not what it should be.
#pragma once
#include <stdexcept>

#include <pipeline/network.hpp>

namespace pipeline::data {

/// The message says what is wrong, where, and what to do; the program ends with exit code 4.
struct PIPELINE_API DataError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pipeline::data
