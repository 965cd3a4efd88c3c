#include <boost/version.hpp>
#include <iostream>
#include <pipeline/plugin.hpp>

#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "kernels/products.hpp"

namespace pipeline::cli {

int version(const Words& words) {
  const Parsed parsed(words, "version", "Prints the versions of the program and its libraries.", {"options"},
                      "  pipeline version");
  if (parsed.help_given()) return Exit::ok;
  if (!parsed.positional().empty())
    throw UsageError("version takes no arguments, but got " + base::quoted(parsed.positional().front()));
  std::cout << "pipeline " PIPELINE_VERSION ", plugin contract " << PIPELINE_CONTRACT << "\n"
            << PIPELINE_COMPILER << "; " << PIPELINE_BUILD << "\n"
            << "Boost " << BOOST_VERSION / 100000 << "." << BOOST_VERSION / 100 % 1000 << "; "
            << kernels::blas_library() << ", kernels " << kernels::blas_core() << "\n";
  return Exit::ok;
}

}  // namespace pipeline::cli
