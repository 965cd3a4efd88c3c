// Errors on standard error: red on a terminal unless NO_COLOR is set.
#pragma once
#include <string>
#include <vector>

#include "config/complaint.hpp"

namespace pipeline::cli {

bool colours(int file_descriptor);
void complain(const std::string& message);
void complain(const config::PipelineTextError& error);
/// The message includes its prefix: "warning: ...".
void warn(const std::string& message);

}  // namespace pipeline::cli
