#!/usr/bin/env python3
"""torch_steps.py PROGRAM: trains a few steps with every regulariser and optimiser that PyTorch can express and compares.

Writes a small dataset and a pipeline file with one model per case, and runs PROGRAM on it. Trains the same cases with
PyTorch in float64 from the same start on the same batches, by autograd and by PyTorch's own functions where they exist,
and compares every array. Needs PyTorch 2, NumPy and h5py; it is not part of the test suite.

Every optimiser is torch.optim's (lion: the paper's algorithm), alone, with each schedule of the learning rate, and beside
regularisers that act at other moments of a step: l2 and gradient_clip on the gradient, sam, weight_decay before the
update, max_norm and weight_average after it, batch_norm with arrays that are trained too.

Left out because PyTorch would only repeat the program's own draws: gaussian_dropout, gaussian_noise, dropconnect,
weight_noise, mixup, input_noise, shift, gradient_noise. They have worked examples in tests/plugins. early_stopping does
not change steps.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import torch
from torch.nn import functional as F

from network import Comparison
from philox import Random, epoch_order

torch.set_default_dtype(torch.float64)

STEPS, BATCH, RATE, SIZES = 3, 20, 0.1, (36, 24, 16, 5)
MORE_STEPS = 8  # of models with an optimiser


def as_float32(x):
    """Parameters are float32 in the program."""
    return float(np.float32(x))


class Network:
    """What all models of a pipeline have in common."""
    activations = {"relu": torch.relu, "leaky_relu": F.leaky_relu, "elu": F.elu, "gelu": F.gelu, "tanh": torch.tanh,
                   "sigmoid": torch.sigmoid, "identity": lambda z: z}
    activation, loss = "relu", "cross_entropy"


class Net:
    """The network as lists of leaf tensors; W is [inputs x nodes], as in weights.h5."""

    def __init__(self, group):
        leaf = lambda name: torch.tensor(group[name][...].astype(np.float64), requires_grad=True)
        self.W = [leaf(f"W{l}") for l in range(1, len(SIZES))]
        self.b = [leaf(f"b{l}") for l in range(1, len(SIZES))]
        self.extra = {}  # further trained arrays by name in weights.h5

    def leaves(self):
        return self.W + self.b + list(self.extra.values())


def forward(net, x, before_relu=lambda l, z: z, after_relu=lambda l, h: h):
    """Returns the inputs of every layer, the hidden activations and the logits."""
    xs, hidden = [x], []
    for l, (W, b) in enumerate(zip(net.W, net.b), start=1):
        z = xs[-1] @ W + b
        if l == len(net.W):
            return xs, hidden, z
        hidden.append(after_relu(l, Network.activations[Network.activation](before_relu(l, z))))
        xs.append(hidden[-1])


class Case:
    """No regulariser. Each derived case overrides the parts of a step that it changes."""
    keys = ""
    optimiser = None
    steps = STEPS
    without_gradient = ()

    def start(self, net):
        pass

    def before_relu(self, l, z):
        return z

    def after_relu(self, l, h):
        return h

    def data_term(self, logits, labels):
        if Network.loss == "squared_error":
            return F.mse_loss(logits, F.one_hot(labels, SIZES[-1]).to(logits))
        return F.cross_entropy(logits, labels)

    def penalty(self, net, xs, hidden, logits):
        return 0.0

    def change_gradient(self, net):
        pass

    def loss(self, net, x, labels):
        xs, hidden, logits = forward(net, x, self.before_relu, self.after_relu)
        return self.data_term(logits, labels) + self.penalty(net, xs, hidden, logits)

    def gradient(self, net, x, labels):
        for leaf in net.leaves():
            leaf.grad = None
        self.loss(net, x, labels).backward()

    def step(self, t, net, x, labels):
        self.t = t
        self.gradient(net, x, labels)
        self.change_gradient(net)
        with torch.no_grad():
            self.update(net)

    def update(self, net):
        if self.optimiser:
            self.optimiser.step()
            return
        for leaf in net.leaves():
            leaf -= RATE * leaf.grad

    def measured(self, net):
        return net


def penalised(keys, penalty):
    """A case that adds penalty(net, xs, hidden, logits) to the loss."""
    return type("Penalised", (Case,), {"keys": keys, "penalty": staticmethod(penalty)})


class Fading(Case):
    """l2 whose strength falls to 0 along a line."""
    list = "l2"
    keys = "l2.lambda = 0.1\nl2.strength_schedule = linear"

    def penalty(self, net, xs, hidden, logits):
        return as_float32(0.1) / 2 * (1 - self.t / STEPS) * sum((W**2).sum() for W in net.W)


def snr_penalty(net, xs, hidden, logits):
    """lambda * sum over layers of mean over nodes of (1 - S), with A constant and no gradient for the inputs."""
    total = 0.0
    for W, x in zip(net.W, (x.detach() for x in xs)):
        a = (x > 0).sum(0)
        A = (x / (x.max(0).values + .001)).T @ (x - x.mean(0)) / (a + .0001)[:, None]
        c = A @ W
        S = (W * c).sum(0) / ((c.norm(dim=0) + .0001) * W.norm(dim=0))
        total = total + (1 - S).mean()
    return as_float32(0.3) * total


def group_norms(net):
    return sum(W.shape[1] ** 0.5 * W.norm(dim=1).sum() for W in net.W)


def gram_minus_identity(net):
    total = 0.0
    for W in net.W:
        G = W.T @ W if W.shape[1] <= W.shape[0] else W @ W.T
        total = total + ((G - torch.eye(len(G))) ** 2).sum()
    return total


class LabelSmoothing(Case):
    keys = "label_smoothing.epsilon = 0.2"

    def data_term(self, logits, labels):
        return F.cross_entropy(logits, labels, label_smoothing=as_float32(0.2))


class Dropout(Case):
    keys = "dropout.keep_prob = 0.7"

    def after_relu(self, l, h):
        draws = Random.named(1, "regulariser", "dropout", "dropout").at_step(self.t).in_layer(l)
        kept = draws.bernoulli(as_float32(0.7), h.numel()).reshape(tuple(h.shape))
        return h * torch.tensor(kept) / as_float32(0.7)


class BatchNorm(Case):
    def start(self, net):
        self.norms = []
        for l, units in enumerate(SIZES[1:-1], start=1):
            norm = torch.nn.BatchNorm1d(units)
            self.norms.append(norm)
            net.extra[f"batch_norm.gamma{l}"], net.extra[f"batch_norm.beta{l}"] = norm.weight, norm.bias

    def before_relu(self, l, z):
        return self.norms[l - 1](z)


class WeightDecay(Case):
    keys = "weight_decay.lambda = 0.1"

    def update(self, net):
        rate = self.optimiser.param_groups[0]["lr"] if self.optimiser else RATE
        for W in net.W:
            W *= 1 - rate * as_float32(0.1)
        super().update(net)


class GradientClip(Case):
    keys = "gradient_clip.limit = 0.5"

    def change_gradient(self, net):
        length = torch.sqrt(sum((leaf.grad**2).sum() for leaf in net.leaves()))
        for leaf in net.leaves():
            leaf.grad *= min(1.0, 0.5 / length)


class PowerGradient(Case):
    keys = "power_gradient.power = 0.8"

    def change_gradient(self, net):
        for W in net.W:
            W.grad = torch.sign(W.grad) * W.grad.abs() ** as_float32(0.8)


class MaxNorm(Case):
    keys = "max_norm.limit = 0.4"

    def update(self, net):
        super().update(net)
        for W in net.W:
            length = W.norm(dim=0)
            W *= torch.clamp(as_float32(0.4) / length, max=1)


class L1Proximal(Case):
    keys = "l1_proximal.plugin = l1\nl1_proximal.form = proximal\nl1_proximal.lambda = 0.05"

    def update(self, net):
        super().update(net)
        for W in net.W:
            W.copy_(F.softshrink(W, RATE * as_float32(0.05)))


class GroupLassoProximal(Case):
    keys = "group_lasso_proximal.plugin = group_lasso\ngroup_lasso_proximal.form = proximal\ngroup_lasso_proximal.lambda = 0.05"

    def update(self, net):
        super().update(net)
        for W in net.W:
            W *= torch.clamp(1 - RATE * as_float32(0.05) * W.shape[1] ** 0.5 / W.norm(dim=1, keepdim=True), min=0)


class Sam(Case):
    keys = "sam.rho = 0.5"

    def gradient(self, net, x, labels):
        super().gradient(net, x, labels)
        length = torch.sqrt(sum((leaf.grad**2).sum() for leaf in net.leaves()))
        before = [leaf.detach().clone() for leaf in net.leaves()]
        with torch.no_grad():
            for leaf in net.leaves():
                leaf += as_float32(0.5) * leaf.grad / length
        super().gradient(net, x, labels)
        with torch.no_grad():
            for leaf, original in zip(net.leaves(), before):
                leaf.copy_(original)


class SpectralNorm(Case):
    keys = "spectral_norm.lambda = 0.5"

    def start(self, net):
        self.u, self.v = [], []
        for l, W in enumerate(net.W, start=1):
            draws = torch.tensor(Random.named(0, "spectral_norm").in_layer(l).normal(np.arange(sum(W.shape))))
            self.u.append(draws[:W.shape[1]]), self.v.append(draws[W.shape[1]:])
        with torch.no_grad():
            for _ in range(30):
                self.iterate(net)

    def penalty(self, net, xs, hidden, logits):
        return as_float32(0.5) / 2 * sum((v @ W @ u) ** 2 for W, u, v in zip(net.W, self.u, self.v))

    def update(self, net):
        super().update(net)
        self.iterate(net)

    def iterate(self, net):
        for i, W in enumerate(net.W):
            self.v[i] = F.normalize(W @ self.u[i], dim=0)
            self.u[i] = F.normalize(W.T @ self.v[i], dim=0)


class WeightAverage(Case):
    keys = "weight_average.form = equal"

    def start(self, net):
        self.sum = [torch.zeros_like(leaf) for leaf in net.leaves()]

    def update(self, net):
        super().update(net)
        for total, leaf in zip(self.sum, net.leaves()):
            total += leaf

    def measured(self, net):
        with torch.no_grad():
            for total, leaf in zip(self.sum, net.leaves()):
                leaf.copy_(total / self.steps)
        return net


def entropy(logits):
    p = F.log_softmax(logits, dim=1)
    return -(p.exp() * p).sum(1).mean()


CASES = {
    "noreg": Case,
    "l1": penalised("l1.lambda = 0.05", lambda n, *_: as_float32(0.05) * sum(W.abs().sum() for W in n.W)),
    "l1_proximal": L1Proximal,
    "l2": penalised("l2.lambda = 0.1", lambda n, *_: as_float32(0.1) / 2 * sum((W**2).sum() for W in n.W)),
    "weight_decay": WeightDecay,
    "elastic_net": penalised(
        "elastic_net.alpha = 0.1\nelastic_net.l1_ratio = 0.3",
        lambda n, *_: as_float32(0.1) * sum(as_float32(0.3) * W.abs().sum() + (1 - as_float32(0.3)) / 2 * (W**2).sum()
                                            for W in n.W)),
    "group_lasso": penalised("group_lasso.lambda = 0.05", lambda n, *_: as_float32(0.05) * group_norms(n)),
    "group_lasso_proximal": GroupLassoProximal,
    "orthogonality": penalised("orthogonality.lambda = 0.05", lambda n, *_: as_float32(0.05) * gram_minus_identity(n)),
    "spectral_norm": SpectralNorm,
    "fading": Fading,
    "snr": penalised("snr.lambda = 0.3", snr_penalty),
    "max_norm": MaxNorm,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
    "activity_l1": penalised("activity_l1.lambda = 0.1",
                             lambda n, xs, hidden, _: as_float32(0.1) * sum(h.abs().sum() / BATCH for h in hidden)),
    "confidence_penalty": penalised("confidence_penalty.beta = 0.5", lambda n, xs, h, z: -as_float32(0.5) * entropy(z)),
    "label_smoothing": LabelSmoothing,
    "sam": Sam,
    "power_gradient": PowerGradient,
    "gradient_clip": GradientClip,
    "weight_average": WeightAverage,
}


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2, without decay; torch.optim has none."""

    def __init__(self, leaves, lr):
        super().__init__(leaves, {"lr": lr})

    def step(self):
        for leaf in self.param_groups[0]["params"]:
            m = self.state[leaf].setdefault("m", torch.zeros_like(leaf))
            leaf -= self.param_groups[0]["lr"] * torch.sign(0.9 * m + 0.1 * leaf.grad)
            m.mul_(0.99).add_(leaf.grad, alpha=0.01)


