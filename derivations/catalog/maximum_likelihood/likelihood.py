"""The likelihood L of n independent samples, and the loss −(1/n) log L that every family here minimises."""

from __future__ import annotations

import sympy as sp

from ..board import i, n, named, times

__all__ = ["BISHOP", "FAMILY", "LIKELIHOOD", "MEAN_LOG", "over_samples"]

FAMILY = "maximum_likelihood"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"

LIKELIHOOD = named("L")
MEAN_LOG = times(-1 / n, sp.log(LIKELIHOOD))


def over_samples(body: sp.Expr) -> sp.Expr:
    """∏_{i=1..n} body."""
    return sp.Product(body, (i, 1, n))
