// Everything a regulariser may need: its base class, all hooks, matrices and random numbers. A plugin that wants to
// compile faster includes the headers of hooks/ that it uses instead.
#pragma once
#include <pipeline/hooks.hpp>
#include <pipeline/network.hpp>
