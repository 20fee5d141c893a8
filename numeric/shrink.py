"""A failing point made small and simple, a batch of candidates at a time.

Greedy, as in Zeller's delta debugging: from the point that fails, propose all at once the points in which
a block of entries is replaced by the simplest value, by an integer, or by one significant digit; take the
simplest that still fails; repeat, with smaller blocks. One batch of candidates costs one call.

Left out: minimality. What comes back fails, and is no more complex than what went in.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

__all__ = ["complexity", "shrink"]


def complexity(points: np.ndarray, simplest: np.ndarray) -> np.ndarray:
    """Lower is simpler, for each of (N, P): entries not at their simplest value, digits, magnitude."""
    moved = points != simplest
    fractional = moved & (points != np.round(points))
    with np.errstate(all="ignore"):
        digit = 10.0 ** np.floor(np.log10(np.abs(points)))
        long = fractional & (np.round(points / digit) * digit != points)
    size = np.log1p(np.abs(np.where(moved, points, 0.0)))
    return np.sum(10.0 * moved + 5.0 * fractional + 20.0 * long + 0.1 * size, axis=-1)


def shrink(
    point: np.ndarray,
    simplest: np.ndarray,
    fails: Callable[[np.ndarray], np.ndarray],
    batch: int,
    rounds: int = 20,
    keep: int | None = None,
) -> np.ndarray:
    """The simplest point found at which `fails` still holds; (P,) → (P,).

    fails(points): (N, P) with N ≤ batch → (N,) booleans. keep: a coordinate to be left alone at first.

    >>> shrink(np.array([3.7, 12.3, -8.1]), np.zeros(3), lambda p: p[:, 1] > 10, batch=16).tolist()
    [0.0, 12.0, 0.0]
    """
    best = np.array(point, dtype=np.float64)
    for round_number in range(rounds):
        proposals = list(_proposals(best, simplest, keep, round_number))
        if not proposals:
            break
        candidates = np.stack(list({p.tobytes(): p for p in proposals}.values()))
        order = np.argsort(complexity(candidates, simplest), kind="stable")
        candidates = candidates[order][:batch]
        simpler = complexity(candidates, simplest) < complexity(best[None], simplest)[0]
        candidates = candidates[simpler]
        if not len(candidates):
            if 2**round_number > 2 * best.size:
                break
            continue
        found = np.flatnonzero(fails(candidates))
        if len(found):
            best = candidates[found[0]]
        elif 2**round_number > 2 * best.size:
            break
    return best


def _proposals(x: np.ndarray, simplest: np.ndarray, keep: int | None, round_number: int) -> Iterator[np.ndarray]:
    blocks = min(2**round_number, x.size, 32)
    edges = np.linspace(0, x.size, blocks + 1).astype(int)
    if round_number == 0 and keep is not None:
        for value in (x[keep], np.round(x[keep]), 1.0, _one_digit(x)[keep]):
            alone = simplest.copy()
            alone[keep] = value
            yield alone
    moved = np.flatnonzero(x != simplest)
    parts = [np.arange(a, b) for a, b in itertools.pairwise(edges)]
    if len(moved) <= 8:
        parts += [np.array([j]) for j in moved]
    for part in parts:
        for new in (
            simplest,
            np.round(x),
            np.trunc(x),
            _one_digit(x),
            np.sign(x),
            np.ceil(np.abs(x)) * np.sign(x),
            np.trunc(x / 2),
        ):
            y = x.copy()
            y[part] = new[part]
            yield y


def _one_digit(x: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        digit = 10.0 ** np.floor(np.log10(np.abs(x)))
        return np.where(x == 0, 0.0, np.round(x / digit) * digit)
