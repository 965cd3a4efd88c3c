#!/usr/bin/env python3
"""study.py BUILD [REPEATS] [PYTHON]: how fast the program is, as ratios measured side by side on this machine.

BUILD holds bin/pipeline and bin/peak. mnist_snr.ini is run for 2,000 steps in turn with own kernels and with OpenBLAS's
(`training.kernels = blas`), REPEATS times (3), between windows of OpenBLAS's own sgemm, by the fastest of its kernels.
What a run of one step takes is taken off, so that the start and the reports do not count. A "dense rate" is what the
same work would be if nothing were skipped, in GFLOP a second. With PYTHON (one that has PyTorch 2), two processes of it
on one thread each do the same steps. Needs MNIST in the folder PIPELINE_DATA_PATH. Takes about a quarter of an hour;
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
ALL_STEPS, ALL_ACCURACIES = 100001, 501  # of each model in the whole study

# Multiply-adds of an image through the network: forward; and of a training step: forward, back, gradient.
FORWARD = sum(a * b for a, b in zip(SIZES, SIZES[1:]))
STEP_GFLOP = 2e-9 * BATCH * (3 * FORWARD - SIZES[0] * SIZES[1])
PASS_GFLOP = 2e-9 * TEST_IMAGES * FORWARD


def peak(threads, seconds=4):
    return float(subprocess.run([BUILD / "bin/peak", str(threads), str(seconds)], check=True, text=True,
                                capture_output=True).stdout)


def give_blas_its_best():
    """OpenBLAS takes its oldest kernels on a processor newer than itself: then measure against its fastest."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return
    rates = {"": peak(2, 2)}
    for core in ("Haswell", "SkylakeX", "SapphireRapids"):
        os.environ["OPENBLAS_CORETYPE"] = core
        try:
            rates[core] = peak(2, 2)
        except subprocess.CalledProcessError:  # kernels that this processor cannot run
            pass
    best = max(rates, key=rates.get)
    if rates[best] < 1.2 * rates[""]:
        best = ""
    del os.environ["OPENBLAS_CORETYPE"]
    if best:
        os.environ["OPENBLAS_CORETYPE"] = best
        print(f"OpenBLAS does not know this processor: {rates['']:.0f} GFLOP/s of sgemm left to itself, "
              f"{rates[best]:.0f} with OPENBLAS_CORETYPE={best}, which all that follows has")


def run(scratch, *words, threads=2, pipeline="mnist_snr.ini"):
    out = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    began = time.perf_counter()
    subprocess.run([BUILD / "bin/pipeline", "run", pipeline, *words, "--out", out / "run", "--threads", str(threads),
                    "--progress", "none"], check=True, capture_output=True)
    return time.perf_counter() - began


