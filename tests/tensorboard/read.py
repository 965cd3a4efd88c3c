#!/usr/bin/env python3
"""read.py PROGRAM: TensorBoard reads what the report tensorboard writes.

PROGRAM runs one study three times into a folder of runs: with seeds 1 and 2, and with another batch size. One model
stops early, one fails, and the path of the data is hostile: markup, quotes, a command, 300 characters. Then

    EventAccumulator   reads every row of metrics.csv to the bit of float32, and the histograms of nodes.h5
    a TensorBoard      is started on this folder; it lists every model as a session of HParams, the two seeds of a
                       model in one group with the same hyperparameters, and gives texts back unchanged, as JSON

Prints what differs and ends with 1 if anything does. Needs NumPy, h5py and tensorboard, from PyPI; it is not part of the
test suite.
"""
import csv
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import h5py
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

MODELS = ["plain", "early", "hot"]
HOSTILE = "a</script><img src=x onerror=alert(1)>'`touch pwned`$(touch pwned) & " + "x" * 120 + "/" + "y" * 120

STUDY = """
[pipeline]
name = tensorboard
[dataset]
plugin = csv
train = "{data}"
header = no
test_rows = 60
validation = 40
[network]
layers = 2, 6, 5, 3
[training]
steps = 61
batch_size = 10
learning_rate = 0.2
[model:plain]
[model:early]
regularisers = early_stopping
early_stopping.metric = watched
early_stopping.patience = 2
[model:hot]
learning_rate = 1e30
[metric:accuracy]
every = 5
on = both
[metric:loss]
every = 10
[metric:watched]
plugin = loss
on = validation
every = 5
[metric:snr_optimality]
every = 10
rate = none
rescale = none
[report:tensorboard]
every = 20
"""

problems = 0


def check(condition, *words):
    global problems
    if not condition:
        problems += 1
        print("DIFFERS:", *words)


def run(program, folder, out, *overrides):
    # hot fails, so the program ends with 5
    done = subprocess.run([program, "run", "study.ini", *overrides, "--out", out, "--progress", "none"], cwd=folder,
                          capture_output=True, text=True)
    assert done.returncode == 5, done.stderr


def tag_of(row):
    return row["metric"] + (f"/layer {row['layer']}" if row["layer"] else "")


def compare_numbers(run_folder):
    """Every scalar and histogram of a run. Returns how many there are."""
    rows = list(csv.DictReader(open(run_folder / "metrics.csv")))
    scalars = histograms = 0
    for model in ["control", *MODELS]:
        events = EventAccumulator(str(run_folder / "tensorboard" / model),
                                  size_guidance={"scalars": 0, "histograms": 0, "tensors": 0})
        events.Reload()
        expected = {}
        for row in rows:
            if row["model"] == model:
                expected.setdefault(tag_of(row), []).append((int(row["step"]), np.float32(row["value"])))
        check(set(events.Tags()["scalars"]) == set(expected), model, "tags", events.Tags()["scalars"])
        for tag, values in expected.items():
            got = [(e.step, np.float32(e.value)) for e in events.Scalars(tag)]
            same = len(got) == len(values) and all(
                g[0] == v[0] and g[1].tobytes() == v[1].tobytes() or (math.isnan(g[1]) and math.isnan(v[1]))
                for g, v in zip(got, values))
            check(same, model, tag, got, values)
            scalars += len(got)
        with h5py.File(run_folder / "nodes.h5") as nodes:
            for section in nodes.get(model, {}):
                for name, data in nodes[model][section].items():
                    if not name.isdigit():
                        continue
                    with_values = [(int(step), row[np.isfinite(row)]) for step, row in zip(data.attrs["steps"], data)
                                   if np.isfinite(row).any()]
                    tag = f"{section}/layer {name} nodes"
                    got = events.Histograms(tag) if tag in events.Tags()["histograms"] else []
                    check([h.step for h in got] == [step for step, _ in with_values], model, tag)
                    for h, (_, x) in zip(got, with_values):
                        v = h.histogram_value
                        check(v.min == x.min() and v.max == x.max() and v.num == len(x) and sum(v.bucket) == len(x)
                              and math.isclose(v.sum, x.sum(), abs_tol=1e-12), model, tag, h.step)
                        limits = np.array(v.bucket_limit)
                        counts = np.histogram(x, bins=np.concatenate([[x.min()], limits]))[0] if len(limits) > 1 else [
                            len(x)]
                        check(list(counts) == list(v.bucket), model, tag, h.step, "buckets")
                        histograms += 1
    return scalars, histograms


