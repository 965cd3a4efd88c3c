// Loads a plugin from the build tree and sets parameters, without the rest of the engine.
#pragma once
#include <dlfcn.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace support {

using Values = std::vector<std::pair<std::string, std::string>>;  // parameter and value, as text

/// A new object of the plugin `name` of this kind ("dataset", ...); Base is the kind's class. The library stays loaded.
template <class Base>
std::unique_ptr<Base> load(const std::string& kind, const std::string& name) {
  const std::string path = BUILD_DIR "/lib/pipeline/plugins/" + name + ".so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) throw std::runtime_error(dlerror());
  const void* record = dlsym(library, ("pipeline_" + kind + "_" + name).c_str());
  if (!record) throw std::runtime_error(path + " has no " + kind + " " + name);
  return std::unique_ptr<Base>(static_cast<Base*>(static_cast<const PipelinePlugin*>(record)->make()));
}

/// Declares the plugin's parameters and sets these. Throws the parameter's error message if a value is invalid.
template <class Base>
void set(Base& plugin, const Values& values) {
  pipeline::Parameters parameters;
  plugin.declare(parameters);
  for (const auto& [name, value] : values) {
    pipeline::Parameter* parameter = parameters.find(name);
    if (!parameter) throw std::runtime_error("no parameter " + name);
    if (const auto complaint = parameter->set(value)) throw std::runtime_error(name + " " + *complaint);
  }
}

}  // namespace support