# Each with its settings in the program, and the same in PyTorch. Settings other than the defaults show that they arrive.
OPTIMISERS = {
    "sgd": ("", 0.1, lambda leaves, lr: torch.optim.SGD(leaves, lr)),
    "momentum": ("", 0.01, lambda leaves, lr: torch.optim.SGD(leaves, lr, momentum=as_float32(0.9))),
    "nesterov": ("nesterov.momentum = 0.8", 0.01,
                 lambda leaves, lr: torch.optim.SGD(leaves, lr, momentum=as_float32(0.8), nesterov=True)),
    "adam": ("adam.beta1 = 0.8\nadam.beta2 = 0.99", 0.005,
             lambda leaves, lr: torch.optim.Adam(leaves, lr, betas=(0.8, 0.99))),
    "adamw": ("adamw.weight_decay = 0.2", 0.005,
              lambda leaves, lr: torch.optim.AdamW(leaves, lr, weight_decay=as_float32(0.2))),
    "rmsprop": ("rmsprop.alpha = 0.9", 0.002, lambda leaves, lr: torch.optim.RMSprop(leaves, lr, alpha=0.9)),
    "adagrad": ("", 0.01, lambda leaves, lr: torch.optim.Adagrad(leaves, lr)),
    "lion": ("", 0.001, Lion),
}