class Server:
    """A TensorBoard on a port of its own choice."""

    def __init__(self, folder):
        self.log = open(folder / "tensorboard.log", "w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder / "runs"), "--host", "127.0.0.1",
             "--port", "0"], stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        for _ in range(600):
            self.log.seek(0)
            found = re.search(r"http://127\.0\.0\.1:(\d+)", self.log.read())
            if found:
                break
            assert self.process.poll() is None, "TensorBoard ended: " + open(folder / "tensorboard.log").read()
            time.sleep(0.1)
        self.url = found.group(0)

    def get(self, path, body=None):
        request = urllib.request.Request(self.url + "/data/" + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            check(answer.headers.get_content_type() == "application/json", path, answer.headers.get_content_type())
            check(answer.headers.get("X-Content-Type-Options") == "nosniff", path, "may be taken for a page")
            return json.load(answer)

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def compare_sessions(folder, hostile_path):
    server = Server(folder)
    try:
        for _ in range(120):  # it reads its files in the background
            runs = server.get("runs")
            groups = server.get("plugin/hparams/session_groups", {
                "startIndex": 0, "sliceSize": 100, "colParams": [],
                "allowedStatuses": ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"]})
            sessions = [s for g in groups.get("sessionGroups", []) for s in g["sessions"]]
            if len(runs) == 12 and len(sessions) == 9 and all(s.get("status") != "STATUS_UNKNOWN" for s in sessions):
                break
            time.sleep(0.5)
        check(len(runs) == 12, "runs", runs)
        grouped = {}
        for group in groups["sessionGroups"]:
            names = sorted(s["name"] for s in group["sessions"])
            grouped[group["name"]] = names
            values = group["hparams"]
            model = group["name"].split()[0]
            check(values["model"] == model, "model of", group["name"], values["model"])
            check(values["dataset.train"] == hostile_path, "the path of the data", values["dataset.train"])
            check(values["training.learning_rate"] == (1e30 if model == "hot" else 0.2), group["name"], values)
            check(values["network.layers"] == "2, 6, 5, 3", group["name"], values)
            for session in group["sessions"]:
                status = "STATUS_FAILURE" if model == "hot" else "STATUS_SUCCESS"
                check(session["status"] == status, session["name"], session["status"])
        expected = sorted(names for m in MODELS for names in (
            [f"seed1/tensorboard/{m}", f"seed2/tensorboard/{m}"], [f"batch/tensorboard/{m}"]))
        check(sorted(grouped.values()) == expected, "groups", grouped)
        tags = server.get("plugin/scalars/tags")
        check(set(tags) == set(runs), "scalars", sorted(tags))
        tag = urllib.parse.quote("snr_optimality/layer 1")
        points = server.get(f"plugin/scalars/scalars?run={urllib.parse.quote('seed1/tensorboard/plain', '')}&tag={tag}")
        check([step for _, step, _ in points] == [0, 10, 20, 30, 40, 50, 60, 61], "steps", points)
    finally:
        server.end()
    return len(sessions), len(grouped)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        data = folder / HOSTILE / "table.csv"
        data.parent.mkdir(parents=True)
        random = np.random.default_rng(1)
        with open(data, "w") as out:
            for i in range(300):
                label = i % 3
                x, y = random.normal(label, 1), random.normal(-label, 1)
                out.write(f"{x:.4f},{y:.4f},{label}\n")
        quoted = str(data).replace("\\", "\\\\").replace('"', '\\"')
        (folder / "study.ini").write_text(STUDY.format(data=quoted))
        run(program, folder, "runs/seed1", "pipeline.seed=1")
        run(program, folder, "runs/seed2", "pipeline.seed=2")
        run(program, folder, "runs/batch", "training.batch_size=20")
        totals = np.sum([compare_numbers(folder / "runs" / name) for name in ("seed1", "seed2", "batch")], axis=0)
        sessions, groups = compare_sessions(folder, str(data))
        check(not list(folder.rglob("pwned")) and not pathlib.Path("pwned").exists(), "a name was run as a command")
    print(f"tensorboard: {totals[0]} scalars, {totals[1]} histograms, {sessions} sessions in {groups} groups, "
          f"{problems} problems")
    return 1 if problems or totals[0] == 0 or totals[1] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
