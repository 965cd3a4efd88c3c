#!/usr/bin/python3
"""bands.py RUN_FOLDER...: compares runs of mnist_snr_short.ini with the bands and rankings of the published study.

Prints a Markdown table of all runs, then every value outside its band and every ranking that differs; exits non-zero if
there is any. The bands cover the published run, 40 recomputed starts and 6 independent trainings, so they apply to any
seed.
"""
import csv
import json
import pathlib
import sys

MODELS = ("noreg", "l2", "dropout")
PLAIN, DROPPED = ("noreg", "l2"), ("dropout",)

# (step, models, metric, layer): lowest, highest
BANDS = [
    (0, MODELS, "snr_optimality", 1, .142, .152), (0, MODELS, "snr_optimality", 2, .166, .187),
    (0, MODELS, "signal_factor", 1, .59, .64), (0, MODELS, "signal_factor", 2, 1.0, 1.55),
    (10000, PLAIN, "snr_optimality", 1, .146, .153), (10000, PLAIN, "snr_optimality", 2, .160, .178),
    (10000, PLAIN, "snr_optimality", 3, .34, .42), (10000, PLAIN, "accuracy", 0, .977, .984),
    (10000, DROPPED, "snr_optimality", 1, .154, .164), (10000, DROPPED, "snr_optimality", 2, .203, .222),
    (10000, DROPPED, "snr_optimality", 3, .62, .69), (10000, DROPPED, "accuracy", 0, .975, .982),
]
# S of layer 2 at step 10000 minus its value at the start.
SHIFTS = [(PLAIN, -.013, -.002), (DROPPED, .025, .046)]
# Sign disagreement at step 0, divided by inputs x nodes.
SIGNS = [(1, 784 * 1024, .361, .367), (2, 1024 * 1000, .433, .441)]


def read(folder):
    values = {}
    with open(folder / "metrics.csv", newline="") as file:
        for row in csv.DictReader(file):
            layer = int(row["layer"] or 0)
            values[int(row["step"]), row["model"], row["metric"], layer] = float(row["value"])
    return values


def misses(values):
    def outside(what, x, low, high):
        if not low <= x <= high:
            yield f"{what} is {x:.6g}, outside {low} to {high}"

    for step, models, metric, layer, low, high in BANDS:
        for model in models:
            yield from outside(f"{metric} {layer or ''} of {model} at step {step}", values[step, model, metric, layer],
                               low, high)
    for models, low, high in SHIFTS:
        for model in models:
            shift = values[10000, model, "snr_optimality", 2] - values[0, model, "snr_optimality", 2]
            yield from outside(f"S2 of {model} minus its start", shift, low, high)
    for layer, size, low, high in SIGNS:
        yield from outside(f"share of sign disagreement in layer {layer}",
                           values[0, "control", "sign_disagreement", layer] / size, low, high)
    leads = [("snr_optimality", 1), ("snr_optimality", 2), ("snr_optimality", 3), ("signal_factor", 1),
             ("signal_factor", 3)]
    for step in range(2000, 10001, 2000):
        for metric, layer in leads + ([("signal_factor", 2)] if step == 10000 else []):
            of = {m: values[step, m, metric, layer] for m in MODELS}
            if of["dropout"] <= max(of["noreg"], of["l2"]):
                yield f"dropout does not lead in {metric} of layer {layer} at step {step}: {of}"


def main(folders):
    if not folders:
        sys.exit(__doc__)
    print("| seed | step | model | accuracy | S1 | S2 | S3 | F1 | F2 | F3 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    complaints = []
    for folder in map(pathlib.Path, folders):
        seed = json.load(open(folder / "run.json"))["seed"]
        values = read(folder)
        for step, models in ((0, ("control",)), (10000, MODELS)):
            for model in models:
                cells = [f"{values[step, model, 'accuracy', 0]:.4f}"]
                cells += [f"{values[step, model, 'snr_optimality', l]:.4f}" for l in (1, 2, 3)]
                cells += [f"{values[step, model, 'signal_factor', l]:.3f}" for l in (1, 2, 3)]
                print(f"| {seed} | {step} | {model} | " + " | ".join(cells) + " |")
        complaints += [f"seed {seed}: {miss}" for miss in misses(values)]
    print()
    for complaint in complaints:
        print("MISSED", complaint)
    print(f"{len(folders)} runs, {len(complaints)} bands or rankings missed")
    sys.exit(1 if complaints else 0)


main(sys.argv[1:])
