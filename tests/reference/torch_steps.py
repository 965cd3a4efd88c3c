#!/usr/bin/env python3
"""torch_steps.py PROGRAM: trains three steps with every regulariser that PyTorch can express and compares the results.

Writes a small dataset and a pipeline file with one model per case, and runs PROGRAM on it. Trains the same cases with
PyTorch in float64 from the same start on the same batches, by autograd and by PyTorch's own functions where they exist,
and compares every array. Needs PyTorch 2, NumPy and h5py; it is not part of the test suite.

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


def as_float32(x):
    """Parameters are float32 in the program."""
    return float(np.float32(x))


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
        hidden.append(after_relu(l, torch.relu(before_relu(l, z))))
        xs.append(hidden[-1])


class Case:
    """No regulariser. Each derived case overrides the parts of a step that it changes."""
    keys = ""

    def start(self, net):
        pass

    def before_relu(self, l, z):
        return z

    def after_relu(self, l, h):
        return h

    def data_term(self, logits, labels):
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
        for leaf in net.leaves():
            leaf -= RATE * leaf.grad

    def measured(self, net):
        return net


def penalised(keys, penalty):
    """A case that adds penalty(net, xs, hidden, logits) to the loss."""
    return type("Penalised", (Case,), {"keys": keys, "penalty": staticmethod(penalty)})


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
        optimiser = torch.optim.SGD(net.W, lr=RATE, weight_decay=as_float32(0.1))  # equivalent here
        optimiser.step()
        for b in net.b:
            b -= RATE * b.grad


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
        self.u = [torch.ones(W.shape[1]) / W.shape[1] ** 0.5 for W in net.W]
        self.v = [torch.ones(W.shape[0]) / W.shape[0] ** 0.5 for W in net.W]

    def penalty(self, net, xs, hidden, logits):
        return as_float32(0.5) / 2 * sum((v @ W @ u) ** 2 for W, u, v in zip(net.W, self.u, self.v))

    def update(self, net):
        super().update(net)
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
                leaf.copy_(total / STEPS)
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


def write_pipeline(folder):
    text = (f"[dataset]\nplugin = idx\ntrain_images = train-images\ntrain_labels = train-labels\n"
            f"test_images = test-images\ntest_labels = test-labels\n[network]\nlayers = {', '.join(map(str, SIZES))}\n"
            f"start_sd = 0.3\n[training]\nsteps = {STEPS}\nbatch_size = {BATCH}\nlearning_rate = {RATE}\n")
    for name, case in CASES.items():
        text += f"[model:{name}]\n" + ("" if name == "noreg" else f"regularisers = {name}\n{case.keys}\n")
    (folder / "steps.ini").write_text(text)


def main(program):
    comparison = Comparison("torch_steps")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pixels, labels = write_data(folder)
        write_pipeline(folder)
        subprocess.run([program, "run", folder / "steps.ini", "--out", folder / "out", "--progress", "none"], check=True,
                       stdout=subprocess.DEVNULL)
        order = epoch_order(1, len(labels), 0)
        with h5py.File(folder / "out" / "weights.h5") as file:
            for model, make in CASES.items():
                case, net = make(), Net(file["control"])
                case.start(net)
                before = [leaf.detach().clone() for leaf in net.leaves()]
                for t in range(STEPS):
                    batch = order[t * BATCH:(t + 1) * BATCH]
                    case.step(t, net, pixels[batch], labels[batch])
                net = case.measured(net)
                names = [f"W{l}" for l in range(1, len(SIZES))] + [f"b{l}" for l in range(1, len(SIZES))] + list(net.extra)
                for array, expected, start in zip(names, net.leaves(), before):
                    reached = torch.tensor(file[f"models/{model}/{array}"][...].astype(np.float64))
                    moved = (expected - start).norm().item()
                    error = (reached - expected).norm().item() / max(moved, 1e-12)
                    # 2e-4: weights of .3 have a rounding error of 1.5e-8 per step and move by 1e-3 to 1e-2 in three
                    # steps; a wrong term or factor would change the first digits.
                    what = f"{model}: {array}, moved {moved:.2e}, relative error"
                    comparison.check(what, 0, error, 2e-4, "at most 2e-4")
    comparison.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
