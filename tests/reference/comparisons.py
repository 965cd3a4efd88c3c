"""Checks `pipeline compare` and `pipeline rank` against SciPy.

usage: comparisons.py PROGRAM

A small sweep is run and compared; every number is computed again from its metrics.csv. A table of drawn numbers is
ranked. Ends with 1 if a number differs by more than 1e-9 of its size.
"""

import csv
import itertools
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    from scipy import optimize, stats
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

STUDY = """
[pipeline]
name = comparisons
[dataset]
plugin = digits
train = 600
test = 200
[network]
layers = 784, 12, 10
[training]
steps = 40
batch_size = 20
[model:plain]
[model:l2]
regularisers = l2
l2.lambda = 1e-2
[model:dropout]
regularisers = dropout
[metric:accuracy]
every = 20
[metric:loss]
every = 20
[metric:node_snr]
every = 20
"""

wrong = 0
checked = 0


def check(what, ours, theirs):
    """Both may be None or not a number, where something is undefined."""
    global wrong, checked
    checked += 1
    undefined = [x is None or not math.isfinite(x) for x in (ours, theirs)]
    if all(undefined) or (not any(undefined) and abs(ours - theirs) <= 1e-9 * max(1, abs(theirs))):
        return
    wrong += 1
    print(f"{what}: {ours} is not {theirs}")


