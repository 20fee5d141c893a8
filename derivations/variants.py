r"""Variants of a stated loss that training needs: sample weights, a penalty on the weights, second derivatives.

    weighted    (1/n) Σ_i ℓ_i        →   (1/n) Σ_i s_i ℓ_i,   s_i ≥ 0
    penalised   C                    →   C + (λ/2) Σ W²       over every variable of role "weight"
    curvature   ∂C/∂u                →   ∂²C/∂u∂v             for every pair of parameters

Each variant is a statement of its own with claims of its own: the body of every sum over samples is multiplied
by s_i, in the loss and in the claim alike, λW is added to the claim, the claim is differentiated once more.
None of this is trusted. The result is a `Derivation` like any other, and is worth what `prove` says of it.

Left out: a teaching chain (the catalogue has it for the loss without weights); penalties on biases and thresholds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from .derive import derive
from .domain import Domain
from .functions import Partial
from .indexed import substitute
from .statement import Definition, Derivation, Statement, Step, Variable, index, scalar, variable

__all__ = ["PENALTY", "SAMPLE_WEIGHT", "penalised", "second_derivatives", "weighted"]

SAMPLE_WEIGHT = "s"
"""The name of the sample weights in a weighted statement."""

PENALTY = scalar("lambda", role="penalty", domain=Domain.NONNEGATIVE)
"""λ ≥ 0."""

_BASE = sp.Symbol("C_0", real=True)


def weighted(derivations: Iterable[Derivation], samples: sp.Symbol) -> tuple[Derivation, ...]:
    """The same claims with sample i counted s_i times; weights of mean 1 make a mean a weighted mean.

    derivations: of one statement, whose loss is a sum over `samples` times a factor.

    >>> from .catalog import find
    >>> from .proof import prove
    >>> (by_b,) = weighted([find("logistic_regression.mean.b")], sp.Symbol("n", integer=True, positive=True))
    >>> prove(by_b).is_proved
    True
    """
    derivations = tuple(derivations)
    (old,) = {d.statement for d in derivations}
    s = variable(SAMPLE_WEIGHT, samples, role="sample weight", domain=Domain.NONNEGATIVE)
    if any(v.name == s.name for v in old.variables):
        raise ValueError(f"{old.name} has a variable {s.name} already: it cannot be weighted")
    statement = replace(
        old,
        name=f"{old.name}.weighted",
        title=f"{old.title}, weighted samples",
        variables=(*old.variables, s),
        definitions=tuple(replace(d, value=_weighted(d.value, s, samples)) for d in old.definitions),
        convention=f"{old.convention}; sample i weighted by {s.name}_i ≥ 0",
    )
    return tuple(
        _claim(
            d,
            statement,
            f"{d.name}.weighted",
            _weighted(d.right, s, samples),
            None if d.stable is None else _weighted(d.stable, s, samples),
        )
        for d in derivations
    )


def penalised(derivations: Iterable[Derivation]) -> tuple[Derivation, ...]:
    """The same claims for C + (λ/2) Σ W², over every variable of role "weight"; biases are not penalised."""
    derivations = tuple(derivations)
    (old,) = {d.statement for d in derivations}
    (loss,) = {_loss(d) for d in derivations}
    defined = old.definition(loss)
    if defined is None or old.definitions[-1] != defined:
        raise ValueError(f"{old.name}: the loss {loss} is not its last definition, so no penalty can be added to it")
    weights = [v for v in old.variables if v.role == "weight"]
    penalty = PENALTY() / 2 * sp.Add(*(_sum_of_squares(v) for v in weights))
    statement = replace(
        old,
        name=f"{old.name}.penalised",
        title=f"{old.title}, plus (λ/2) Σ W²",
        variables=(*old.variables, PENALTY),
        definitions=(
            *old.definitions[:-1],
            Definition(_BASE, defined.value, "loss without penalty"),
            Definition(loss, _BASE + penalty, "loss"),
        ),
        convention=f"{old.convention}; (λ/2) Σ over the squares of {', '.join(v.name for v in weights)}, no other",
    )
    results = []
    for d in derivations:
        added = penalty if d.left == loss else _penalty_gradient(d, weights)
        stable = None if d.stable is None else d.stable + added
        results.append(_claim(d, statement, f"{d.name}.penalised", d.right + added, stable))
    return tuple(results)


def second_derivatives(gradients: Iterable[Derivation]) -> tuple[Derivation, ...]:
    """∂²C/∂u∂v for every pair of parameters, the upper triangle, found from the gradients that are claimed."""
    gradients = tuple(gradients)
    results = []
    for row, first in enumerate(gradients):
        u = first.left.args[1]
        for second in gradients[row:]:
            v, ranges = _renamed(second.left.args[1], u, second.statement)
            statement = replace(second.statement, ranges=ranges)
            found = derive(statement, first.right, v).right
            results.append(
                Derivation(
                    f"{first.name}.{_symbol(second.left.args[1])}",
                    statement,
                    f"∂²/∂{u}∂{v}: {statement.title}",
                    Partial(first.left, v),
                    (Step(found, "chain_rule"),),
                    source=first.source,
                )
            )
    return tuple(results)


def _claim(d: Derivation, statement: Statement, name: str, right: sp.Expr, stable: sp.Expr | None) -> Derivation:
    return Derivation(
        name,
        statement,
        f"{d.title} ({statement.name})",
        d.left,
        (Step(right, "linearity"),),
        stable=stable,
        source=d.source,
    )


def _symbol(v: sp.Expr) -> str:
    return str(v.base if isinstance(v, sp.Indexed) else v)


def _loss(d: Derivation) -> sp.Expr:
    left = d.left
    while isinstance(left, Partial):
        left = left.args[0]
    return left


def _weighted(e: sp.Expr, s: Variable, samples: sp.Symbol) -> sp.Expr:
    """e with the body of each sum over samples multiplied by the weight of that sample."""
    if not e.args or isinstance(e, sp.Indexed):
        return e
    if isinstance(e, sp.Sum):
        rows = [k for k, lower, upper in e.limits if lower == 1 and upper == samples]
        body = _weighted(e.function, s, samples)
        return sp.Sum(sp.Mul(*(s[k] for k in rows), body), *e.limits)
    return e.func(*(_weighted(a, s, samples) for a in e.args))


def _sum_of_squares(v: Variable) -> sp.Expr:
    if not v.axes:
        return v() ** 2
    indices = [index(f"r_{number}") for number in range(len(v.axes))]
    return sp.Sum(v[tuple(indices)] ** 2, *((k, 1, axis) for k, axis in zip(indices, v.axes, strict=True)))


def _penalty_gradient(d: Derivation, weights: list[Variable]) -> sp.Expr:
    """λ v, where the claim is by an entry v of a weight."""
    v = d.left.args[1]
    is_weight = any(v == w.label if not w.axes else isinstance(v, sp.Indexed) and v.base == w.base for w in weights)
    return PENALTY() * v if is_weight else sp.S.Zero


def _renamed(
    v: sp.Expr, u: sp.Expr, statement: Statement
) -> tuple[sp.Expr, tuple[tuple[sp.Symbol, int, sp.Expr], ...]]:
    """v at indices that u does not use, and the statement's ranges with these."""
    if not isinstance(v, sp.Indexed):
        return v, statement.ranges
    fresh = {k: index(f"{k.name}_2") for k in v.indices}
    added = tuple((fresh[k], lower, upper) for k, lower, upper in statement.ranges if k in fresh)
    return substitute(v, fresh), (*statement.ranges, *added)
