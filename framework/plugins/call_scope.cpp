#include "plugins/call_scope.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "plugins/changes.hpp"

namespace pipeline::plugins {

constinit thread_local const PluginCall* current_call = nullptr;
constinit thread_local Changes* changes_of_call = nullptr;
constinit thread_local Arithmetic usual_arithmetic;

void about_to_change_the_process(Shared kind) {
  if (!current_call) return;
  if (!changes_of_call) changes_of_call = new Changes();
  changes_of_call->note(kind);
}

std::string what_was_thrown() try { throw; } catch (const std::exception& e) {
  return e.what();
} catch (...) {
  return "threw something that is not a std::exception";
}

std::string CallScope::restore() {
  std::string what;
  if (const Arithmetic now = Arithmetic::now(); now != usual_arithmetic) {
    usual_arithmetic.restore();
    what = usual_arithmetic.difference(now);
  }
  if (const std::unique_ptr<Changes> changes(std::exchange(changes_of_call, nullptr)); changes) {
    const PluginCall* const call = std::exchange(current_call, nullptr);  // the plugin restores nothing itself here
    const std::string more = changes->undo();
    current_call = call;
    if (!more.empty()) what += (what.empty() ? "" : " and ") + more;
  }
  return what;
}

}  // namespace pipeline::plugins