def run(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def t_quantile(p, df):
    """stats.t.ppf is good to 9 digits only in SciPy 1.10; the root of its distribution function is good to all."""
    return optimize.brentq(lambda x: stats.t.cdf(x, df) - p, 0, 1e4, xtol=1e-14, rtol=1e-14)


def power(n, d_z):
    critical, shift = t_quantile(0.975, n - 1), abs(d_z) * math.sqrt(n)
    return stats.nct.sf(critical, n - 1, shift) + stats.nct.cdf(-critical, n - 1, shift)


def check_estimate(what, ours, values):
    n, sd = len(values), np.std(values, ddof=1)
    half = t_quantile(0.975, n - 1) * sd / math.sqrt(n)
    for name, value in [("mean", np.mean(values)), ("sd", sd), ("low", np.mean(values) - half),
                        ("high", np.mean(values) + half)]:
        check(f"{what}, {name}", ours[name], value)


def last_values(sweep):
    """By metric and layer: by model: the last values of all jobs, in the order of their seeds."""
    out = {}
    with open(sweep / "jobs.csv") as jobs:
        for job in sorted(csv.DictReader(jobs), key=lambda j: int(j["pipeline.seed"])):
            with open(sweep / "runs" / job["job"] / "metrics.csv") as rows:
                last = {(r["metric"], r["layer"], r["model"]): float(r["value"]) for r in csv.DictReader(rows)}
            for (metric, layer, model), value in last.items():
                out.setdefault((metric, layer), {}).setdefault(model, []).append(value)
    return out


def holm(p):
    order, adjusted, largest = np.argsort(p, kind="stable"), [0.0] * len(p), 0
    for rank, i in enumerate(order):
        largest = max(largest, min(1, (len(p) - rank) * p[i]))
        adjusted[i] = largest
    return adjusted


def check_comparisons(program, sweep):
    values = last_values(sweep)
    comparisons = json.loads(run(program, "compare", str(sweep), "--format", "json"))["groups"][0]["comparisons"]
    families = {}
    for c in comparisons:
        key = (c["metric"], str(c["layer"] or ""))
        a, b = np.array(values[key][c["reference"]]), np.array(values[key][c["model"]])
        d = b - a
        what = f"{key}, {c['model']}"
        check_estimate(what + ", model", c["of_model"], b)
        check_estimate(what + ", reference", c["of_reference"], a)
        check_estimate(what + ", difference", c["difference"], d)
        check(what + ", d_z", c["d_z"], np.mean(d) / np.std(d, ddof=1) if np.any(d) else None)
        flips = stats.permutation_test((d,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
        check(what + ", p", c["p"], flips)
        families.setdefault(key, []).append((c, flips))
        wins = int(sum(d < 0)) if c["metric"] == "loss" else int(sum(d > 0))
        check(what + ", wins", c["wins"], wins)
        decided = int(sum(d != 0))
        if decided:
            interval = stats.binomtest(wins, decided).proportion_ci(method="exact")
            check(what + ", lowest share of wins", c["wins_low"], interval.low)
            check(what + ", highest share of wins", c["wins_high"], interval.high)
        if np.std(d):
            effect = optimize.brentq(lambda x: power(len(d), x) - 0.8, 1e-6, 20, xtol=1e-14)
            check(what + ", detectable", c["detectable"], effect * np.std(d, ddof=1))
            if needed := c["runs_needed"]:
                if needed < 2000 and not (power(needed, c["d_z"]) >= 0.8 > (power(needed - 1, c["d_z"]) if needed > 2 else 0)):
                    check(what + ", runs needed", needed, math.inf)
    for key, family in families.items():
        for (c, _), p in zip(family, holm([p for _, p in family])):
            check(f"{key}, {c['model']}, Holm", c["p_holm"], p)


def drawn_table(file):
    """Columns: a measure near the target, one against it, a constant, one with many ties, and one of noise."""
    random.seed(3)
    rows = []
    for rate, width, model, seed in itertools.product([".1", ".2", ".4"], ["10", "20", "30"], "ab", "123"):
        base = 2 * float(rate) + float(width) / 50 + 0.1 * (model == "b")
        gap = round(base + random.gauss(0, 0.3), 2)
        rows.append({"rate": rate, "width": width, "model": model, "seed": seed, "gap": gap,
                     "near, rounded": round(gap + random.gauss(0, 0.3), 1), "against": round(-base, 2), "constant": 1,
                     "noise": random.random()})
    with open(file, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return rows


def check_ranking(program, folder):
    rows = drawn_table(folder / "table.csv")
    axes = ["rate", "width", "model"]
    ranking = json.loads(run(program, "rank", str(folder / "table.csv"), "--target", "gap", "--axes", ",".join(axes),
                             "--seed", "seed", "--format", "json"))

    def tau(of, measure):
        return stats.kendalltau([float(r[measure]) for r in of], [r["gap"] for r in of]).statistic

    for measure in ("near, rounded", "against", "constant", "noise"):
        ours = ranking["measures"][measure]
        check(f"{measure}, tau-b", ours["tau_b"], tau(rows, measure))
        of_axes = []
        for axis in axes:
            others = [a for a in axes + ["seed"] if a != axis]
            key = lambda r: [r[a] for a in others]
            taus = [tau(list(group), measure) for _, group in itertools.groupby(sorted(rows, key=key), key)]
            taus = [t for t in taus if not math.isnan(t)]
            psi = float(np.mean(taus)) if taus else None
            check(f"{measure}, psi of {axis}", ours["psi"][axis], psi)
            of_axes += [psi] if psi is not None else []
        check(f"{measure}, Psi", ours["Psi"], float(np.mean(of_axes)) if of_axes else None)
        errors = {}
        for r, q in itertools.combinations(rows, 2):
            if r["seed"] != q["seed"] or sum(r[a] != q[a] for a in axes) != 1:
                continue
            pair = tuple(sorted([tuple(r[a] for a in axes), tuple(q[a] for a in axes)]))
            product = np.sign(float(r[measure]) - float(q[measure])) * np.sign(r["gap"] - q["gap"])
            errors.setdefault(pair, []).append((1 - product) / 2)
        means = [np.mean(e) for e in errors.values()]
        for name, value in [("mean", np.mean(means)), ("p90", np.percentile(means, 90)), ("max", max(means))]:
            check(f"{measure}, sign error, {name}", ours["sign_error"][name], value)


def main():
    np.seterr(all="ignore")  # SciPy's noncentral t divides by zero on the way
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "study.ini").write_text(STUDY)
        run(program, "sweep", str(folder / "study.ini"), "pipeline.seed={1..8}", "--lean", "--progress", "none", "--out",
            str(folder / "sweep"))
        check_comparisons(program, folder / "sweep")
        check_ranking(program, folder)
    print(f"{checked} numbers checked, {wrong} wrong")
    return 1 if wrong or checked < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
