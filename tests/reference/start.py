#!/usr/bin/python3
"""start.py FILE.h5: redraws the untrained network, the order of the samples and normal noise, and compares them with the
program's.

FILE contains
  /start              W1 b1 W2 b2 ...: the untrained network, sd 0.1
  orders              [epochs x samples]: the samples in the order of each epoch
  normals             float32 draws 3, 4, ... of the stream seed/reference/normals/, layer 2, step 5
  attribute seed
"""
import sys

import h5py
import numpy as np

from network import Comparison
from philox import Random, check_known_vectors, epoch_order, start_weights


def main(file):
    check_known_vectors()
    comparison = Comparison("start")
    with h5py.File(file, "r") as f:
        seed, orders, normals = int(f.attrs["seed"]), f["orders"][...].astype(int), f["normals"][...].astype(float)
        weights = [f[f"start/W{l}"][...] for l in range(1, 1 + sum(name.startswith("W") for name in f["start"]))]
    for l, W in enumerate(weights, start=1):
        expected = start_weights(seed, l, *W.shape)
        # One rounding to float32 of numbers below .2, in case two logarithms or cosines differ in their last bit.
        comparison.check(f"W{l}, largest difference", 0, np.abs(expected - W).max(), 2e-8, "at most 2e-8")
    for epoch, order in enumerate(orders):
        wrong = (order != epoch_order(seed, orders.shape[1], epoch)).sum()
        comparison.check(f"samples out of order in epoch {epoch}", 0, wrong, 0, "none")
    draws = Random.named(seed, "reference", "normals").in_layer(2).at_step(5).normal(3 + np.arange(len(normals)))
    # What random.hpp states of the float32 draws.
    comparison.check("normals, largest relative error", 0, np.abs(normals / draws - 1).max(), 4e-7, "at most 4e-7")
    comparison.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
