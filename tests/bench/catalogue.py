#!/usr/bin/env python3
"""catalogue.py BUILD [PYTHON] [ROUNDS] [MODEL ...]: the time of a step with every regulariser and optimiser.

BUILD contains bin/steps. Prints, for each model of catalogue.ini, the milliseconds of a step on one thread and their ratio
to the step of noreg, timed in turns. With PYTHON (an interpreter with PyTorch 2) PyTorch makes the same steps, eager and
compiled, in turns with the program, ROUNDS times (default 3); the faster of the two counts, and the last column is how
many times as fast the program is. Everything is a median of times of the processor, not of the clock. Needs MNIST in the folder PIPELINE_DATA_PATH. With PyTorch it
takes about half an hour, most of which torch.compile needs.
"""
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
PYTHON = sys.argv[2] if len(sys.argv) > 2 else None
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
PIPELINE = HERE / "catalogue.ini"
STEPS = 30


def models():
    resolved = [line for file in (HERE.parent.parent / "pipelines/regularisers.ini", PIPELINE)
                for line in file.read_text().splitlines()]
    return [line[len("[model:"):-1] for line in resolved if line.startswith("[model:")]


def here(model):
    """Milliseconds of a step, and its ratio to noreg's."""
    out = subprocess.run([BUILD / "bin/steps", PIPELINE, model], check=True, text=True, capture_output=True).stdout
    _, milliseconds, ratio = out.split()
    return float(milliseconds), float(ratio)


class Torch:
    def __init__(self):
        self.process = subprocess.Popen([PYTHON, HERE / "torch_catalogue.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def milliseconds(self, model, how):
        self.process.stdin.write(f"{model} {how} {STEPS}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit("torch_catalogue.py failed; its messages are above")
        return float("inf") if answer == "-" else float(answer)


def main():
    torch = Torch() if PYTHON else None
    print(f"{'model':<20} {'ms':>7} {'of noreg':>9}" + (f" {'eager':>7} {'compiled':>9} {'times as fast':>14}" if torch else ""))
    for model in sys.argv[4:] or models():
        rounds = []
        for _ in range(ROUNDS if torch else 1):
            theirs = [torch.milliseconds(model, how) for how in ("eager", "compiled")] if torch else []
            rounds.append([*here(model), *theirs])
        middle = [statistics.median(column) for column in zip(*rounds)]
        line = f"{model:<20} {middle[0]:7.2f} {middle[1]:9.2f}"
        if torch:
            line += f" {middle[2]:7.2f} {middle[3]:9.2f} {statistics.median(min(r[2:]) / r[0] for r in rounds):14.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
