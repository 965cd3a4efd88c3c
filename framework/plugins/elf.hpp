// Which names an ELF library exports, read from its file: nothing of it is loaded, and no number in it is believed.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::plugins {

/// No shared library of this kind of machine; the words go on from "it ...".
struct NoLibrary : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A library that cannot be whole; the words say what is wrong with it.
struct DamagedLibrary : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The names in the dynamic symbol table that are defined there, visible to others and begin with `start`; sorted, each
/// once. That table survives `strip`. Throws NoLibrary or DamagedLibrary.
std::vector<std::string> exported_names(const std::filesystem::path& library, const std::string& start);

}  // namespace pipeline::plugins
