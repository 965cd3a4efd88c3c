"""Runs a sweep on four ranks of Open MPI; one job crashes, and the others finish.

usage: mpi.py PROGRAM PIPELINE_MPI CRASHES.so

Ends with 1 if anything is wrong, with 77 if mpirun is not installed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = """
[pipeline]
name = small
plugin_path = plugins
checkpoint = 200 steps
[dataset]
plugin = digits
train = 600
test = 200
[network]
layers = 784, 100, 10
[training]
steps = 2500
batch_size = 20
[model:plain]
[model:l2]
regularisers = l2
[metric:accuracy]
every = 100
[metric:measure_crashes]
every = 20
"""
AXES = ["pipeline.seed={1..5}", "metric:measure_crashes.every={20, 10}", "--lean"]
wrong = 0


def expect(what, holds):
    global wrong
    print(("ok      " if holds else "WRONG   ") + what, flush=True)
    wrong += not holds


def main():
    program, launcher, crashes = sys.argv[1:]
    if not shutil.which("mpirun"):
        print("skipped: mpirun is not installed")
        return 77
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "plugins").mkdir()
        shutil.copy(crashes, scratch / "plugins")
        (scratch / "study.ini").write_text(STUDY)
        ranks = ["mpirun", "-n", "4", launcher, "study.ini", *AXES, "--out"]

        def table(folder, file):
            return (scratch / folder / file).read_bytes()

        alone = subprocess.run([program, "sweep", "study.ini", *AXES, "--out", "alone", "--progress", "none"], cwd=scratch,
                               capture_output=True, text=True)
        expect("without MPI: exit 5", alone.returncode == 5)
        together = subprocess.run([*ranks, "together"], cwd=scratch, env=environment, capture_output=True, text=True)
        expect("four ranks: exit 5", together.returncode == 5)
        expect("four ranks: 5 done, 5 failed", "5 done, 5 failed, 0 missing" in together.stdout)
        for file in ("jobs.csv", "table.csv", "comparison.csv"):
            expect(f"four ranks: {file} is that of one process", table("together", file) == table("alone", file))

        stopped = subprocess.Popen([*ranks, "stopped"], cwd=scratch, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while stopped.poll() is None and not list((scratch / "stopped").glob("runs/*/checkpoints/*2.checkpoint")):
            time.sleep(0.05)
        stopped.send_signal(signal.SIGUSR1)
        code = stopped.wait(120)
        expect(f"stopped: exit 75 ({code})", code == 75)
        again = subprocess.run([*ranks, "stopped"], cwd=scratch, env=environment, capture_output=True, text=True)
        expect("stopped and continued: exit 5", again.returncode == 5)
        for file in ("jobs.csv", "table.csv", "comparison.csv"):
            expect(f"stopped and continued: {file} is that of one process", table("stopped", file) == table("alone", file))

        mistake = subprocess.run([*ranks[:4], "nosuch.ini", "--out", "x"], cwd=scratch, env=environment,
                                 capture_output=True, text=True)
        expect("a mistake: exit 2 and its message", mistake.returncode == 2 and "nosuch.ini" in mistake.stderr)
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
