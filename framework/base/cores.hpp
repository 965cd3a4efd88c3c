// How many processor cores this process may use.
#pragma once
#include <cstddef>

namespace pipeline::base {

/// The least of what the scheduler's affinity mask, the CPU quota of the cgroup and SLURM_CPUS_PER_TASK allow; at
/// least 1. A container or a batch job may use fewer cores than the machine has.
std::size_t usable_cores();

}  // namespace pipeline::base
