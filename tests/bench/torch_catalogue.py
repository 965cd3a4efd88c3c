#!/usr/bin/env python3
"""torch_catalogue.py: times steps of the models of catalogue.ini in PyTorch, in float32 on one thread.

Reads lines `MODEL eager|compiled STEPS` and answers each with the median milliseconds of a step (of the processor, not
the clock), or `-` where torch.compile fails, so that another program can take turns with it. Each model is what a
careful user writes: leaf tensors, operations on lists of tensors (torch._foreach), fused optimisers where torch.optim
has them, penalties by autograd unless their gradient is one line, no copies that the mathematics does not need.
`compiled` compiles loss and update; the caller takes the faster of the two. Settings are those of
pipelines/regularisers.ini. Needs PyTorch 2 and MNIST in the folder PIPELINE_DATA_PATH. tests/reference/torch_steps.py
has the same steps in float64 for comparison.
"""
import gzip
import os
import pathlib
import statistics
import sys
import time

import torch
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
BATCH, RATE, SIZES = 60, 0.1, (784, 1024, 1000, 10)


def idx(name, skip):
    folder = pathlib.Path(os.environ["PIPELINE_DATA_PATH"]) / "mnist"
    path = next(p for p in (folder / name, folder / (name + ".gz")) if p.exists())
    raw = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    return torch.frombuffer(bytearray(raw[skip:]), dtype=torch.uint8)


train_x = idx("train-images-idx3-ubyte", 16).reshape(-1, 784).float() / 255
train_y = idx("train-labels-idx1-ubyte", 8).long()


class Model:
    """No regulariser. Each derived model overrides the parts of a step that it changes. W is [outputs x inputs]."""
    smoothing = 0.0

    def __init__(self):
        new = lambda *size: torch.empty(*size).normal_(0, 0.1).clamp_(-0.2, 0.2).requires_grad_()
        self.W = [new(m, n) for n, m in zip(SIZES, SIZES[1:])]
        self.b = [torch.full((m,), 0.1, requires_grad=True) for m in SIZES[1:-1]]
        self.leaves = self.W + self.b
        self.t = 0
        self.start()

    def start(self):
        pass

    def batch(self, x, y):
        return x, y

    def weights(self):
        return self.W

    def before_relu(self, l, z):
        return z

    def after_relu(self, l, h):
        return h

    def data_term(self, logits, y):
        return F.cross_entropy(logits, y, label_smoothing=self.smoothing)

    def penalty(self, xs, logits):
        return None

    def loss(self, x, y):
        x, y = self.batch(x, y)
        W = self.weights()
        xs = [x]
        for l in (0, 1):
            xs.append(self.after_relu(l, F.relu(self.before_relu(l, F.linear(xs[-1], W[l], self.b[l])))))
        logits = F.linear(xs[-1], W[2])
        penalty = self.penalty(xs, logits)
        loss = self.data_term(logits, y)
        return loss if penalty is None else loss + penalty

    def change(self, grads):
        return grads

    def update(self, grads):
        torch._foreach_add_(self.leaves, self.change(grads), alpha=-RATE)

    def gradient(self, x, y):
        return torch.autograd.grad(self.loss(x, y), self.leaves)

    def step(self, x, y):
        grads = self.gradient(x, y)
        with torch.no_grad():
            self.update(grads)
        self.t += 1


def penalised(penalty):
    return type("Penalised", (Model,), {"penalty": penalty})


class AddsToGradient(Model):
    """A penalty whose gradient is added to that of the data, as cheap as it gets."""

    def change(self, grads):
        self.add(list(grads[:3]))
        return grads


class L1(AddsToGradient):
    def add(self, g):
        torch._foreach_add_(g, torch._foreach_sign(self.W), alpha=1e-5)


class L1Proximal(Model):
    def update(self, grads):
        super().update(grads)
        for W in self.W:
            W.copy_(F.softshrink(W, RATE * 1e-5))


class L2(AddsToGradient):
    def add(self, g):
        torch._foreach_add_(g, self.W, alpha=5e-5)


class WeightDecay(Model):
    def update(self, grads):
        torch._foreach_mul_(self.W, 1 - RATE * 1e-3)
        super().update(grads)


class ElasticNet(AddsToGradient):
    def add(self, g):
        torch._foreach_add_(g, torch._foreach_sign(self.W), alpha=1e-5)
        torch._foreach_add_(g, self.W, alpha=1e-5)


class GroupLasso(Model):
    def update(self, grads):
        super().update(grads)
        for W in self.W:
            W *= torch.clamp(1 - RATE * 1e-5 * W.shape[0] ** 0.5 / W.norm(dim=0), min=0)


