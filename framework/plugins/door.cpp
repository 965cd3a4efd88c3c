#include "plugins/door.hpp"

#include <cxxabi.h>
#include <boost/dll/shared_library.hpp>
#include <cstdlib>
#include <memory>

namespace pipeline::plugins {

namespace {

/// The text with every mangled C++ name in it as it was written.
std::string demangled(std::string text) {
  const std::string inside_names = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$";
  for (std::size_t at = 0; (at = text.find("_Z", at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(inside_names, at), text.size());
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(text.substr(at, end - at).c_str(), nullptr, nullptr, nullptr), &std::free);
    const std::string written = name ? name.get() : text.substr(at, end - at);
    text.replace(at, end - at, written);
    at += written.size();
  }
  return text;
}

boost::dll::shared_library open(const std::filesystem::path& library) try {
  // Bind now and keep symbols local: two plugins with a helper of one name never meet.
  boost::dll::shared_library opened(library.string(),
                                    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  // What a library started runs to the very end of the program, so it is never unloaded.
  static auto* const kept = new std::vector<boost::dll::shared_library>();
  kept->push_back(opened);
  return opened;
} catch (const std::exception& e) {
  // Boost says "... (dlerror system message: FILE: CAUSE): ERRNO"; the loader's cause is what helps.
  std::string cause = e.what();
  const std::string before = "system message: ", file = library.string() + ": ";
  if (const std::size_t at = cause.find(before); at != std::string::npos) cause.erase(0, at + before.size());
  if (const std::size_t at = cause.rfind("): "); at != std::string::npos) cause.erase(at);
  if (cause.starts_with(file)) cause.erase(0, file.size());
  const bool needs_another = cause.find("cannot open shared object file") != std::string::npos;
  throw RefusedPlugin({"the library cannot be loaded: " + demangled(cause),
                       {},
                       needs_another ? "install the library that it needs, or build it again without"
                                     : "build it again, against this program"},
                      library);
}

std::string name_of(const auto& plugin) { return plugin.kind + " '" + plugin.name + "'"; }

}  // namespace

void load_library(const std::filesystem::path& library) { open(library); }

Refusal said_of(const Found& plugin, Refusal library) {
  const std::string who = name_of(plugin);
  if (!library.cause.starts_with(who)) library.cause = who + " cannot be used: " + library.cause;
  return library;
}

Loaded open_door(const Found& plugin) try {
  const boost::dll::shared_library opened = open(plugin.library);
  const auto& record = opened.get<const PipelinePlugin>(symbol_of(plugin.kind, plugin.name));
  if (record.contract != PIPELINE_CONTRACT)
    throw RefusedPlugin({name_of(plugin) + " was built for plugin contract " + std::to_string(record.contract) +
                             ", this program has contract " + std::to_string(PIPELINE_CONTRACT),
                         {},
                         "build it again, against this program's headers"},
                        plugin.library);
  if (std::string(record.build) != PIPELINE_BUILD)
    throw RefusedPlugin({name_of(plugin) + " was built with another layout of C++ objects",
                         {std::string("plugin:  ") + record.build, std::string("         ") + record.compiler,
                          "program: " PIPELINE_BUILD, "         " PIPELINE_COMPILER},
                         "build it again with the program's compiler and libraries"},
                        plugin.library);
  return {plugin.kind, plugin.name, record.summary, record.version, plugin.library, record.make};
} catch (const RefusedPlugin& e) {
  throw RefusedPlugin(said_of(plugin, e.why), plugin.library);
}

void* make_object(const Loaded& plugin) {
  const auto refused = [&](const std::string& why) {
    return RefusedPlugin({name_of(plugin) + " cannot be made: " + why, {}, ""}, plugin.library);
  };
  try {
    if (void* object = plugin.make()) return object;
  } catch (const std::exception& e) {
    throw refused(e.what());
  } catch (...) {
    throw refused("it throws something that is no exception");
  }
  throw refused("its library returns no object");
}

}  // namespace pipeline::plugins
