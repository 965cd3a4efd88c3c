// Finds what a plugin leaves changed in the process that it runs in.
#pragma once
#include "conformance/law.hpp"
#include "plugins/process_state.hpp"

namespace pipeline::conformance {

class ProcessWatch {
 public:
  explicit ProcessWatch(Findings& findings);
  ~ProcessWatch() { before_.restore(); }
  ProcessWatch(const ProcessWatch&) = delete;

  /// Fails the law if anything has changed since the last call, for which `call` is blamed; restores it.
  void after(const std::string& call);

 private:
  Findings& findings_;
  plugins::ProcessState before_;
};

}  // namespace pipeline::conformance
