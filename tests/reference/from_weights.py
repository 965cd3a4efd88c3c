#!/usr/bin/python3
"""from_weights.py RUN_FOLDER DATA: computes every network of weights.h5 in float64, from that file alone.

Compares accuracy and loss on the test set with the last rows of metrics.csv. DATA is an HDF5 file with the test set as
the networks receive it: x [samples x inputs] and labels.
"""
import pathlib
import sys

import h5py
import numpy as np
import scipy.special

from figures import last_rows, read_test_set
from network import Comparison, affine, log_softmax, read_network


def entries_of(group, plugin):
    """The entries of the model that are of this plugin."""
    names = [name.rpartition(".")[0] for name in group.attrs if name.endswith(".plugin")]
    return [entry for entry in names if group.attrs[f"{entry}.plugin"].decode() == plugin]


def normalised(group, z, layer):
    """What batch_norm makes of z [samples x units] when measuring."""
    for entry in entries_of(group, "batch_norm"):
        if f"{entry}.gamma{layer}" not in group:
            continue
        gamma, beta, mean, var = (group[f"{entry}.{name}{layer}"][...].astype(np.float64)
                                  for name in ("gamma", "beta", "running_mean", "running_var"))
        z = gamma * (z - mean) / np.sqrt(var + float(group.attrs[f"{entry}.eps"])) + beta
    return z


ACTIVATIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "gelu": lambda z: z * scipy.special.ndtr(z),
    "tanh": np.tanh,
    "sigmoid": scipy.special.expit,
    "identity": lambda z: z,
}


def logits_of(group, x):
    layers = read_network(group)
    activations = group.attrs["activations"].decode().split(", ") if len(layers) > 1 else []
    for layer, ((W, b), activation) in enumerate(zip(layers[:-1], activations, strict=True), start=1):
        x = ACTIVATIONS[activation](normalised(group, affine(x, W, b), layer))
    return affine(x, *layers[-1])


def loss_of(group, logits, labels):
    if group.attrs["loss"] == b"squared_error":
        return ((logits - np.eye(logits.shape[1])[labels]) ** 2).mean()
    return -log_softmax(logits)[np.arange(len(labels)), labels].mean()


def main():
    run, data = map(pathlib.Path, sys.argv[1:3])
    x, labels = read_test_set(data)
    rows, comparison = last_rows(run / "metrics.csv"), Comparison("from_weights")
    with h5py.File(run / "weights.h5", "r") as weights:
        for name, group in [("control", weights["control"]), *weights["models"].items()]:
            logits = logits_of(group, x)
            # Logits that differ in float64 can tie in float32.
            comparison.check(f"{name} accuracy", (logits.argmax(axis=1) == labels).mean(), rows[name, "accuracy", 0],
                             1.5 / len(x), "within one sample")
            loss = loss_of(group, logits, labels)
            comparison.check(f"{name} loss", loss, rows[name, "loss", 0], 1e-5 * loss, "within a relative 1e-05")
    comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