DIVIDES = ("adam", "adamw", "rmsprop", "adagrad", "lion")
SCHEDULES = torch.optim.lr_scheduler
# With as many steps as MORE_STEPS; the last has a warm-up of three.
RATES = {
    "step": ("schedule.every = 3\nschedule.factor = 0.5", lambda o: SCHEDULES.StepLR(o, 3, 0.5)),
    "exponential": ("schedule.every = 3\nschedule.factor = 0.5", lambda o: SCHEDULES.ExponentialLR(o, 0.5**(1 / 3))),
    "linear": ("schedule.end = 0.25", lambda o: SCHEDULES.LinearLR(o, 1, 0.25, MORE_STEPS)),
    "cosine": ("schedule.end = 0.25",
               lambda o: SCHEDULES.CosineAnnealingLR(o, MORE_STEPS, 0.25 * o.param_groups[0]["lr"])),
    "inverse_sqrt": ("schedule.warmup = 3",
                     lambda o: SCHEDULES.LambdaLR(o, lambda t: min((t + 1) / 3, (3 / (t + 1))**0.5))),
}


def optimised(optimiser, base=Case, regulariser="", schedule=""):
    """A case of these regularisers whose updates are made by an optimiser."""
    settings, rate, make = OPTIMISERS[optimiser]
    more = f"schedule = {schedule}\n{RATES[schedule][0]}\n" if schedule else ""

    class Optimised(base):
        keys = f"{base.keys}\noptimiser = {optimiser}\nlearning_rate = {rate}\n{settings}\n{more}"
        list = regulariser
        # batch_norm subtracts the mean, so these have a gradient of 0, and nothing depends on them. Rounding leaves 1e-9 of
        # it in float32 and 1e-18 in float64; what divides a gradient by its own size makes a whole step of either.
        without_gradient = ("b1", "b2") if base is BatchNorm and optimiser in DIVIDES else ()
        steps = MORE_STEPS

        def start(self, net):
            super().start(net)
            self.optimiser = make(net.leaves(), as_float32(rate))
            self.schedule = RATES[schedule][1](self.optimiser) if schedule else None

        def step(self, *arguments):
            super().step(*arguments)
            if self.schedule:
                self.schedule.step()

    return Optimised


