"""A penalty on the weights, added to any loss of the catalogue; the bias is not penalised.

    C = C_0 + R(w),   ∂C/∂w_j = ∂C_0/∂w_j + ∂R/∂w_j,   ∂C/∂b = ∂C_0/∂b

`penalised` takes a derivation of ∂C_0/∂v that the catalogue already has, and extends it: its last line
is put in as found. So a penalty is stated once and serves every family.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from ..domain import Domain
from ..functions import Partial
from ..statement import Definition, Derivation, Step, scalar, variable
from .board import C, features, j, k, m, named, plus, times

__all__ = ["PENALTY_WEIGHT", "Penalty", "absolute", "penalised", "squares"]

PENALTY_WEIGHT = scalar("lambda", role="penalty", domain=Domain.NONNEGATIVE)
"""λ ≥ 0."""

_w = variable("w", m, role="weight")
_C0, _R = named("C_0"), named("R")


@dataclass(frozen=True)
class Penalty:
    """R(w) = factor · Σ_k r(w_k); `term` is r(w_j), `rule` gives its derivative, and `result` is ∂R/∂w_j."""

    name: str
    words: str
    source: str
    value: sp.Expr
    term: sp.Expr
    rule: str
    factor: sp.Expr
    result: sp.Expr
    convention: str = "bias not penalised"
    has_kink: bool = False

    @property
    def lines(self) -> tuple[tuple[sp.Expr, str, str], ...]:
        """∂R/∂w_j as (expression, rule, note), line by line."""
        return (
            (times(self.factor, Partial(self.term, _w[j])), "delta", "of the m terms only that of w_j depends on w_j"),
            (self.result, self.rule, ""),
        )


def squares(name: str, words: str, factor: sp.Expr, source: str) -> Penalty:
    """R = factor · Σ_k w_k², so ∂R/∂w_j = 2 · factor · w_j."""
    value = times(factor, features(_w[k] ** 2))
    return Penalty(name, words, source, value, _w[j] ** 2, "power_rule", factor, 2 * factor * _w[j])


def absolute(name: str, words: str, factor: sp.Expr, source: str) -> Penalty:
    """R = factor · Σ_k |w_k|, so ∂R/∂w_j = factor · sign(w_j) where w_j ≠ 0."""
    return Penalty(
        name,
        words,
        source,
        times(factor, features(sp.Abs(_w[k]))),
        sp.Abs(_w[j]),
        "absolute_value",
        factor,
        factor * sp.sign(_w[j]),
        "bias not penalised; w_j ≠ 0, where |w_j| has a derivative; the code takes sign(0) = 0, a subgradient",
        has_kink=True,
    )


def penalised(base: Derivation, penalty: Penalty, family: str, name: str) -> Derivation:
    """The derivation of ∂(C_0 + R)/∂v, from that of ∂C_0/∂v."""
    old = base.statement
    *earlier, loss = old.definitions
    statement = replace(
        old,
        name=f"{family}.{name.rpartition('.')[0]}",
        family=family,
        title=f"{old.title}, plus {penalty.words}",
        source=penalty.source,
        variables=(*old.variables, PENALTY_WEIGHT),
        definitions=(
            *earlier,
            Definition(_C0, loss.value, "loss without penalty"),
            Definition(_R, penalty.value, "penalty"),
            Definition(C, plus(_C0, _R), "loss"),
        ),
        nonzero=(_w[j],) if penalty.has_kink else (),
        convention=f"{old.convention}; {penalty.convention}",
    )
    v = base.left.args[1]
    split = Step(plus(Partial(_C0, v), Partial(_R, v)), "linearity", "C = C_0 + R")
    if v == _w[j]:
        found = base.right
        steps: tuple[Step, ...] = (
            split,
            Step(plus(found, Partial(_R, v)), "substitution", base.name),
            *(Step(plus(found, expr), rule, note) for expr, rule, note in penalty.lines),
        )
        stable = None if base.stable is None else plus(base.stable, penalty.result)
    else:
        steps = (
            split,
            Step(Partial(_C0, v), "constant", "the penalty does not contain the bias"),
            Step(base.right, "substitution", base.name),
        )
        stable = base.stable
    return Derivation(
        f"{family}.{name}",
        statement,
        f"∂C/∂{'w_j' if v == _w[j] else 'b'}: {statement.title}",
        Partial(C, v),
        steps,
        stable=stable,
        source=penalty.source,
    )
