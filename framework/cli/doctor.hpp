// `pipeline plugins doctor`: a diagnosis of each library in the search path.
#pragma once
#include "plugins/catalogue.hpp"

namespace pipeline::cli {

/// Probes every library again. Returns 0 if all are accepted, 3 if one is refused.
int doctor(pipeline::plugins::Catalogue& catalogue, bool json);

}  // namespace pipeline::cli
