"""What the reference programs share: networks from HDF5 groups and the forward pass, in float64."""
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
    """Counts what was compared and ends the program with the misses, if there are any."""

    def __init__(self, program):
        self.program, self.compared, self.misses = program, 0, []

    def check(self, what, ours, theirs, allowed, tolerance):
        """`allowed` is the greatest difference, `tolerance` how it reads."""
        self.compared += 1
        both_undefined = np.isnan(ours) and np.isnan(theirs)
        good = both_undefined or abs(ours - theirs) <= allowed
        line = f"{what:<44} reference {ours:<14.9g} run {theirs:<14.9g} {tolerance}"
        print(f"{'ok  ' if good else 'MISS'} {line}")
        if not good:
            self.misses.append(what)

    def miss(self, what):
        print(f"MISS {what}")
        self.misses.append(what)

    def finish(self):
        if self.misses:
            sys.exit(f"{self.program}: {len(self.misses)} of {self.compared} comparisons miss, the first: {self.misses[0]}")
        if not self.compared:
            sys.exit(f"{self.program}: found nothing to compare")
        print(f"{self.program}: all {self.compared} comparisons agree")
