#!/usr/bin/python3
"""claims.py RUN_FOLDER: evaluates the two claims of the published study on a full run of mnist_snr.ini.

Claim 1  S of dropout rises before its accuracy: compares the first step from which S of dropout stays above that of
         noreg, layer by layer, with the same step for the accuracy, smoothed by a centred mean over 11 complete rows.
Claim 2  S ranks the models like the converged accuracy: compares the ranking by the mean of the last 50 accuracies with
         the ranking by the last S, layer by layer, over all inputs and over live inputs. Models whose mean accuracies
         differ by less than .001 are undecided.
"""
import csv
import itertools
import pathlib
import sys

import numpy as np

MODELS = ("noreg", "l2", "dropout")


def read(folder):
    """{(model, metric, layer): (steps, values)}"""
    series = {}
    with open(folder / "metrics.csv", newline="") as file:
        for row in csv.DictReader(file):
            key = row["model"], row["metric"], int(row["layer"] or 0)
            steps, values = series.setdefault(key, ([], []))
            steps.append(int(row["step"]))
            values.append(float(row["value"]))
    return {key: (np.array(s), np.array(v)) for key, (s, v) in series.items()}


def stays_above_from(steps, above):
    """The first step from which `above` is true up to the end; None if it is false at the end."""
    if not above[-1]:
        return None
    below = np.flatnonzero(~above)
    return int(steps[0 if len(below) == 0 else below[-1] + 1])


def smoothed(steps, values):
    return steps[5:-5], np.convolve(values, np.ones(11) / 11, "valid")


def main(folder):
    series = read(folder)
    print("claim 1: the first step from which dropout stays above noreg")
    accuracy = {m: smoothed(*series[m, "accuracy", 0]) for m in ("dropout", "noreg")}
    crossing = stays_above_from(accuracy["dropout"][0], accuracy["dropout"][1] > accuracy["noreg"][1])
    print(f"  accuracy, smoothed over 11 rows: {crossing}")
    for metric in ("snr_optimality", "snr_optimality_live"):
        for layer in (1, 2, 3):
            steps, of_dropout = series["dropout", metric, layer]
            print(f"  {metric}, layer {layer}: {stays_above_from(steps, of_dropout > series['noreg', metric, layer][1])}")

    print("claim 2: ranking by the mean of the last 50 accuracies and by the last S")
    mean = {m: series[m, "accuracy", 0][1][-50:].mean() for m in MODELS}
    for m in MODELS:
        print(f"  {m:8} accuracy {mean[m]:.5f}")
    for metric in ("snr_optimality", "snr_optimality_live"):
        for layer in (1, 2, 3):
            S = {m: series[m, metric, layer][1][-1] for m in MODELS}
            verdicts = []
            for a, b in itertools.combinations(MODELS, 2):
                if abs(mean[a] - mean[b]) < .001:
                    verdicts.append(f"{a}/{b} undecided")
                else:
                    agrees = (mean[a] > mean[b]) == (S[a] > S[b])
                    verdicts.append(f"{a}/{b} {'agrees' if agrees else 'DISAGREES'}")
            values = ", ".join(f"{m} {S[m]:.4f}" for m in MODELS)
            print(f"  {metric}, layer {layer}: {values}; {'; '.join(verdicts)}")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(pathlib.Path(sys.argv[1]))