for optimiser in OPTIMISERS:
    CASES[f"{optimiser}_alone"] = optimised(optimiser)
    for regulariser in ("l2", "weight_decay", "max_norm", "sam", "weight_average", "batch_norm", "gradient_clip"):
        CASES[f"{optimiser}_{regulariser}"] = optimised(optimiser, CASES[regulariser], regulariser)
for schedule in RATES:
    CASES[f"{schedule}_adam"] = optimised("adam", schedule=schedule)
    CASES[f"{schedule}_decay"] = optimised("sgd", CASES["weight_decay"], "weight_decay", schedule)


def write_data(folder):
    """Writes random sparse images of 6 x 6 and random labels as IDX files and returns them."""
    random = np.random.default_rng(5)
    pixels = (random.random((200, 36)) < 0.4) * random.integers(1, 256, (200, 36))
    labels = random.integers(0, SIZES[-1], 200)
    labels[:SIZES[-1]] = range(SIZES[-1])
    for name in ("train", "test"):
        (folder / f"{name}-images").write_bytes(struct.pack(">4I", 0x803, 200, 6, 6) + pixels.astype(np.uint8).tobytes())
        (folder / f"{name}-labels").write_bytes(struct.pack(">2I", 0x801, 200) + labels.astype(np.uint8).tobytes())
    return torch.tensor(pixels.astype(np.float32) / np.float32(255), dtype=torch.float64), torch.tensor(labels)


