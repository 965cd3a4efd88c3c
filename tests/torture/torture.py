#!/usr/bin/env python3
"""Kills and disturbs a small run wherever it can be hurt, continues it, and compares its final bytes.

torture.py PIPELINE FAULTS [KILLS] [--short]

1. SIGKILL at KILLS random moments, and in between at chosen calls: while a checkpoint, metrics.csv, nodes.h5, a report
   or run.json is written, and at renames.
2. SIGTERM at every call that changes a file.
3. Every such call fails: with ENOSPC, EIO, ESTALE, with a short write, once and from then on.
4. The same with the reports plots, html and tensorboard, for one call in REPORTS_STEP.

After each, no half file may have a final name, and --resume must end with the bytes of an undisturbed run, or refuse
with a reason where the disk was never able to hold a checkpoint. --short does a part that takes about half a minute.
"""
import argparse
import collections
import errno
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy
except ImportError:
    print("skipped: h5py and numpy are not installed (Debian: python3-h5py)", file=sys.stderr)
    sys.exit(77)

STUDY = """[pipeline]
name = torture
checkpoint = 3 steps

[dataset]
plugin = digits
train = 200
test = 60

[network]
layers = 784, 6, 10

[training]
steps = 60
batch_size = 10
learning_rate = 0.1

[model:plain]

[model:drops]
regularisers = dropout, l2

[metric:accuracy]
every = 2

[metric:node_snr]
every = 10

[report:summary]
every = 20
"""
REPORTS = """
[report:plots]
every = 30

[report:html]

[report:tensorboard]
"""
REPORTS_STEP = 5
# Where a run is killed: the texts that a line "call path" of the library contains.
PLACES = {
    "checkpoint": ".checkpoint",
    "metrics.csv": "metrics.csv",
    "nodes.h5": "nodes.h5",
    "report": "summary.txt",
    "run.json": "run.json",
    "rename": "rename ",
    "fsync": "fsync ",
}
ENDS = {".png": b"IEND\xaeB`\x82", ".svg": b"</svg>", ".html": b"</html>"}  # of a whole file
REPORT_PLACES = {"picture": "plots/", "event file": "tensorboard/", "page": "report.html"}
LIMIT = 60  # seconds, after which a run counts as hanging


