#include "plugins/call_scope.hpp"

#include <exception>
#include <memory>

#include "plugins/process_state.hpp"

namespace pipeline::plugins {

constinit thread_local const PluginCall* current_call = nullptr;
constinit thread_local const ProcessState* state_before_change = nullptr;
constinit thread_local Arithmetic usual_arithmetic;

void about_to_change_the_process() {
  if (!current_call || state_before_change) return;
  state_before_change = new ProcessState(ProcessState::now(std::locale::classic()));  // our programs set no other
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
  // Taken first: restoring it calls the same functions as the plugin did.
  const std::unique_ptr<const ProcessState> before(state_before_change);
  if (before) {
    if (const std::string more = before->difference(ProcessState::now()); !more.empty()) {
      before->restore();
      what += (what.empty() ? "" : " and ") + more;
    }
    state_before_change = nullptr;
  }
  return what;
}

}  // namespace pipeline::plugins