class Orthogonality(AddsToGradient):
    """By hand: autograd takes three products of matrices instead of two."""

    def add(self, g):
        for W, gW in zip(self.W, g):
            nodes = W.shape[0] <= W.shape[1]
            D = W @ W.T if nodes else W.T @ W
            D.diagonal().sub_(1)
            gW.addmm_(D, W, alpha=4e-4) if nodes else gW.addmm_(W, D, alpha=4e-4)


class SpectralNorm(AddsToGradient):
    def start(self):
        self.u = [F.normalize(torch.randn(W.shape[0]), dim=0) for W in self.W]
        self.v = [F.normalize(torch.randn(W.shape[1]), dim=0) for W in self.W]

    def add(self, g):
        for W, gW, u, v in zip(self.W, g, self.u, self.v):
            sigma = u @ (W @ v)
            gW.addr_(u * (0.01 * sigma), v)

    def update(self, grads):
        super().update(grads)
        for i, W in enumerate(self.W):
            self.v[i].copy_(F.normalize(self.u[i] @ W, dim=0))
            self.u[i].copy_(F.normalize(W @ self.v[i], dim=0))


class Snr(Model):
    """A is held constant but never formed: two products of rank 60 and their adjoints, by autograd."""

    def penalty(self, xs, logits):
        total = 0.0
        for W, x in zip(self.W, (x.detach() for x in xs)):
            centred = x - x.mean(0)
            d = 1 / ((x.max(0).values + .001) * ((x > 0).sum(0) + .0001))
            c = (W @ centred.T) @ (centred * d)
            S = (W * c).sum(1) / ((c.norm(dim=1) + .0001) * W.norm(dim=1))
            total = total + (1 - S).mean()
        return 0.1 * total


class MaxNorm(Model):
    def update(self, grads):
        super().update(grads)
        for W in self.W:
            W *= torch.clamp(2.5 / W.norm(dim=1, keepdim=True), max=1)


class Dropout(Model):
    def after_relu(self, l, h):
        return F.dropout(h, 0.5)


class GaussianDropout(Model):
    def after_relu(self, l, h):
        return h * torch.randn_like(h).add_(1)


class GaussianNoise(Model):
    def after_relu(self, l, h):
        return h + 0.5 * torch.randn_like(h)


class DropConnect(Model):
    def weights(self):
        return [F.dropout(W, 0.5) for W in self.W]


class WeightNoise(Model):
    def weights(self):
        return [torch.add(W, torch.randn_like(W), alpha=0.05) for W in self.W]


class BatchNorm(Model):
    def start(self):
        self.gamma = [torch.ones(m, requires_grad=True) for m in SIZES[1:-1]]
        self.beta = [torch.zeros(m, requires_grad=True) for m in SIZES[1:-1]]
        self.mean, self.var = [torch.zeros(m) for m in SIZES[1:-1]], [torch.ones(m) for m in SIZES[1:-1]]
        self.leaves = self.leaves + self.gamma + self.beta

    def before_relu(self, l, z):
        return F.batch_norm(z, self.mean[l], self.var[l], self.gamma[l], self.beta[l], training=True)


class ConfidencePenalty(Model):
    def penalty(self, xs, logits):
        p = F.log_softmax(logits, dim=1)
        return 0.1 * (p.exp() * p).sum(1).mean()


class LabelSmoothing(Model):
    smoothing = 0.1


class Mixup(Model):
    def start(self):
        self.beta = torch.distributions.Beta(0.2, 0.2)

    def step(self, x, y):
        share, other = self.beta.sample().item(), torch.randperm(BATCH)
        y = F.one_hot(y, 10).float()
        super().step(torch.lerp(x[other], x, share), torch.lerp(y[other], y, share))


class InputNoise(Model):
    def batch(self, x, y):
        return x + 0.2 * torch.randn_like(x), y


class Shift(Model):
    def start(self):
        self.at = torch.arange(28)

    def batch(self, x, y):
        rows = self.at[None] + torch.randint(0, 5, (BATCH, 1))
        columns = self.at[None] + torch.randint(0, 5, (BATCH, 1))
        padded = F.pad(x.reshape(BATCH, 28, 28), (2, 2, 2, 2))
        return padded[torch.arange(BATCH)[:, None, None], rows[:, :, None], columns[:, None]].reshape(BATCH, 784), y


class Sam(Model):
    def step(self, x, y):
        grads = self.gradient(x, y)
        with torch.no_grad():
            length = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)))
            ahead = torch._foreach_mul(grads, 0.05 / length)
            torch._foreach_add_(self.leaves, ahead)
        grads = self.gradient(x, y)
        with torch.no_grad():
            torch._foreach_sub_(self.leaves, ahead)
            self.update(grads)


