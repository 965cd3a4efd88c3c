// Tries laws in a process of their own: a plugin that crashes, hangs or ends the program fails the law that was being
// tried, and the hook is named.
#pragma once
#include <chrono>
#include <functional>

#include "conformance/law.hpp"

namespace pipeline::conformance {

/// Every law for this plugin, in order; `said` hears of each outcome as it comes. A law may take so long. Called before
/// the caller starts threads: the process is forked.
std::vector<Outcome> judge_contained(const Candidate& candidate, std::chrono::seconds limit,
                                     const std::function<void(const Outcome&)>& said = {});

}  // namespace pipeline::conformance
