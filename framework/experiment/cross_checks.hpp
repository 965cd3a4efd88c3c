// Checks across sections: whether they fit each other, the network and the data.
#pragma once
#include <optional>

#include "config/complaint.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// Calls check() of metrics and regularisers with the network and, if it is known, the image shape.
void check_plugins(const Pipeline& p, const std::optional<ImageShape>& image, bool nonnegative,
                   config::Complaints& complaints);

/// Calls check() of the dataset and its wrappers, and check_training() of regularisers.
void check_parameters(const Pipeline& p, config::Complaints& complaints);

/// A metric can compare only with models that exist.
void check_compared_models(const Pipeline& p, config::Complaints& complaints);

/// An entry that watches a section needs one whose metric has a direction and is measured on the validation samples.
void check_watched_sections(const Pipeline& p, config::Complaints& complaints);

/// The shape of the data after all wrappers; nothing, with complaints, if one does not fit. Throws data::DataError if a
/// wrapper fails.
std::optional<DataShape> wrapped_shape(const Pipeline& p, DataShape shape, config::Complaints& complaints);

/// Checks network, batches and plugins against data of this shape.
void compare_with_data(const Pipeline& p, const DataShape& data, bool nonnegative, config::Complaints& complaints);

/// The same, once the data is loaded. Throws config::PipelineTextError.
void check_against_data(const Pipeline& p, const DataShape& data, bool nonnegative);

}  // namespace pipeline::experiment
