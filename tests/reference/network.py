"""Shared by the reference programs: networks from HDF5 groups, the forward pass in float64, and comparisons."""
import sys

import numpy as np


def read_network(group):
    """[(W [inputs x nodes], b [nodes] or None), ...] of a group with datasets W1 b1 W2 b2 ..."""
    layers = []
    while f"W{len(layers) + 1}" in group:
        n = len(layers) + 1
        b = group[f"b{n}"][...].astype(np.float64) if f"b{n}" in group else None
        layers.append((group[f"W{n}"][...].astype(np.float64), b))
    return layers


def affine(x, W, b):
    return x @ W if b is None else x @ W + b


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


class Comparison:
    """Counts comparisons and misses; finish() ends the program with an error if there are misses."""

    def __init__(self, program):
        self.program, self.compared, self.misses = program, 0, []

    def check(self, what, reference, value, allowed, tolerance):
        """`allowed` is the largest permitted difference, `tolerance` its description."""
        self.compared += 1
        both_undefined = np.isnan(reference) and np.isnan(value)
        good = both_undefined or abs(reference - value) <= allowed
        line = f"{what:<44} reference {reference:<14.9g} run {value:<14.9g} {tolerance}"
        print(f"{'ok  ' if good else 'MISS'} {line}")
        if not good:
            self.misses.append(what)

    def miss(self, what):
        print(f"MISS {what}")
        self.misses.append(what)

    def finish(self):
        if self.misses:
            sys.exit(f"{self.program}: {len(self.misses)} of {self.compared} comparisons miss, first: {self.misses[0]}")
        if not self.compared:
            sys.exit(f"{self.program}: nothing to compare was found")
        print(f"{self.program}: all {self.compared} comparisons agree")