class PowerGradient(Model):
    def change(self, grads):
        return [g.abs().pow_(0.8).copysign_(g) for g in grads[:3]] + list(grads[3:])


class GradientNoise(Model):
    def start(self):
        self.sd = torch.zeros(())  # a tensor: torch.compile would compile anew for each number

    def change(self, grads):
        return [torch.randn_like(g).mul_(self.sd).add_(g) for g in grads]

    def step(self, x, y):
        self.sd.fill_((0.01 / (1 + self.t) ** 0.55) ** 0.5)
        super().step(x, y)


class GradientClip(Model):
    def change(self, grads):
        length = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)))
        return torch._foreach_mul(grads, torch.clamp(1 / length, max=1))


class WeightAverage(Model):
    def start(self):
        self.average = [leaf.detach().clone() for leaf in self.leaves]

    def update(self, grads):
        super().update(grads)
        torch._foreach_lerp_(self.average, self.leaves, 0.001)


class Lion(Model):
    def start(self):
        self.m = [torch.zeros_like(leaf) for leaf in self.leaves]

    def update(self, grads):
        direction = torch._foreach_lerp(self.m, grads, 0.1)
        torch._foreach_sign_(direction)
        torch._foreach_add_(self.leaves, direction, alpha=-1e-4)
        torch._foreach_lerp_(self.m, grads, 0.01)


def optimised(make):
    class Optimised(Model):
        def start(self):
            self.optimiser = make(self.leaves)

        def update(self, grads):
            for leaf, g in zip(self.leaves, grads):
                leaf.grad = g
            self.optimiser.step()

    return Optimised


MODELS = {
    "noreg": Model, "l1": L1, "l1_proximal": L1Proximal, "l2": L2, "weight_decay": WeightDecay,
    "elastic_net": ElasticNet, "group_lasso": GroupLasso, "orthogonality": Orthogonality,
    "spectral_norm": SpectralNorm, "snr": Snr, "max_norm": MaxNorm, "dropout": Dropout,
    "gaussian_dropout": GaussianDropout, "gaussian_noise": GaussianNoise, "dropconnect": DropConnect,
    "weight_noise": WeightNoise, "batch_norm": BatchNorm,
    "activity_l1": penalised(lambda self, xs, logits: 1e-4 / BATCH * (xs[1].sum() + xs[2].sum())),
    "confidence_penalty": ConfidencePenalty, "label_smoothing": LabelSmoothing, "mixup": Mixup,
    "input_noise": InputNoise, "shift": Shift, "sam": Sam, "power_gradient": PowerGradient,
    "gradient_noise": GradientNoise, "gradient_clip": GradientClip, "weight_average": WeightAverage,
    "early_stopping": Model,
    "momentum": optimised(lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, fused=True)),
    "nesterov": optimised(lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True, fused=True)),
    "adam": optimised(lambda p: torch.optim.Adam(p, 0.001, fused=True)),
    "adamw": optimised(lambda p: torch.optim.AdamW(p, 0.001, fused=True)),
    "rmsprop": optimised(lambda p: torch.optim.RMSprop(p, 0.001, foreach=True)),
    "adagrad": optimised(lambda p: torch.optim.Adagrad(p, 0.01, fused=True)),
    "lion": Lion,
}


class Timed:
    def __init__(self, name, compiled):
        self.model, self.t = MODELS[name](), 0
        self.order = torch.randperm(len(train_x))
        if compiled:
            self.model.loss = torch.compile(self.model.loss, dynamic=False)
            if not hasattr(self.model, "optimiser"):
                self.model.update = torch.compile(self.model.update, dynamic=False)
        for _ in range(10):  # warm-up: the first steps compile, and allocate memory
            self.step()

    def step(self):
        batch = self.order[self.t * BATCH % (len(self.order) - BATCH):][:BATCH]
        began = time.process_time()
        self.model.step(train_x[batch], train_y[batch])
        self.t += 1
        return (time.process_time() - began) * 1e3


timed = {}
for line in sys.stdin:
    name, how, steps = line.split()
    try:
        if (name, how) not in timed:
            timed = {key: value for key, value in timed.items() if key[0] == name}  # forget the models before
            torch.compiler.reset()  # else only the first eight models are compiled: a limit counts them all
            timed[name, how] = Timed(name, how == "compiled")
        print(f"{statistics.median(timed[name, how].step() for _ in range(int(steps))):.3f}", flush=True)
    except Exception as error:  # torch.compile has many
        print(f"{name}, {how}: {str(error).splitlines()[0]}", file=sys.stderr)
        print("-", flush=True)
