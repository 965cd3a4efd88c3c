#!/usr/bin/python3
"""Philox4x32-10 and the draws of pipeline, implemented from framework/include/pipeline/random.hpp and the paper.

Run as a program, it checks itself against the published test vectors of Random123.

    block(i) = Philox4x32-10( counter = (i, layer, step mod 2^32, step div 2^32), key )
    key      = the first 8 bytes, little-endian, of SHA-256("seed/purpose/model/entry")

Source: Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3.
"""
import dataclasses
import hashlib
import sys

import numpy as np

MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)  # added to the key between rounds
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def philox4x32(counter, key, rounds=10):
    """Random words [n x 4] of counters [n x 4] and a key of 2 words, all uint32."""
    c = [column.astype(np.uint64) for column in np.asarray(counter, np.uint32).T]
    k = [int(word) for word in key]
    for _ in range(rounds):
        product = MULTIPLIERS[0] * c[0], MULTIPLIERS[1] * c[2]
        c = [product[1] >> HALF ^ c[1] ^ np.uint64(k[0]), product[1] & LOW,
             product[0] >> HALF ^ c[3] ^ np.uint64(k[1]), product[0] & LOW]
        k = [(word + weyl) % 2**32 for word, weyl in zip(k, WEYL)]
    return np.stack(c, axis=1).astype(np.uint32)


def derive_key(seed, purpose, model, entry):
    name = f"{seed}/{purpose}/{model}/{entry}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


@dataclasses.dataclass(frozen=True)
class Random:
    """A stream of numbers, each a function of its index. Methods take arrays of indices."""
    key: int
    layer: int = 0
    step: int = 0

    @staticmethod
    def named(seed, purpose, model="", entry=""):
        return Random(derive_key(seed, purpose, model, entry))

    def at_step(self, step):
        return dataclasses.replace(self, step=int(step))

    def in_layer(self, layer):
        return dataclasses.replace(self, layer=int(layer))

    def blocks(self, i):
        i = np.asarray(i, np.uint32)
        counter = np.empty((i.size, 4), np.uint32)
        counter[:, 0] = i
        counter[:, 1:] = self.layer, self.step % 2**32, self.step // 2**32
        return philox4x32(counter, (self.key % 2**32, self.key // 2**32))

    def words(self, i):
        """Word i: lane i mod 4 of block i div 4."""
        i = np.asarray(i, np.uint64)
        return self.blocks(i // np.uint64(4))[np.arange(i.size), i % np.uint64(4)]

    def uniform(self, i):
        return (self.words(i) + 0.5) / 2**32

    def below(self, n, i):
        """floor(64 bits * n / 2^64) in exact integers; the bits are words 2i (low) and 2i + 1 (high)."""
        i = np.asarray(i, np.uint64)
        low, high = self.words(2 * i), self.words(2 * i + np.uint64(1))
        bounds = np.broadcast_to(n, i.shape)
        return np.array([(int(h) << 32 | int(l)) * int(b) >> 64 for l, h, b in zip(low, high, bounds)])

    def normal(self, i):
        """Box-Muller: draws 2j and 2j + 1 are the cosine and the sine of words 2j and 2j + 1."""
        i = np.asarray(i, np.uint64)
        pair = i // np.uint64(2) * np.uint64(2)
        radius = np.sqrt(-2 * np.log(self.uniform(pair)))
        angle = 2 * np.pi * self.uniform(pair + np.uint64(1))
        return radius * np.where(i % np.uint64(2) == 1, np.sin(angle), np.cos(angle))

    def bernoulli(self, p, n):
        """n draws, true with probability p. For p = 1/2 draw i is one bit: bit i mod 32 of word i div 32."""
        if p == 0.5:
            words = self.words(np.arange((n + 31) // 32))
            return (words[:, None] >> np.arange(32, dtype=np.uint32) & 1).astype(bool).reshape(-1)[:n]
        return self.words(np.arange(n)) < np.uint64(int(p * 2**32))


def start_weights(seed, layer, inputs, outputs, sd=0.1):
    """W of a layer of the untrained network, [inputs x outputs], float32: normal, redrawn beyond 2 sd.

    Weight (input j, output k) is draw j * outputs + k; attempt a to redraw it is the same draw at step a.
    """
    stream = Random.named(seed, "start").in_layer(layer)
    z = np.full(inputs * outputs, np.inf)
    attempt = 0
    while (beyond := np.flatnonzero(np.abs(z) > 2)).size:
        z[beyond] = stream.at_step(attempt).normal(beyond)
        attempt += 1
    return (sd * z).astype(np.float32).reshape(inputs, outputs)


def epoch_order(seed, samples, epoch):
    """The order of the samples in an epoch: for i = n - 1 down to 1, swap positions i and below(i + 1, draw i)."""
    places = np.arange(samples - 1, 0, -1)
    partners = Random.named(seed, "batches").at_step(epoch).below(places + 1, places)
    order = np.arange(samples)
    for i, j in zip(places, partners):
        order[i], order[j] = order[j], order[i]
    return order


# From kat_vectors of Random123: philox4x32, 10 rounds.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


def check_known_vectors():
    for counter, key, expected in KNOWN:
        drawn = tuple(int(word) for word in philox4x32([counter], key)[0])
        if drawn != expected:
            sys.exit(f"philox: counter {counter} yields {drawn}, but Random123 publishes {expected}")


if __name__ == "__main__":
    check_known_vectors()
    print(f"philox: all {len(KNOWN)} test vectors of Random123 agree")
