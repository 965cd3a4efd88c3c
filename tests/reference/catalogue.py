#!/usr/bin/env python3
"""A table of every model of a finished run with accuracy, S, F and stable rank, and what a step of it costs.

    catalogue.py PROGRAM PIPELINE RUN [STEPS]

RUN is the folder of a finished run of PIPELINE. The costs are measured here: processor time of a run of the model alone
with 20 + STEPS steps less one with 20 steps, each the least of three, over the same of the first model of the run.
"""
import json
import os
import subprocess
import sys
import tempfile


def seconds(program, pipeline, drop, steps):
    """Processor seconds of one run on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        subprocess.run([program, "run", pipeline, f"training.steps={steps}", *drop, "--threads", "1", "--progress", "none",
                        "--out", os.path.join(folder, "run")], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main():
    program, pipeline, run = sys.argv[1:4]
    more = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    models = json.load(open(os.path.join(run, "run.json")))["models"]
    sections = ["metric:loss", "metric:snr_optimality", "metric:signal_factor", "metric:stable_rank", "report:summary",
                "report:plots"]

    def step_ms(model):
        drop = [f"~model:{other}" for other in models if other != model] + [f"~{s}" for s in sections]
        # Least of three on either side first: the least of three differences would be as low as chance makes it.
        least = {n: min(seconds(program, pipeline, drop, n) for _ in range(3)) for n in (20, 20 + more)}
        return 1e3 * (least[20 + more] - least[20]) / more

    base = step_ms(models[0])
    print(f"a step of {models[0]}: {base:.2f} ms of one core\n")
    print("| model | accuracy | S 1 / 2 / 3 | F 1 / 2 / 3 | stable rank 1 / 2 / 3 | time of a step |")
    print("|---|---|---|---|---|---|")
    rows = [line.rstrip("\n").split(",") for line in open(os.path.join(run, "metrics.csv"))][1:]
    for model in models:
        newest = {(metric, layer): float(value) for _, m, metric, layer, value in rows if m == model}

        def layers(metric, digits):
            return " / ".join(f"{newest[(metric, str(layer))]:.{digits}f}" for layer in (1, 2, 3))

        print(f"| {model} | {newest[('accuracy', '')]:.4f} | {layers('snr_optimality', 3)} | {layers('signal_factor', 2)} | "
              f"{layers('stable_rank', 1)} | {(base if model == models[0] else step_ms(model)) / base:.2f} |", flush=True)


if __name__ == "__main__":
    main()
