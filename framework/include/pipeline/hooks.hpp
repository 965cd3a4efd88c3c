// All moments of a training step that a regulariser may act on: one small interface each, one header per moment.
//
//   batch -> [BatchChange] -> inputs -> layers, each: W [WeightChange, WeightTileChange], z, activation;
//            [ActivationChange, ActivationScale] at its place
//         -> loss + [WeightPenalty, SquaredPenalty, LayerPenalty, ActivationPenalty] -> gradient
//         -> [GradientChange, NetworkGradientChange], [LookAhead]: gradient at other weights first
//         -> [BeforeUpdate] -> W = W - rate * d -> [AfterUpdate, AfterLayerUpdate]      d: the optimiser makes it of
//                                                                                    the gradient (optimiser.hpp)
//   measuring: weights from [MeasuredWeights], activations by their `measure` form; then [Watcher]
//
// Several entries of one model: forward hooks run in file order, adjoints in reverse. `layers` and `biases` are common
// parameters: a hook is called only for the layers that the entry names, and for biases only where biases = yes; then
// the tile hooks (penalty, gradient, before and after the update) also see the trained arrays of all entries. Otherwise
// the Layer passed to a hook has an empty b. Hooks that receive a whole Network see the weights and biases of all
// layers, never trained arrays. Arrays that an entry stores from step to step are declared in declare_state
// (state.hpp).
//
// A hook that throws, or returns a non-finite number or an array of another shape, ends its model; the message names
// entry, hook and step. The other models continue.
#pragma once
#include <pipeline/hooks/activations.hpp>
#include <pipeline/hooks/batch.hpp>
#include <pipeline/hooks/draws.hpp>
#include <pipeline/hooks/gradient.hpp>
#include <pipeline/hooks/penalties.hpp>
#include <pipeline/hooks/regulariser.hpp>
#include <pipeline/hooks/update.hpp>
#include <pipeline/hooks/watching.hpp>
#include <pipeline/hooks/weights.hpp>
#include <pipeline/state.hpp>
