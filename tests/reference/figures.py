#!/usr/bin/python3
"""figures.py RUN_FOLDER DATA: recomputes a run's last figures from its weights, in float64.

Compares S, F, sign disagreement, accuracy and loss of every network in weights.h5 with the last rows of metrics.csv
(control: step 0). Options of a metric section (rate, rescale, inputs) are taken from resolved.ini.

DATA  a folder with MNIST's t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz, or a .h5, .npz or (structured)
      .npy file with x [images x inputs] and labels, the test set as the networks see it
"""
import argparse
import configparser
import csv
import gzip
import json
import pathlib
import sys

import h5py
import numpy as np

from network import Comparison, affine, log_softmax, read_network


def read_idx(file):
    content = gzip.open(file).read()
    dimensions = content[3]
    shape = np.frombuffer(content, ">i4", dimensions, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_test_set(data):
    if data.is_dir():
        images = read_idx(data / "t10k-images-idx3-ubyte.gz")
        x = (images.reshape(len(images), -1) / 255).astype(np.float32)  # as the networks see them
        return x.astype(np.float64), read_idx(data / "t10k-labels-idx1-ubyte.gz").astype(int)
    held = h5py.File(data, "r") if data.suffix == ".h5" else np.load(data)
    return held["x"][...].astype(np.float64), held["labels"][...].astype(int)


def signal(x, r, rate, rescale):
    """c_jk of a layer with inputs x [images x inputs] and r = x W [images x nodes], W without bias."""
    xn = x / (x.max(axis=0) + 0.001) if rescale == "max" else x
    q = xn.T @ (r - r.mean(axis=0))
    a = {"positive": lambda: (x > 0).sum(axis=0),
         "above_mean": lambda: (x > x.mean(axis=0)).sum(axis=0),
         "none": lambda: np.full(x.shape[1], len(x))}[rate]()
    return q / (a + 0.0001)[:, None]


def layer_figure(plugin, x, W, options):
    """One layer's figure: the mean over its nodes, undefined ones left out; for signs the total."""
    c = signal(x, x @ W, options.get("rate", "positive"), options.get("rescale", "max"))
    if options.get("inputs", "all") == "live":
        live = (x != 0).any(axis=0)
        W, c = W[live], c[live]
    if plugin == "sign_disagreement":
        return float((W * c < 0).sum())
    with np.errstate(all="ignore"):
        scale = np.linalg.norm(c, axis=0) + 0.0001 if plugin == "snr_optimality" else np.abs(c).max(axis=0)
        nodes = (W * c).sum(axis=0) / (scale * np.linalg.norm(W, axis=0))
        return nodes[~np.isnan(nodes)].mean()


# float32 against float64 was measured to differ by 1e-6 in S, 3e-6 in F and 3 signs; these leave room for three to thirty
# times that.
TOLERANCE = {"snr_optimality": (1e-5, 0), "signal_factor": (1e-4, 0), "sign_disagreement": (0, 5), "loss": (1e-5, 0)}


def last_rows(file):
    """{(model, metric, layer): value} of the last row of each; layer 0 is the network."""
    rows = {}
    with open(file, newline="") as lines:
        for row in csv.DictReader(lines):
            rows[row["model"], row["metric"], int(row["layer"] or 0)] = float(row["value"])
    return rows


def compare(comparison, name, layers, sections, rows, x, labels):
    inputs = [x]
    for W, b in layers[:-1]:
        inputs.append(np.maximum(affine(inputs[-1], W, b), 0))
    logits = affine(inputs[-1], *layers[-1])

    def value(metric, layer):
        if (name, metric, layer) not in rows:
            return comparison.miss(f"{name} {metric} layer {layer or '-'}: no such row in metrics.csv")
        return rows[name, metric, layer]

    for section, plugin, options in sections:
        if plugin == "accuracy":
            # Two logits can be equal in float32 and not in float64: up to 2 images of 10,000 may fall either way.
            right, theirs = int((logits.argmax(axis=1) == labels).sum()), value(section, 0)
            if theirs is not None:
                comparison.check(f"{name} {section}", right / len(x), theirs, 2.5 / len(x), "within 2 images")
            continue
        if plugin == "loss":
            ours = {0: -log_softmax(logits)[np.arange(len(x)), labels].mean()}
        else:
            ours = {l + 1: layer_figure(plugin, inputs[l], W, options) for l, (W, _) in enumerate(layers)}
        relative, absolute = TOLERANCE[plugin]
        for layer, figure in ours.items():
            theirs = value(section, layer)
            if theirs is not None:
                words = f"within {relative:g} of it" if relative else f"within {absolute}"
                comparison.check(f"{name} {section} {layer or ''}", figure, theirs, relative * abs(figure) + absolute, words)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("run", type=pathlib.Path)
    arguments.add_argument("data", type=pathlib.Path)
    given = arguments.parse_args()

    resolved = configparser.ConfigParser(interpolation=None, strict=False, inline_comment_prefixes=(";", "#"))
    resolved.optionxform = str
    resolved.read(given.run / "resolved.ini")
    sections = []
    for metric in json.loads((given.run / "run.json").read_text())["metrics"]:
        section, plugin = metric["section"], metric["plugin"]
        options = dict(resolved[f"metric:{section}"]) if f"metric:{section}" in resolved else {}
        if plugin not in TOLERANCE and plugin != "accuracy":
            print(f"skip {section}: no reference for the metric {plugin}")
        elif options.get("on", "test") not in ("test", "both"):
            print(f"skip {section}: measured on {options['on']}, not on the test set")
        else:
            sections.append((section, plugin, options))

    x, labels = read_test_set(given.data)
    rows, comparison = last_rows(given.run / "metrics.csv"), Comparison("figures")
    print(f"figures: {given.run} on {len(x)} images of {given.data}")
    with h5py.File(given.run / "weights.h5", "r") as weights:
        groups = [("control", weights["control"])] + [(m, weights["models"][m]) for m in weights["models"]]
        for name, group in groups:
            layers = read_network(group)
            if any(np.isnan(W).any() for W, _ in layers):
                print(f"skip {name}: its weights are not finite")
                continue
            compare(comparison, name, layers, sections, rows, x, labels)
    comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