def write_pipeline(folder, cases, steps):
    text = (f"[dataset]\nplugin = idx\ntrain_images = train-images\ntrain_labels = train-labels\n"
            f"test_images = test-images\ntest_labels = test-labels\n[network]\nlayers = {', '.join(map(str, SIZES))}\n"
            f"start_sd = 0.3\nactivation = {Network.activation}\n[training]\nloss = {Network.loss}\nsteps = {steps}\nbatch_size = {BATCH}\nlearning_rate = {RATE}\n")
    for name, case in cases.items():
        regularisers = getattr(case, "list", "" if name == "noreg" else name)
        text += f"[model:{name}]\n" + (f"regularisers = {regularisers}\n" if regularisers else "") + f"{case.keys}\n"
    (folder / "steps.ini").write_text(text)


def main(program):
    comparison = Comparison("torch_steps")
    for steps in (STEPS, MORE_STEPS):
        compare(program, {name: case for name, case in CASES.items() if case.steps == steps}, steps, comparison)
    few = {name: CASES[name] for name in ("noreg", "l2", "batch_norm", "dropout", "activity_l1", "adam_alone", "sam")
           if name in CASES and CASES[name].steps == STEPS}
    for Network.activation in Network.activations:
        for Network.loss in ("cross_entropy", "squared_error"):
            compare(program, few, STEPS, comparison)
    comparison.finish()


def compare(program, cases, steps, comparison):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pixels, labels = write_data(folder)
        write_pipeline(folder, cases, steps)
        subprocess.run([program, "run", folder / "steps.ini", "--out", folder / "out", "--progress", "none"], check=True,
                       stdout=subprocess.DEVNULL)
        order = epoch_order(1, len(labels), 0)
        with h5py.File(folder / "out" / "weights.h5") as file:
            for model, make in cases.items():
                case, net = make(), Net(file["control"])
                case.start(net)
                before = [leaf.detach().clone() for leaf in net.leaves()]
                for t in range(steps):
                    batch = order[t * BATCH:(t + 1) * BATCH]
                    case.step(t, net, pixels[batch], labels[batch])
                net = case.measured(net)
                names = [f"W{l}" for l in range(1, len(SIZES))] + [f"b{l}" for l in range(1, len(SIZES))] + list(net.extra)
                for array, expected, start in zip(names, net.leaves(), before):
                    if array in case.without_gradient:
                        continue
                    reached = torch.tensor(file[f"models/{model}/{array}"][...].astype(np.float64))
                    moved = (expected - start).norm().item()
                    if moved < 1e-12:  # no gradient but rounding's, such as behind a shift that batch_norm removes
                        left = (reached - start).norm().item()
                        comparison.check(f"{model}: {array} does not move", 0, left, 1e-7, "at most 1e-7")
                        continue
                    error = (reached - expected).norm().item() / max(moved, 1e-12)
                    # 2e-4: weights of .3 have a rounding error of 1.5e-8 per step and move by 1e-3 to 1e-2 in three
                    # steps; a wrong term or factor would change the first digits.
                    what = f"{Network.activation}, {Network.loss}, {model}: {array}, moved {moved:.2e}, relative error"
                    comparison.check(what, 0, error, 2e-4, "at most 2e-4")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
