"""What the families write with: shared indices, one sample or a batch, formulas as they stand on the board.

`Reduction` lets one definition of a loss serve three conventions: a single sample (no sample index),
the sum over n samples, and their mean. `plus` and `times` keep terms and factors in the order in which
they are written: SymPy would sort them, and would cancel σ(1 − σ)/(σ(1 − σ)) before a reader has
seen it. They change how a line reads, never what it means; print with `order="none"`.

>>> y, p = sp.symbols("y p", real=True)
>>> sp.sstr(times(plus(p, -y) / p, p), order="none")
'((p - y)/p)*p'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp

from ..domain import Domain
from ..statement import Variable, element, index, size, variable

__all__ = [
    "HALF",
    "MEAN",
    "SAMPLE",
    "SUM",
    "C",
    "G",
    "Reduction",
    "a",
    "features",
    "g",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "named",
    "plus",
    "samples",
    "times",
]

n, m, G = size("n"), size("m"), size("G")
a, g, i, j, k, l = (index(name) for name in "agijkl")

C = sp.Symbol("C", real=True)
"""The loss, of one sample or of all of them."""


HALF = sp.Rational(1, 2)


def plus(*terms: Any) -> sp.Expr:
    """The sum of `terms`, in this order, nothing collected."""
    return sp.Add(*map(sp.sympify, terms), evaluate=False)


def times(*factors: Any) -> sp.Expr:
    """The product of `factors`, in this order, nothing cancelled."""
    return sp.Mul(*map(sp.sympify, factors), evaluate=False)


def samples(body: sp.Expr, over: sp.Symbol = i) -> sp.Expr:
    """Σ_{i=1..n} body."""
    return sp.Sum(body, (over, 1, n))


def features(body: sp.Expr, over: sp.Symbol = k) -> sp.Expr:
    """Σ_{k=1..m} body."""
    return sp.Sum(body, (over, 1, m))


def named(name: str, *indices: sp.Symbol) -> sp.Expr:
    """A real quantity that a statement defines: `named("z", i)` is z[i], `named("z")` is z."""
    return element(sp.Symbol(name, real=True), indices)


@dataclass(frozen=True)
class Reduction:
    """How the losses of the samples become one number.

    name: "sample", "sum" or "mean". words: the convention, for readers.
    """

    name: Literal["sample", "sum", "mean"]
    words: str

    @property
    def index(self) -> tuple[sp.Symbol, ...]:
        """The sample index: (i,), or () for a single sample."""
        return () if self.name == "sample" else (i,)

    @property
    def weight(self) -> sp.Expr:
        """What multiplies each sample's loss: 1/n for the mean, else 1."""
        return 1 / n if self.name == "mean" else sp.S.One

    def variable(self, name: str, *axes: sp.Expr, role: str, domain: Domain = Domain.REAL) -> Variable:
        """A variable with one row for each sample."""
        return variable(name, *(() if self.name == "sample" else (n,)), *axes, role=role, domain=domain)

    def at(self, v: Variable, *indices: sp.Expr) -> sp.Expr:
        """`v` at sample i: y[i], x[i, k]; for a single sample y, x[k]."""
        indices = (*self.index, *indices)
        return v[indices] if indices else v()

    def named(self, name: str) -> sp.Expr:
        """A defined quantity of sample i."""
        return named(name, *self.index)

    def total(self, body: sp.Expr) -> sp.Expr:
        """Σ_i body; for a single sample, body."""
        return body if self.name == "sample" else samples(body)

    def reduce(self, body: sp.Expr) -> sp.Expr:
        """The loss whose value at sample i is `body`."""
        return self.scaled(1, body)

    def scaled(self, factor: Any, body: sp.Expr) -> sp.Expr:
        """factor · weight · Σ_i body, with the constant in front."""
        front = sp.sympify(factor, strict=True) * self.weight
        return self.total(body) if front == 1 else times(front, self.total(body))


SAMPLE = Reduction("sample", "one sample")
SUM = Reduction("sum", "sum over the n samples")
MEAN = Reduction("mean", "mean over the n samples")
