#!/usr/bin/python3
"""one_step.py FILE.h5 ...: recomputes one training step in float64 and compares it with that of the program.

Each FILE contains
  /before /gradient /after   W1 b1 W2 b2 ...: weights before the step, the gradient used by the update, weights after it
  inputs                     [batch x features]
  targets                    [batch x classes], each row a distribution, before label smoothing
  attribute rate             learning rate
  further attributes         each switches on one regulariser, for W only unless biases = 1
    l2                       lambda: lambda * W is added to the gradient
    label_smoothing          epsilon: targets become (1 - epsilon) y + epsilon / classes
    power                    p: every element g of the gradient becomes sign(g) |g|^p
    max_norm                 limit: the largest length of the incoming weights of a node after the update
    keep_prob                dropout on hidden activations; seed, model, entry and step are needed to redraw the masks
"""
import sys

import h5py
import numpy as np

from network import Comparison, affine, log_softmax, read_network
from philox import Random, check_known_vectors


def as_float32(x):
    """Parameters are float32 in the program: 0.8 is 0.800000012 there."""
    return float(np.float32(x))


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def dropout_masks(attributes, batch, widths):
    """The factors of hidden activations, [batch x units] for each hidden layer."""
    if "keep_prob" not in attributes:
        return [np.ones((batch, units)) for units in widths]
    keep = as_float32(attributes["keep_prob"])
    draws = Random.named(int(attributes["seed"]), "regulariser", text(attributes["model"]), text(attributes["entry"]))
    draws = draws.at_step(attributes["step"])
    # Element i of layer l is unit i mod units of sample i div units.
    return [draws.in_layer(l).bernoulli(keep, batch * units).reshape(batch, units) / keep
            for l, units in enumerate(widths, start=1)]


def data_gradient(layers, inputs, targets, masks):
    """Gradient of the mean cross-entropy: [(dW, db), ...]; db is None for layers without bias."""
    x, z = [inputs], []
    for l, (W, b) in enumerate(layers):
        z.append(affine(x[-1], W, b))
        if l + 1 < len(layers):
            x.append(np.maximum(z[-1], 0) * masks[l])
    d = (np.exp(log_softmax(z[-1])) * targets.sum(axis=1, keepdims=True) - targets) / len(inputs)
    gradient = []
    for l in reversed(range(len(layers))):
        W, b = layers[l]
        gradient.insert(0, (x[l].T @ d, None if b is None else d.sum(axis=0)))
        if l:
            d = (d @ W.T) * masks[l - 1] * (z[l - 1] > 0)
    return gradient


def regularised(gradient, layers, attributes):
    """Adds the gradients of penalties, then applies changes of the gradient."""
    on_biases = bool(attributes.get("biases", 0))

    def change(g, w, covered):
        if g is None or not covered:
            return g
        g = g + as_float32(attributes.get("l2", 0)) * w
        return np.sign(g) * np.abs(g) ** as_float32(attributes["power"]) if "power" in attributes else g

    return [(change(dW, W, True), change(db, b, on_biases)) for (dW, db), (W, b) in zip(gradient, layers)]


def limited(W, b, attributes):
    """max_norm: (W, b) with the incoming vector of every node shortened to the limit."""
    if "max_norm" not in attributes:
        return W, b
    with_bias = b is not None and bool(attributes.get("biases", 0))
    length = np.sqrt((W**2).sum(axis=0) + (b**2 if with_bias else 0))
    scale = np.minimum(1, as_float32(attributes["max_norm"]) / np.maximum(length, 1e-300))
    return W * scale, b * scale if with_bias else b


def main(file):
    check_known_vectors()
    comparison = Comparison("one_step")
    with h5py.File(file, "r") as f:
        before, stored, after = (read_network(f[group]) for group in ("before", "gradient", "after"))
        inputs, targets = f["inputs"][...].astype(np.float64), f["targets"][...].astype(np.float64)
        attributes = dict(f.attrs)
    epsilon = as_float32(attributes.get("label_smoothing", 0))
    targets = (1 - epsilon) * targets + epsilon / targets.shape[1]
    masks = dropout_masks(attributes, len(inputs), [W.shape[1] for W, _ in before[:-1]])
    gradient = regularised(data_gradient(before, inputs, targets, masks), before, attributes)
    print(f"one_step: {file}, batch of {len(inputs)}, {len(before)} layers, "
          + (", ".join(f"{k} = {text(v)}" for k, v in sorted(attributes.items()))))

    rate = as_float32(attributes["rate"])
    for l, layer in enumerate(zip(before, gradient, stored, after), start=1):
        (W, b), recomputed, recorded, (W_after, b_after) = layer
        expected = limited(W - rate * recorded[0], None if b is None else b - rate * recorded[1], attributes)
        for kind, g, g_stored, w, reached in zip("Wb", recomputed, recorded, expected, (W_after, b_after)):
            if g is None:
                continue
            # 5e-5: sums over the batch and the layer in float32; a wrong term would change the first digits.
            error = np.linalg.norm(g - g_stored) / max(np.linalg.norm(g), 1e-300)
            comparison.check(f"gradient of {kind}{l}, relative error", 0, error, 5e-5, "at most 5e-5")
            # 1e-7: one rounding of numbers below 1. max_norm multiplies by a factor that is rounded too.
            allowed = 1e-7 + (3e-7 * np.abs(w) if "max_norm" in attributes else 0)
            worst = (np.abs(w - reached) / allowed).max() * 1e-7
            comparison.check(f"{kind}{l} after the step, largest error", 0, worst, 1e-7, "at most 1e-7")
    comparison.finish()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for file in sys.argv[1:]:
        main(file)