def training(scratch, *words, steps=STEPS, **how):
    """Seconds of `steps` steps of the study with what is measured on the way, start and reports apart."""
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
    """A csv data set without a single zero, of the study's width, and a pipeline file for it."""
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
    """Seconds of a step of each model and of an accuracy, as two processes of one thread side by side see them."""
    both = [subprocess.Popen([PYTHON, HERE / "torch_study.py", str(steps), "noreg", "l2", "dropout"],
                             stdout=subprocess.PIPE, text=True) for _ in range(2)]
    seconds = {}
    for process in both:
        for row in process.communicate()[0].splitlines():
            name, step, accuracy = row.split()
            seconds.setdefault(name, []).append((float(step), float(accuracy)))
    if any(process.returncode for process in both):
        sys.exit("torch_study.py failed; what it said stands above")
    return [tuple(statistics.mean(column) for column in zip(*s)) for s in seconds.values()]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        give_blas_its_best()
        # Due on the way; what is due at step 0 is in the run of one step too. Figures share the pass of an accuracy.
        accuracies, figures = STEPS // 200, STEPS // 2000
        gflop = MODELS * (STEPS * STEP_GFLOP + accuracies * PASS_GFLOP)
        whole = MODELS * (ALL_STEPS * STEP_GFLOP + ALL_ACCURACIES * PASS_GFLOP)
        print(f"a step {STEP_GFLOP * 1e3:.0f} MFLOP, 10,000 images {PASS_GFLOP:.1f} GFLOP, the study {whole / 1e3:.0f} "
              f"TFLOP, counted densely; {accuracies} accuracies, {figures} set of figures a model\n")
        print(f"{'':<66} {'goal':>7} {'median':>7}   range")
        rates, against_blas, seconds, megabytes = [], [], [], 0
        for turn in range(REPEATS):  # in turn first, so that a machine that warms up favours neither
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
        line("the first 2,000 steps: dense rate over sgemm's, two cores", "2.5", rates,
             f"{statistics.median(seconds):.1f} s; sgemm {before:.0f}, {after:.0f} GFLOP/s")
        line("the same over kernels = blas", "-", against_blas)

        quiet = only_accuracy(100000)
        pairs = [(training(scratch, *quiet), training(scratch, "training.kernels=blas", *quiet)) for _ in range(REPEATS)]
        line("steps alone, over kernels = blas", "3", [blas / own for own, blas in pairs],
             f"{1e3 * statistics.median(own for own, _ in pairs) / STEPS:.2f} ms for the three models")
        step_rate = [MODELS * STEPS * STEP_GFLOP / own for own, _ in pairs]

        # On one thread: so few steps are one slice each, and three slices do not divide by two.
        often = [(training(scratch, *only_accuracy(1), steps=20, threads=1) -
                  training(scratch, *quiet, steps=20, threads=1)) / 2 for _ in range(REPEATS)]
        pass_rate = [20 * MODELS * PASS_GFLOP / s for s in often]
        line("dense rate of accuracy near the start, over that of steps", "1",
             [p / s for p, s in zip(pass_rate, step_rate)], f"{2e3 * statistics.median(often) / 20 / MODELS:.0f} ms a core")

        dense = random_numbers(pathlib.Path(scratch))
        line("inputs without zeros, over kernels = blas", "1",
             [training(scratch, "training.kernels=blas", steps=600, pipeline=dense) /
              training(scratch, steps=600, pipeline=dense) for _ in range(REPEATS)])

        scaling = []
        for _ in range(REPEATS):
            sgemm = peak(2) / peak(1)
            scaling.append(training(scratch, threads=1, steps=600) / training(scratch, steps=600) / sgemm)
        line("two cores over one, over sgemm's own", "0.97", scaling)

        many = ["~model:l2", "~model:dropout"]
        sixteen = [f"+model:m{i}.regularisers=" for i in range(15)]
        line("sixteen models over one, a model, on one core", "1",
             [training(scratch, *many, *sixteen, *quiet, threads=1, steps=200) / 16 /
              training(scratch, *many, *quiet, threads=1, steps=200) for _ in range(REPEATS)])

        def check():
            began = time.perf_counter()
            subprocess.run([BUILD / "bin/pipeline", "check", PIPELINES / "mnist_snr.ini"], check=True,
                           capture_output=True)
            return 1e3 * (time.perf_counter() - began)
        line("milliseconds of pipeline check", "50", [check() for _ in range(20)])
        line("peak memory of the first run, MB", "200", [megabytes])

        line("one model on two cores over one", "-",
             [training(scratch, *many, *quiet, threads=1, steps=400) / training(scratch, *many, *quiet, steps=400)
              for _ in range(REPEATS)])
        if PYTHON:
            theirs = []
            for _ in range(REPEATS):
                models = pytorch(300)
                study = sum(ALL_STEPS * step + ALL_ACCURACIES * accuracy for step, accuracy in models) / 2
                theirs.append(study)
            ours = statistics.median(seconds) * whole / gflop
            line("the study by PyTorch, two processes, over the study here", "4", [t / ours for t in theirs],
                 f"{statistics.median(theirs):.0f} s and {ours:.0f} s, reckoned from its steps and accuracies, and from the first "
                 f"{STEPS} steps here")


main()
