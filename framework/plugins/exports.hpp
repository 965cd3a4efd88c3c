// The names that a shared library exports, read from its file with libelf; none of its code runs.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::plugins {

/// Not a shared library for this kind of machine. The message continues "it ...".
struct NotALibrary : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A damaged shared library. The message states the damage.
struct DamagedLibrary : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The defined and visible names in the dynamic symbol table (which survives `strip`) that begin with `start`; sorted,
/// without duplicates. Throws NotALibrary or DamagedLibrary.
std::vector<std::string> exported_names(const std::filesystem::path& library, const std::string& start);

}  // namespace pipeline::plugins
