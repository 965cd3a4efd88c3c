// Text of the user or of a file, as a message shows it.
#pragma once
#include <string>
#include <string_view>

#include <pipeline/shape.hpp>

namespace pipeline {

/// The text in single quotes, cut after 40 characters; control and invisible characters, and bytes that are not UTF-8,
/// are shown as \x0d. Messages are then short and readable, whatever a file contains. Write pipeline::quoted(...): next
/// to <iomanip>, a bare quoted(...) of a std::string is std::quoted.
PIPELINE_API std::string quoted(std::string_view text);

}  // namespace pipeline
