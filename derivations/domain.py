"""Domains: where the values of a variable lie, as one object that every layer shares.

From a domain come the SymPy assumptions, the label relations that the zero test may use, the exact
rational points that witnesses are searched among, the Hypothesis strategies of `numeric.inputs`,
and the words of a condition. The last axis of a `ONE_HOT` or `INCREASING` array is the one that
the domain speaks of.
"""

from __future__ import annotations

import enum
import itertools
import random
from collections.abc import Iterator
from fractions import Fraction

__all__ = ["Domain"]


class Domain(enum.Enum):
    """The set in which a variable's entries lie."""

    REAL = "real numbers"
    POSITIVE = "positive real numbers"
    NONNEGATIVE = "non-negative real numbers"
    UNIT = "the open interval (0, 1)"
    BINARY = "{0, 1}"
    SIGNS = "{-1, 1}"
    ONE_HOT = "one-hot vectors"
    INCREASING = "strictly increasing vectors"

    @property
    def assumptions(self) -> dict[str, bool]:
        """SymPy assumptions that hold for each entry."""
        if self in (Domain.POSITIVE, Domain.UNIT):
            return {"positive": True}
        if self in (Domain.NONNEGATIVE, Domain.BINARY, Domain.ONE_HOT):
            return {"nonnegative": True}
        return {"real": True}

    @property
    def is_continuous(self) -> bool:
        return self not in (Domain.BINARY, Domain.SIGNS, Domain.ONE_HOT)

    def condition(self, name: str) -> str:
        """The domain as a condition on a variable, for people."""
        return {
            Domain.REAL: f"{name} real",
            Domain.POSITIVE: f"{name} > 0",
            Domain.NONNEGATIVE: f"{name} ≥ 0",
            Domain.UNIT: f"0 < {name} < 1",
            Domain.BINARY: f"{name} ∈ {{0, 1}}",
            Domain.SIGNS: f"{name} ∈ {{−1, 1}}",
            Domain.ONE_HOT: f"{name} is one-hot",
            Domain.INCREASING: f"{name} is strictly increasing",
        }[self]

    def sample(
        self, rng: random.Random, shape: tuple[int | tuple[int, int], ...], denominators: tuple[int, ...] = (1, 2, 3)
    ) -> dict[tuple[int, ...], Fraction]:
        """An exact point: index tuple → rational, small and simple by choice.

        shape: of each axis its size, counted from 1, or its first and last index.
        """
        spans = ((1, axis) if isinstance(axis, int) else axis for axis in shape)
        entries = list(itertools.product(*(range(first, last + 1) for first, last in spans)))
        if self in (Domain.ONE_HOT, Domain.INCREASING):
            return dict(self._rows(rng, entries))
        return {entry: self._scalar(rng, denominators) for entry in entries}

    def _scalar(self, rng: random.Random, denominators: tuple[int, ...]) -> Fraction:
        if self is Domain.BINARY:
            return Fraction(rng.randint(0, 1))
        if self is Domain.SIGNS:
            return Fraction(rng.choice((-1, 1)))
        if self is Domain.UNIT:
            return Fraction(rng.randint(1, 9), 10)
        low = {Domain.POSITIVE: 1, Domain.NONNEGATIVE: 0}.get(self, -4)
        return Fraction(rng.randint(low, 4), rng.choice(denominators))

    def _rows(self, rng: random.Random, entries: list[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], Fraction]]:
        for _, group in itertools.groupby(entries, key=lambda entry: entry[:-1]):
            row = list(group)
            if self is Domain.ONE_HOT:
                hot = rng.choice(row)
                yield from ((entry, Fraction(int(entry == hot))) for entry in row)
            else:
                level = Fraction(rng.randint(-3, 0))
                for entry in row:
                    yield entry, level
                    level += Fraction(rng.choice((1, 2, 3, 6)), 2)

    def contains(self, array: dict[tuple[int, ...], Fraction]) -> bool:
        """Whether every entry (and every row, where the domain speaks of rows) lies in the domain."""
        values = list(array.values())
        rows = [[array[e] for e in g] for _, g in itertools.groupby(sorted(array), key=lambda e: e[:-1])]
        match self:
            case Domain.REAL:
                return True
            case Domain.POSITIVE:
                return all(v > 0 for v in values)
            case Domain.NONNEGATIVE:
                return all(v >= 0 for v in values)
            case Domain.UNIT:
                return all(0 < v < 1 for v in values)
            case Domain.BINARY:
                return all(v in (0, 1) for v in values)
            case Domain.SIGNS:
                return all(v in (-1, 1) for v in values)
            case Domain.ONE_HOT:
                return all(set(row) <= {0, 1} and sum(row) == 1 for row in rows)
            case Domain.INCREASING:
                return all(a < b for row in rows for a, b in itertools.pairwise(row))
