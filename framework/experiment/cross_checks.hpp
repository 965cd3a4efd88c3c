// Checks across sections: whether they fit each other, the network and the data.
#pragma once
#include <optional>

#include "config/complaint.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

class Reading;

/// Calls check() of metrics and regularisers with the network and, if it is known, the image shape.
void check_plugins(const Pipeline& p, const std::optional<ImageShape>& image, bool nonnegative,
                   config::Complaints& complaints);

/// Calls check() of the dataset and its wrappers, and check_training() of regularisers.
void check_parameters(Reading& reading);

/// A metric can compare only with models that exist.
void check_compared_models(Reading& reading);

/// A report may name metrics, which must exist.
void check_reports(Reading& reading);

/// An entry that watches a section needs one whose metric has a direction and is measured on the validation samples.
void check_watched_sections(Reading& reading);

/// The shape of the data after all wrappers; nothing, with complaints, if one does not fit. Throws data::DataError if a
/// wrapper fails.
std::optional<DataShape> wrapped_shape(const Pipeline& p, DataShape shape, config::Complaints& complaints);

/// Checks network, batches and plugins against data of this shape.
void compare_with_data(const Pipeline& p, const DataShape& data, bool nonnegative, config::Complaints& complaints,
                       const std::vector<std::string>& class_names = {});

/// The same, once the data is loaded. Throws config::PipelineTextError.
void check_against_data(const Pipeline& p, const DataShape& data, bool nonnegative,
                        const std::vector<std::string>& class_names);

}  // namespace pipeline::experiment
