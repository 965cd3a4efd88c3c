#include "plugins/call_scope.hpp"

namespace pipeline::plugins {

constinit thread_local const PluginCall* current_call = nullptr;

}  // namespace pipeline::plugins
