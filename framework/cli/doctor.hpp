// `pipeline plugins doctor`: what is the matter with each library of the search path.
#pragma once
#include "plugins/catalogue.hpp"

namespace pipeline::cli {

/// Tries every library afresh; 0 where all is well, 3 where one is refused.
int doctor(pipeline::plugins::Catalogue& catalogue, bool json);

}  // namespace pipeline::cli
