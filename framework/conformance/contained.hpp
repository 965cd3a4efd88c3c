// Tries laws in a child process: a plugin that crashes, hangs or ends the program fails the law that was being tried,
// and the failure names the hook.
#pragma once
#include <chrono>
#include <functional>

#include "conformance/law.hpp"

namespace pipeline::conformance {

/// The results of every law for this plugin, in order, with one failure per cause; `on_result` is called with each as
/// it arrives. `limit` is the time that one law may take. Call it before the process starts threads, because it forks.
std::vector<LawResult> check_contained(const Candidate& candidate, std::chrono::seconds limit,
                                       const std::function<void(const LawResult&)>& on_result = {});

}  // namespace pipeline::conformance