class Torture:
    def __init__(self, pipeline, faults, folder, seed):
        self.pipeline, self.faults, self.folder = pipeline, faults, folder
        self.random = random.Random(seed)
        self.runs = 0
        self.problems = []
        self.counts = collections.Counter()
        self.study = "study.ini"
        (folder / "study.ini").write_text(STUDY)
        (folder / "reports.ini").write_text(STUDY + REPORTS)
        self.long = ["training.steps=3000", "metric:accuracy.every=40", "metric:node_snr.every=200",
                     "report:summary.every=500", "pipeline.checkpoint=100 steps"]

    def command(self, out, settings, resume):
        threads = str(self.random.randint(1, 3))
        words = [self.pipeline, "run", self.study, *settings, "--out", str(out), "--threads", threads, "--progress", "none"]
        return words + (["--resume"] if resume else [])

    def environment(self, out, faults):
        variables = dict(os.environ)
        for name in [v for v in variables if v.startswith("FAULTS_")]:
            del variables[name]
        if faults is not None:
            variables.update(LD_PRELOAD=self.faults, FAULTS_BELOW=str(out), FAULTS_LOG=str(out) + ".log", **faults)
        return variables

    def start(self, out, settings=(), resume=False, faults=None):
        self.runs += 1
        return subprocess.Popen(self.command(out, settings, resume), cwd=self.folder, env=self.environment(out, faults),
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def finish(self, child, what):
        """The exit code and what was said; a run that hangs is a problem."""
        try:
            said = child.communicate(timeout=LIMIT)[1]
        except subprocess.TimeoutExpired:
            child.kill()
            said = child.communicate()[1]
            self.problem(what, "hangs")
        return child.returncode, said

    def run(self, out, what, settings=(), resume=False, faults=None):
        return self.finish(self.start(out, settings, resume, faults), what)

    def problem(self, what, text):
        self.problems.append(f"{what}: {text}")
        print("PROBLEM", self.problems[-1], file=sys.stderr, flush=True)

    def new(self):
        out = self.folder / f"run{self.runs}"
        shutil.rmtree(out, ignore_errors=True)
        return out

    def log(self, out):
        file = pathlib.Path(str(out) + ".log")
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    # What a run must be, at any moment and at its end.

    def check_whole(self, out, what):
        """No half file under a final name."""
        for file in out.rglob("*"):
            if not file.is_file() or file.suffix == ".part":
                continue
            try:
                if file.suffix == ".json":
                    json.loads(file.read_text())
                elif file.suffix == ".h5":
                    values_of(file)
                elif file.suffix == ".checkpoint":
                    first, body = file.read_bytes().split(b"\n", 1)
                    assert int(first.split()[3]) == len(body), "its length"
                elif file.suffix in ENDS:
                    assert file.read_bytes().rstrip(b"\n").endswith(ENDS[file.suffix]), "its end"
                elif file.name in ("pipeline.ini", "resolved.ini"):
                    assert file.read_bytes() == (self.whole / file.name).read_bytes() or self.settings, "its text"
            except Exception as e:  # whatever a reader throws
                self.problem(what, f"{file.name} is half a file: {e}")

    def check_same(self, whole, out, what, said=""):
        for name in ("metrics.csv", "weights.h5", "predictions.h5", "summary.json", "summary.txt"):
            if name == "summary.txt" and "summary.txt" in said:
                continue  # a report that fails causes a warning
            if not (out / name).exists():
                self.problem(what, f"{name} is missing")
            elif (whole / name).read_bytes() != (out / name).read_bytes():
                self.problem(what, f"{name} differs")
        for folder in ("plots", "tensorboard"):
            if folder in said:
                continue  # as above
            for file in (whole / folder).rglob("*.*"):
                there = out / file.relative_to(whole)
                if not there.exists() or file.read_bytes() != there.read_bytes():
                    self.problem(what, f"{there.relative_to(out)} is missing or differs")
            if len(list((whole / folder).rglob("*"))) != len(list((out / folder).rglob("*"))):
                self.problem(what, f"{folder} has other files")
        if values_of(whole / "nodes.h5") != values_of(out / "nodes.h5"):
            self.problem(what, "nodes.h5 differs")
        left = [str(f.relative_to(out)) for f in out.rglob("*.part")]
        if left:
            self.problem(what, f"left aside: {left}")

    def check_finishes(self, whole, out, what, settings=(), may_refuse=False):
        """Continues a run until it ends."""
        code, said = self.run(out, what, settings, resume=True)
        if code == 0:
            self.check_same(whole, out, what)
        elif may_refuse and code == 6 and "it has no checkpoint" in said:
            self.counts["of them stopped before their first checkpoint, and refused"] += 1
        else:
            self.problem(what, f"--resume exits with {code}: {said}")
        shutil.rmtree(out, ignore_errors=True)
        return code

    # The parts.

    def kill_at_random(self, kills):
        """SIGKILL at random moments of a run that is continued again and again until it is finished."""
        whole = self.folder / "whole-long"
        begin = time.monotonic()
        self.run(whole, "undisturbed", self.long)
        seconds = time.monotonic() - begin
        done = studies = 0
        while done < kills:
            out, finished = self.new(), False
            studies += 1
            while not finished:
                last = done >= kills
                child = self.start(out, self.long, resume=True)
                if not last:
                    try:
                        child.wait(self.random.uniform(0.02, 0.9 * seconds))
                    except subprocess.TimeoutExpired:
                        child.kill()
                code, said = self.finish(child, "random kill")
                if code == -9:
                    done += 1
                    self.counts["killed at a random moment"] += 1
                    self.check_whole(out, "random kill")
                else:
                    finished = True
                    if code != 0:
                        self.problem("random kill", f"exit {code}: {said}")
                    else:
                        self.check_same(whole, out, f"random kill, study {studies}")
            shutil.rmtree(out, ignore_errors=True)
        self.counts["studies finished after random kills"] += studies

    def kill_at_calls(self, each, places):
        """SIGKILL before, in the middle of and after calls of each kind."""
        for place, text in places.items():
            out = self.new()
            self.run(out, "count", faults={"FAULTS_OF": text})
            calls = len(self.log(out))
            shutil.rmtree(out)
            killed, attempts = 0, 0
            while killed < each and attempts < 3 * each:
                attempts += 1
                out = self.new()
                at, how = 1 + (attempts * 7919) % max(calls, 1), ("kill", "kill-after")[attempts % 2]
                code, _ = self.run(out, place, faults={"FAULTS_OF": text, "FAULTS_AT": str(at), "FAULTS_DO": how})
                line = [l for l in self.log(out) if l.startswith("disturbed ")]
                if code != -9:
                    shutil.rmtree(out)
                    continue  # this run made fewer such calls
                killed += 1
                what = f"{how} at call {at}, {line}"
                self.check_whole(out, what)
                # The run that continues is killed as well, at its first such call; then once more it is not.
                code, said = self.run(out, what, resume=True, faults={"FAULTS_OF": text, "FAULTS_AT": "1", "FAULTS_DO": how})
                self.log(out)
                if code not in (-9, 0):
                    self.problem(what, f"--resume exits with {code}: {said}")
                self.check_whole(out, what)
                self.check_finishes(self.whole, out, what)
            self.counts[f"killed at {place}"] += killed
            if killed < each:
                self.problem(place, f"only {killed} kills of {each}")

    def calls(self):
        out = self.new()
        self.run(out, "count", faults={})
        calls = len(self.log(out))
        shutil.rmtree(out)
        return calls

    def stop_at_calls(self, step):
        """SIGTERM at every step-th call: it stops with a checkpoint, or is finished already."""
        for at in range(1, self.calls() + 1, step):
            out, what = self.new(), f"SIGTERM at call {at}"
            code, said = self.run(out, what, faults={"FAULTS_AT": str(at), "FAULTS_DO": "term"})
            self.log(out)
            self.counts["stopped at a call"] += code == 75
            self.counts["asked to stop too late"] += code == 0
            if code not in (0, 75):
                self.problem(what, f"exit {code}: {said}")
            self.check_whole(out, what)
            if code == 0:
                self.check_same(self.whole, out, what)
                shutil.rmtree(out)
            else:
                self.check_finishes(self.whole, out, what)

    def fail_calls(self, step):
        """Every step-th call fails, in every way."""
        calls = self.calls()
        ways = [(str(getattr(errno, name)), name, stay) for name in ("ENOSPC", "EIO", "ESTALE") for stay in (False, True)]
        ways.append(("short", "short write", False))
        first = 0
        for do, name, stay in ways:
            first += 1
            for at in range(1 + first % step, calls + 3, step):
                self.fail_call(at, do, name, stay)

    def fail_call(self, at, do, name, stay):
        out = self.new()
        faults = {"FAULTS_AT": str(at), "FAULTS_DO": do, **({"FAULTS_STAY": "1"} if stay else {})}
        code, said = self.run(out, name, faults=faults)
        lines = [l[len("disturbed "):] for l in self.log(out) if l.startswith("disturbed ")]
        if not lines:
            if code != 0:
                self.problem(f"{name} at call {at}, which was not reached", f"exit {code}: {said}")
            shutil.rmtree(out, ignore_errors=True)
            return
        self.counts[f"{name}{' for good' if stay else ''}"] += 1
        what = f"{name}{' from' if stay else ' at'} call {at} ({lines[0]})"
        if code not in (0, 1):
            self.problem(what, f"exit {code}: {said}")
        if do == "short" and (code != 0 or said):
            self.problem(what, f"a short write is not continued: exit {code}: {said}")
        if code == 1:
            if str(out) not in said:
                self.problem(what, f"names no file: {said}")
            wording = os.strerror(int(do)) if do.isdigit() else ""
            if wording not in said and "HDF5" not in said:
                self.problem(what, f"does not say why: {said}")
        if out.exists():
            self.check_whole(out, what)
        if code == 0:
            self.check_same(self.whole, out, what, said)
            shutil.rmtree(out)
        else:
            self.check_finishes(self.whole, out, what, may_refuse=True)

    def begin(self, study):
        self.study, self.whole = study, self.folder / f"whole-{study}"
        code, said = self.run(self.whole, "undisturbed")
        if code:
            raise SystemExit(f"the undisturbed run exits with {code}: {said}")

    def all(self, kills, each, step):
        self.settings = False
        self.begin("reports.ini")
        self.kill_at_calls(each, REPORT_PLACES)
        self.stop_at_calls(step * REPORTS_STEP)
        self.fail_calls(step * REPORTS_STEP)
        self.begin("study.ini")
        self.stop_at_calls(step)
        self.fail_calls(step)
        self.kill_at_calls(each, PLACES)
        self.settings = True
        self.kill_at_random(kills)


def values_of(file):
    """Every dataset of an HDF5 file: bytes and steps."""
    found = {}
    with h5py.File(file) as f:
        f.visititems(lambda name, d: found.update({name: (d.shape, d[()].tobytes(),
                                                          numpy.asarray(d.attrs.get("steps", [])).tobytes())})
                     if isinstance(d, h5py.Dataset) else None)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipeline")
    parser.add_argument("faults")
    parser.add_argument("kills", nargs="?", type=int, default=200)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pipeline_torture_") as folder:
        torture = Torture(given.pipeline, given.faults, pathlib.Path(folder).resolve(), given.seed)
        if given.short:
            torture.all(kills=6, each=1, step=29)
        else:
            torture.all(kills=given.kills, each=20, step=1)
    for name, count in sorted(torture.counts.items()):
        print(f"{count:6} {name}")
    print(f"{torture.runs:6} processes, {time.monotonic() - begin:.0f} s, {len(torture.problems)} problems")
    return 1 if torture.problems else 0


if __name__ == "__main__":
    sys.exit(main())
