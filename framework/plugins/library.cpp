#include "plugins/library.hpp"

#include "plugins/process_state.hpp"

#include <cxxabi.h>
#include <boost/dll/shared_library.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/sha256.hpp"
#include "plugins/probe_cache.hpp"

namespace pipeline::plugins {

namespace {

const char* const kFix = "fix the plugin or remove its library";

/// The text with every mangled C++ name in it demangled.
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

/// The SHA-256 of a library, and what shows that its file has changed.
struct Identity {
  std::string sha256;
  nlohmann::json stamp;
};

/// Of the file before it is loaded for the first time; a library stays loaded as it was then.
const Identity& identity_of(const std::filesystem::path& library) {
  static auto* const known = new std::map<std::filesystem::path, Identity>();
  const auto at = known->find(library);
  if (at != known->end()) return at->second;
  nlohmann::json stamp = stamp_of(library);  // read first: a change while the file is hashed shows too
  return known->emplace(library, Identity{base::sha256_of(library), std::move(stamp)}).first->second;
}

boost::dll::shared_library open(const std::filesystem::path& library) try {
  // Bind now and keep symbols local: two plugins may have helpers of the same name.
  boost::dll::shared_library opened(library.string(),
                                    boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  // A library's threads and objects may live until the program ends, so it is never unloaded.
  static auto* const kept = new std::vector<boost::dll::shared_library>();
  kept->push_back(opened);
  return opened;
} catch (const std::exception& e) {
  // Boost's message is "... (dlerror system message: FILE: CAUSE): ERRNO"; only the loader's CAUSE is useful.
  std::string cause = e.what();
  const std::string before = "system message: ", file = library.string() + ": ";
  if (const std::size_t at = cause.find(before); at != std::string::npos) cause.erase(0, at + before.size());
  if (const std::size_t at = cause.rfind("): "); at != std::string::npos) cause.erase(at);
  if (cause.starts_with(file)) cause.erase(0, file.size());
  const bool needs_another = cause.find("cannot open shared object file") != std::string::npos;
  throw RefusedPlugin({"the library cannot be loaded: " + demangled(cause),
                       {},
                       needs_another ? "install the library that it needs, or rebuild the plugin without it"
                                     : "rebuild it against this program"},
                      library);
}

}  // namespace

std::string title(PluginKind kind, const std::string& name) { return std::string(name_of(kind)) + " '" + name + "'"; }

void set(Parameters& parameters, const Values& values) {
  for (const auto& [name, value] : values) {
    Parameter* const parameter = parameters.find(name);
    if (!parameter) throw std::invalid_argument("there is no parameter '" + name + "'");
    if (const auto complaint = parameter->set(value))
      throw std::invalid_argument(name + " = " + value + " " + *complaint);
  }
}

std::vector<std::string> about(const Loaded& plugin) {
  std::vector<std::string> lines;
  const boost::dll::shared_library library = open(plugin.library);
  if (!library.has("pipeline_about")) return lines;
  const CallScope scope({name_of(plugin.kind), plugin.name.c_str(), "pipeline_about", "", 0});
  std::istringstream text(&library.get<const char>("pipeline_about"));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

void load_library(const std::filesystem::path& library) {
  const ProcessState before = ProcessState::now();
  const Arithmetic arithmetic = Arithmetic::now();
  open(library);
  std::string changed = arithmetic.difference(Arithmetic::now());
  if (changed.empty()) changed = before.difference(ProcessState::now());
  if (!changed.empty())
    throw RefusedPlugin({std::string("the library ") + LeftChanged(changed, " while it is loaded").what(), {}, kFix},
                        library);
}

Refusal refusal_of(const Found& plugin, Refusal library) {
  const std::string who = title(plugin.kind, plugin.name);
  if (!library.cause.starts_with(who)) library.cause = who + " cannot be used: " + library.cause;
  return library;
}

Loaded load_plugin(const Found& plugin) try {
  // Loading runs the library's own code, and a damaged record may point anywhere.
  CallScope scope({name_of(plugin.kind), plugin.name.c_str(), "load", "", 0});
  const Identity& identity = identity_of(plugin.library);
  const boost::dll::shared_library opened = open(plugin.library);
  scope.expect_unchanged();
  if (stamp_of(plugin.library) != identity.stamp)
    throw RefusedPlugin({"the library was changed while it was in use", {}, "start again once it is complete"},
                        plugin.library);
  const auto& record = opened.get<const PipelinePlugin>(symbol_of(plugin.kind, plugin.name));
  if (record.contract != PIPELINE_CONTRACT)
    throw RefusedPlugin(
        {title(plugin.kind, plugin.name) + " was built for plugin contract " + std::to_string(record.contract) +
             ", but this program has contract " + std::to_string(PIPELINE_CONTRACT),
         {},
         "rebuild it against this program's headers"},
        plugin.library);
  if (std::string(record.build) != PIPELINE_BUILD)
    throw RefusedPlugin({title(plugin.kind, plugin.name) + " was built with a different layout of C++ objects",
                         {std::string("plugin:  ") + record.build, std::string("         ") + record.compiler,
                          "program: " PIPELINE_BUILD, "         " PIPELINE_COMPILER},
                         "rebuild it with the program's compiler and libraries"},
                        plugin.library);
  return {plugin.kind, plugin.name, record.summary, record.version, plugin.library, record.make, identity.sha256};
} catch (const RefusedPlugin& e) {
  throw RefusedPlugin(refusal_of(plugin, e.why), plugin.library);
} catch (const LeftChanged& e) {
  const LeftChanged when_loaded(e.changed, " while it is loaded");
  throw RefusedPlugin(refusal_of(plugin, {std::string("the library ") + when_loaded.what(), {}, kFix}), plugin.library);
}

void* make_object(const Loaded& plugin) {
  const auto refused = [&](const std::string& why) {
    return RefusedPlugin({title(plugin.kind, plugin.name) + " cannot be created: " + why, {}, ""}, plugin.library);
  };
  try {
    if (void* object = call({name_of(plugin.kind), plugin.name.c_str(), "make", "", 0}, plugin.make)) return object;
  } catch (...) {
    throw refused(what_was_thrown());
  }
  throw refused("its library returns a null pointer");
}

}  // namespace pipeline::plugins
