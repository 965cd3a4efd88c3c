#!/usr/bin/env python3
"""torch_study.py STEPS MODEL ...: times PyTorch on the models of the study, on one thread, in float32.

Prints a line `MODEL seconds-per-step seconds-per-accuracy` per model. The loop is what a careful user writes: data as
float32 tensors, batches by index, L2 as weight_decay of the optimiser, no gradients while measuring. Needs PyTorch 2.
"""
import gzip
import os
import pathlib
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
print("PyTorch", torch.__version__, "with", "MKL" if torch.backends.mkl.is_available() else "another BLAS", file=sys.stderr)
BATCH, RATE = 60, 0.1


def idx(name, skip):
    folder = pathlib.Path(os.environ["PIPELINE_DATA_PATH"]) / "mnist"
    path = next(p for p in (folder / name, folder / (name + ".gz")) if p.exists())
    raw = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    return torch.frombuffer(bytearray(raw[skip:]), dtype=torch.uint8)


def images(which):
    return idx(f"{which}-images-idx3-ubyte", 16).reshape(-1, 784).float() / 255


train_x, train_y = images("train"), idx("train-labels-idx1-ubyte", 8).long()
test_x, test_y = images("t10k"), idx("t10k-labels-idx1-ubyte", 8).long()


def network(dropout):
    drop = [nn.Dropout(0.5)] if dropout else []
    return nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), *drop, nn.Linear(1024, 1000), nn.ReLU(), *drop,
                         nn.Linear(1000, 10, bias=False))


def accuracy(net):
    net.eval()
    with torch.no_grad():
        right = (net(test_x).argmax(1) == test_y).float().mean().item()
    net.train()
    return right


def best(of, times):
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        of()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


steps = int(sys.argv[1])
for name in sys.argv[2:]:
    torch.manual_seed(1)
    net = network(name == "dropout")
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE, weight_decay=5e-5 if name == "l2" else 0)
    loss = nn.CrossEntropyLoss()
    order = torch.randperm(len(train_x))

    def train(some):
        for t in range(some):
            batch = order[t * BATCH % (len(order) - BATCH):][:BATCH]
            optimiser.zero_grad(set_to_none=True)
            loss(net(train_x[batch]), train_y[batch]).backward()
            optimiser.step()

    train(100)  # warm-up: the first steps allocate memory
    began = time.perf_counter()
    train(steps)
    per_step = (time.perf_counter() - began) / steps
    print(name, per_step, best(lambda: accuracy(net), 3), flush=True)
