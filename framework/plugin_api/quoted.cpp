#include <pipeline/quoted.hpp>

#include "base/utf8.hpp"

namespace pipeline {

std::string quoted(std::string_view text) { return base::quoted(text); }

}  // namespace pipeline
