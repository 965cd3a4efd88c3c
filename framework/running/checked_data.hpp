// Whether loaded data is consistent: everything that the rest of the engine and other plugins rely on.
#pragma once
#include <pipeline/dataset.hpp>

namespace pipeline::running {

/// The shape of the data. Throws std::runtime_error that says what does not fit: "has 7 labels for 8 test samples".
DataShape checked_shape(const Data& data);

}  // namespace pipeline::running
