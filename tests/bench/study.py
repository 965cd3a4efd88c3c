#!/usr/bin/env python3
"""study.py BUILD [REPEATS] [PYTHON]: the speed of the program, as ratios measured side by side on this machine.

BUILD contains bin/pipeline and bin/peak. mnist_snr.ini is run for 2,000 steps alternately with own kernels and with
OpenBLAS (`training.kernels = blas`), REPEATS times (default 3), between measurements of OpenBLAS's sgemm with its
fastest kernels. The time of a run of one step is subtracted, so that start-up and reports do not count. A "dense rate"
is in GFLOP/s, counted as if nothing were skipped. With PYTHON (an interpreter with PyTorch 2), two of its processes do
the same steps on one thread each. Needs MNIST in the folder PIPELINE_DATA_PATH. Takes about a quarter of an hour;
nothing else should run meanwhile.
"""
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PIPELINES = HERE.parent.parent / "pipelines"
BUILD = pathlib.Path(sys.argv[1]).resolve()
REPEATS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
PYTHON = sys.argv[3] if len(sys.argv) > 3 else None
MODELS, STEPS, BATCH, TEST_IMAGES = 3, 2000, 60, 10000
SIZES = (784, 1024, 1000, 10)
ALL_STEPS, ALL_ACCURACIES = 100001, 501  # per model in the whole study

# Multiply-adds per image in the forward pass, and GFLOP of a training step: forward, backward, gradient.
FORWARD = sum(a * b for a, b in zip(SIZES, SIZES[1:]))
STEP_GFLOP = 2e-9 * BATCH * (3 * FORWARD - SIZES[0] * SIZES[1])
PASS_GFLOP = 2e-9 * TEST_IMAGES * FORWARD


def peak(threads, seconds=4):
    return float(subprocess.run([BUILD / "bin/peak", str(threads), str(seconds)], check=True, text=True,
                                capture_output=True).stdout)


def use_fastest_blas_kernels():
    """On a processor newer than OpenBLAS, it selects its oldest kernels. Then compare with its fastest ones instead."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return
    rates = {"": peak(2, 2)}
    for core in ("Haswell", "SkylakeX", "SapphireRapids"):
        os.environ["OPENBLAS_CORETYPE"] = core
        try:
            rates[core] = peak(2, 2)
        except subprocess.CalledProcessError:  # this processor cannot run these kernels
            pass
    best = max(rates, key=rates.get)
    if rates[best] < 1.2 * rates[""]:
        best = ""
    del os.environ["OPENBLAS_CORETYPE"]
    if best:
        os.environ["OPENBLAS_CORETYPE"] = best
        print(f"OpenBLAS does not know this processor: sgemm reaches {rates['']:.0f} GFLOP/s by default, "
              f"{rates[best]:.0f} with OPENBLAS_CORETYPE={best}, which all measurements below use")


def run(scratch, *words, threads=2, pipeline="mnist_snr.ini"):
    out = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    began = time.perf_counter()
    subprocess.run([BUILD / "bin/pipeline", "run", pipeline, *words, "--out", out / "run", "--threads", str(threads),
                    "--progress", "none"], check=True, capture_output=True)
    return time.perf_counter() - began


def training(scratch, *words, steps=STEPS, **how):
    """Seconds of `steps` steps of the study including their measurements, without start-up and reports."""
    no_reports = ["~report:summary", "~report:plots"]
    return (run(scratch, f"training.steps={steps + 1}", *no_reports, *words, **how) -
            run(scratch, "training.steps=1", *no_reports, *words, **how))


def line(what, goal, ratios, note=""):
    middle = statistics.median(ratios)
    print(f"{what:<66} {goal:>7} {middle:7.2f}   {min(ratios):.2f} to {max(ratios):.2f}   {note}", flush=True)


def only_accuracy(every):
    return [f"metric:accuracy.every={every}", "~metric:loss", "~metric:snr_optimality", "~metric:snr_optimality_live",
            "~metric:signal_factor", "~metric:sign_disagreement", "~metric:weights_against_c"]


def random_numbers(folder):
    """Writes a csv dataset without a single zero, as wide as the study's, and returns a pipeline file for it."""
    draw = random.Random(1)
    names = ",".join(f"x{i}" for i in range(SIZES[0]))
    for part, count in (("train", 600), ("test", 100)):
        rows = (",".join([str(n % 10)] + [f"{draw.random() + .01:.3f}" for _ in range(SIZES[0])]) for n in range(count))
        (folder / f"{part}.csv").write_text(f"label,{names}\n" + "\n".join(rows) + "\n")
    file = folder / "dense.ini"
    file.write_text(f"""[pipeline]
name = dense
[dataset]
plugin = csv
train = {folder}/train.csv
test = {folder}/test.csv
header = yes
label = label
[network]
layers = {", ".join(map(str, SIZES))}
[training]
steps = 2
batch_size = {BATCH}
learning_rate = 0.01
[model:one]
[model:other]
[metric:loss]
every = 100000
[report:summary]
[report:plots]
""")
    return file


