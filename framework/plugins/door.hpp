// The door of a plugin library: opens it, compares its records with this program, makes its objects.
#pragma once
#include <pipeline/plugin.hpp>

#include "plugins/refusal.hpp"
#include "plugins/symbols.hpp"

namespace pipeline::plugins {

/// A loaded plugin. Its library stays loaded until the program ends.
struct Loaded {
  std::string kind, name, summary, version;
  std::filesystem::path library;
  void* (*make)();
};

/// Loads a library with nothing left to bind later. It stays until the program ends. Throws RefusedPlugin with the
/// loader's words.
void load_library(const std::filesystem::path& library);
/// What is wrong with a library, said of one of its plugins.
Refusal said_of(const Found& plugin, Refusal library);
/// Loads the library and checks the record behind its door, before any call into it. Throws RefusedPlugin.
Loaded open_door(const Found& plugin);
/// A new object of the kind's base class. Throws RefusedPlugin where the plugin throws or returns none.
void* make_object(const Loaded& plugin);

}  // namespace pipeline::plugins
