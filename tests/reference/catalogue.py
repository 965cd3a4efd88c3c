#!/usr/bin/env python3
"""Prints a table of every model of a finished run: accuracy, S, F, stable rank and the time of a step.

    catalogue.py BUILD PIPELINE RUN

RUN is the folder of a finished run of PIPELINE. The times are measured on this machine by BUILD/bin/steps
(`cmake --build BUILD --target steps`), relative to the first model of the pipeline.
"""
import json
import os
import subprocess
import sys


def main():
    build, pipeline, run = sys.argv[1:4]
    models = json.load(open(os.path.join(run, "run.json")))["models"]
    timed = subprocess.run([os.path.join(build, "bin/steps"), pipeline], check=True, text=True, capture_output=True).stdout
    costs = {name: (float(ms), float(ratio)) for name, ms, ratio in (line.split() for line in timed.splitlines())}

    print(f"a step of {models[0]}: {costs[models[0]][0]:.2f} ms on one core\n")
    print("| model | accuracy | S 1 / 2 / 3 | F 1 / 2 / 3 | stable rank 1 / 2 / 3 | time of a step |")
    print("|---|---|---|---|---|---|")
    rows = [line.rstrip("\n").split(",") for line in open(os.path.join(run, "metrics.csv"))][1:]
    for model in models:
        newest = {(metric, layer): float(value) for _, m, metric, layer, value in rows if m == model}

        def layers(metric, digits):
            return " / ".join(f"{newest[(metric, str(layer))]:.{digits}f}" for layer in (1, 2, 3))

        print(f"| {model} | {newest[('accuracy', '')]:.4f} | {layers('snr_optimality', 3)} | {layers('signal_factor', 2)} | "
              f"{layers('stable_rank', 1)} | {costs[model][1]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
