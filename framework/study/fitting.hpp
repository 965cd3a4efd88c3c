// Whether the sections of a description fit one another, the network and the data: what no section can tell by itself.
#pragma once
#include <optional>

#include "config/complaint.hpp"
#include "study/description.hpp"

namespace pipeline::study {

/// One item of a list, at its own place: so that a complaint underlines it and not its neighbours.
config::Word item(config::Word list, std::size_t index, const std::string& text);

/// What metrics and regularisers have to say about the network and, where they are known, the images.
void check_plugins(const Description& d, const std::optional<ImageShape>& image, bool nonnegative,
                   config::Complaints& complaints);

/// A metric compares with models that are there.
void check_compared_models(const Description& d, config::Complaints& complaints);

/// An entry that watches needs a section with one number that has a direction, on images set aside for that.
void check_watched_sections(const Description& d, config::Complaints& complaints);

/// The shape that the wrappers make of their data set's; none where one complained. Throws data::DataError.
std::optional<DataShape> wrapped_shape(const Description& d, DataShape shape, config::Complaints& complaints);

/// Network, batches and plugins against data of this shape.
void compare_with_data(const Description& d, const DataShape& data, bool nonnegative, config::Complaints& complaints);

}  // namespace pipeline::study
