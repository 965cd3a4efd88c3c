#!/usr/bin/python3
"""figures.py RUN_FOLDER DATA: recomputes the last figures of a run from its weights, in float64.

Compares S, F, sign disagreement, accuracy and loss of every network in weights.h5 with the last rows of metrics.csv
(control: step 0). The options of metric sections (rate, rescale, inputs) are read from resolved.ini.

DATA  a folder with MNIST's t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz, or a .h5, .npz or (structured)
      .npy file with x [samples x inputs] and labels: the test set as the networks receive it
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
        x = (images.reshape(len(images), -1) / 255).astype(np.float32)  # as the networks receive them
        return x.astype(np.float64), read_idx(data / "t10k-labels-idx1-ubyte.gz").astype(int)
    arrays = h5py.File(data, "r") if data.suffix == ".h5" else np.load(data)
    return arrays["x"][...].astype(np.float64), arrays["labels"][...].astype(int)


def signal(x, r, rate, rescale):
    """c_jk of a layer with inputs x [samples x inputs] and r = x W [samples x nodes], without bias."""
    xn = x / (x.max(axis=0) + 0.001) if rescale == "max" else x
    q = xn.T @ (r - r.mean(axis=0))
    a = {"positive": lambda: (x > 0).sum(axis=0),
         "above_mean": lambda: (x > x.mean(axis=0)).sum(axis=0),
         "none": lambda: np.full(x.shape[1], len(x))}[rate]()
    return q / (a + 0.0001)[:, None]


def layer_figure(plugin, x, W, options):
    """The figure of one layer: the mean over its nodes without undefined ones; for sign disagreement the sum."""
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


# Relative and absolute tolerances. The measured differences between float32 and float64 are 1e-6 in S, 3e-6 in F and 3
# signs; the tolerances are about two to thirty times as large.
TOLERANCE = {"snr_optimality": (1e-5, 0), "signal_factor": (1e-4, 0), "sign_disagreement": (0, 5), "loss": (1e-5, 0)}


def last_rows(file):
    """{(model, metric, layer): value} of the last row of each; layer 0 stands for the whole network."""
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
            # Logits that differ in float64 can tie in float32: up to 2 images of 10,000 may be decided differently.
            right, recorded = int((logits.argmax(axis=1) == labels).sum()), value(section, 0)
            if recorded is not None:
                comparison.check(f"{name} {section}", right / len(x), recorded, 2.5 / len(x), "within 2 images")
            continue
        if plugin == "loss":
            recomputed = {0: -log_softmax(logits)[np.arange(len(x)), labels].mean()}
        else:
            recomputed = {l + 1: layer_figure(plugin, inputs[l], W, options) for l, (W, _) in enumerate(layers)}
        relative, absolute = TOLERANCE[plugin]
        for layer, figure in recomputed.items():
            recorded = value(section, layer)
            if recorded is not None:
                words = f"within a relative {relative:g}" if relative else f"within {absolute}"
                comparison.check(f"{name} {section} {layer or ''}", figure, recorded,
                                 relative * abs(figure) + absolute, words)


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
            print(f"skip {section}: there is no reference for the metric {plugin}")
        elif options.get("on", "test") not in ("test", "both"):
            print(f"skip {section}: measured on {options['on']}, not on the test set")
        else:
            sections.append((section, plugin, options))

    x, labels = read_test_set(given.data)
    rows, comparison = last_rows(given.run / "metrics.csv"), Comparison("figures")
    print(f"figures: {given.run} on {len(x)} samples of {given.data}")
    with h5py.File(given.run / "weights.h5", "r") as weights:
        groups = [("control", weights["control"])] + [(m, weights["models"][m]) for m in weights["models"]]
        for name, group in groups:
            layers = read_network(group)
            if any(np.isnan(W).any() for W, _ in layers):
                print(f"skip {name}: its weights contain NaN")
                continue
            compare(comparison, name, layers, sections, rows, x, labels)
    comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