def pytorch(steps):
    """Seconds per step and per accuracy of each model, the means of two concurrent processes with one thread each."""
    both = [subprocess.Popen([PYTHON, HERE / "torch_study.py", str(steps), "noreg", "l2", "dropout"],
                             stdout=subprocess.PIPE, text=True) for _ in range(2)]
    seconds = {}
    for process in both:
        for row in process.communicate()[0].splitlines():
            name, step, accuracy = row.split()
            seconds.setdefault(name, []).append((float(step), float(accuracy)))
    if any(process.returncode for process in both):
        sys.exit("torch_study.py failed; its messages are above")
    return [tuple(statistics.mean(column) for column in zip(*s)) for s in seconds.values()]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        use_fastest_blas_kernels()
        # Measurements after step 0; the run of one step has those at step 0 too. Figures share the pass of an accuracy.
        accuracies, figures = STEPS // 200, STEPS // 2000
        gflop = MODELS * (STEPS * STEP_GFLOP + accuracies * PASS_GFLOP)
        whole = MODELS * (ALL_STEPS * STEP_GFLOP + ALL_ACCURACIES * PASS_GFLOP)
        print(f"a step {STEP_GFLOP * 1e3:.0f} MFLOP, 10,000 images {PASS_GFLOP:.1f} GFLOP, the study {whole / 1e3:.0f} "
              f"TFLOP, counted densely; {accuracies} accuracies, {figures} set of figures per model\n")
        print(f"{'':<66} {'goal':>7} {'median':>7}   range")
        rates, against_blas, seconds, megabytes = [], [], [], 0
        for turn in range(REPEATS):  # each is first in every other turn: a machine that warms up favours neither
            before = peak(2)
            if turn % 2:
                blas = training(scratch, "training.kernels=blas")
            own = training(scratch)
            megabytes = megabytes or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            if turn % 2 == 0:
                blas = training(scratch, "training.kernels=blas")
            after = peak(2)
            rates.append(gflop / own / ((before + after) / 2))
            against_blas.append(blas / own)
            seconds.append(own)
        line("first 2,000 steps: dense rate over that of sgemm, two cores", "2.5", rates,
             f"{statistics.median(seconds):.1f} s; sgemm {before:.0f}, {after:.0f} GFLOP/s")
        line("first 2,000 steps, over kernels = blas", "-", against_blas)

        quiet = only_accuracy(100000)
        pairs = [(training(scratch, *quiet), training(scratch, "training.kernels=blas", *quiet)) for _ in range(REPEATS)]
        line("steps alone, over kernels = blas", "3", [blas / own for own, blas in pairs],
             f"{1e3 * statistics.median(own for own, _ in pairs) / STEPS:.2f} ms for the three models")
        step_rate = [MODELS * STEPS * STEP_GFLOP / own for own, _ in pairs]

        # On one thread: 20 steps of a model are one slice, and three slices cannot be shared equally by two threads.
        often = [(training(scratch, *only_accuracy(1), steps=20, threads=1) -
                  training(scratch, *quiet, steps=20, threads=1)) / 2 for _ in range(REPEATS)]
        pass_rate = [20 * MODELS * PASS_GFLOP / s for s in often]
        line("dense rate of accuracy near the start, over that of steps", "1",
             [p / s for p, s in zip(pass_rate, step_rate)],
             f"{2e3 * statistics.median(often) / 20 / MODELS:.0f} ms on one core")

        dense = random_numbers(pathlib.Path(scratch))
        line("inputs without zeros, over kernels = blas", "1",
             [training(scratch, "training.kernels=blas", steps=600, pipeline=dense) /
              training(scratch, steps=600, pipeline=dense) for _ in range(REPEATS)])

        scaling = []
        for _ in range(REPEATS):
            sgemm = peak(2) / peak(1)
            scaling.append(training(scratch, threads=1, steps=600) / training(scratch, steps=600) / sgemm)
        line("two cores over one, over the same ratio of sgemm", "0.97", scaling)

        many = ["~model:l2", "~model:dropout"]
        sixteen = [f"+model:m{i}.regularisers=" for i in range(15)]
        line("sixteen models over one, time per model, on one core", "1",
             [training(scratch, *many, *sixteen, *quiet, threads=1, steps=200) / 16 /
              training(scratch, *many, *quiet, threads=1, steps=200) for _ in range(REPEATS)])

        def check():
            began = time.perf_counter()
            subprocess.run([BUILD / "bin/pipeline", "check", PIPELINES / "mnist_snr.ini"], check=True,
                           capture_output=True)
            return 1e3 * (time.perf_counter() - began)
        line("pipeline check, milliseconds", "50", [check() for _ in range(20)])
        line("peak memory of the first run, MB", "200", [megabytes])

        line("one model on two cores over one", "-",
             [training(scratch, *many, *quiet, threads=1, steps=400) / training(scratch, *many, *quiet, steps=400)
              for _ in range(REPEATS)])
        if PYTHON:
            torch_seconds = []
            for _ in range(REPEATS):
                models = pytorch(300)
                study = sum(ALL_STEPS * step + ALL_ACCURACIES * accuracy for step, accuracy in models) / 2
                torch_seconds.append(study)
            own_seconds = statistics.median(seconds) * whole / gflop
            line("the study by PyTorch, two processes, over the study here", "4",
                 [t / own_seconds for t in torch_seconds],
                 f"{statistics.median(torch_seconds):.0f} s and {own_seconds:.0f} s, extrapolated "
                 f"from PyTorch's steps and accuracies and from the first {STEPS} steps here")


main()
