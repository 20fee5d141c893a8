"""Gradients of (σ(z) − y)² by z, w_j and b, for one sample, the mean and the sum, with and without ½."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid
from ...statement import Definition, Derivation, Statement, Step, scalar, variable
from ..board import HALF, MEAN, SAMPLE, SUM, C, Reduction, features, j, k, m, n, named, plus, times

__all__ = ["FAMILY", "GRADIENTS", "NIELSEN", "of_logit"]

FAMILY = "squared_error_on_sigmoid"
NIELSEN = "Nielsen, Neural Networks and Deep Learning (2015), chapter 3"
delta = sp.KroneckerDelta

_z, _y, _sigma = scalar("z", role="logit"), scalar("y", role="label", domain=Domain.BINARY), named("sigma")


def _words(half: bool) -> str:
    return "with ½" if half else "without ½"


def _name(half: bool, reduction: Reduction, last: str) -> str:
    parts = ["half"] * half + [reduction.name] * (reduction is not SAMPLE)
    return ".".join([FAMILY, *(["_".join(parts)] if parts else []), last])


# One sample, over its logit.


def of_logit(half: bool) -> Statement:
    """Squared error of one sample as a function of its logit."""
    squared = plus(_sigma, -_y()) ** 2
    return Statement(
        name=f"{FAMILY}.{'half_' * half}logit",
        family=FAMILY,
        title=f"Squared error on a sigmoid, one sample, {_words(half)}, over its logit",
        source=f"{NIELSEN}, (54)",
        variables=(_z, _y),
        definitions=(
            Definition(_sigma, sigmoid(_z()), "prediction"),
            Definition(C, times(HALF, squared) if half else squared, "loss"),
        ),
        convention=f"one sample, y ∈ {{0, 1}}, {_words(half)}",
    )


def _by_logit(half: bool) -> Derivation:
    residual = plus(_sigma, -_y())
    front = (HALF, sp.Integer(2)) if half else (sp.Integer(2),)
    kept = () if half else (sp.Integer(2),)
    cancelled = (
        (Step(times(residual, _sigma, 1 - _sigma), "cancel", "½ and 2: this is what the ½ is for"),) if half else ()
    )
    s = sigmoid(_z())
    return Derivation(
        _name(half, SAMPLE, "z"),
        of_logit(half),
        f"dC/dz = {'' if half else '2'}(σ − y) σ(1 − σ)",
        Partial(C, _z()),
        (
            Step(times(Partial(C, _sigma), Partial(_sigma, _z())), "chain_rule"),
            Step(times(*front, residual, Partial(_sigma, _z())), "power_rule"),
            Step(times(*front, residual, _sigma, 1 - _sigma), "sigmoid_derivative"),
            *cancelled,
            Step(times(*kept, plus(s, -_y()), s, 1 - s), "definition"),
        ),
        stable=times(*kept, plus(s * (1 - _y()), -sigmoid(-_z()) * _y()), s, sigmoid(-_z())),
        source=f"{NIELSEN}, (55) and (56)",
    )


# One sample or n, over weights and bias.


def _statement(half: bool, reduction: Reduction) -> Statement:
    x, w = reduction.variable("x", m, role="feature"), variable("w", m, role="weight")
    y, b = reduction.variable("y", role="label", domain=Domain.BINARY), scalar("b", role="bias")
    z, sigma = reduction.named("z"), reduction.named("sigma")
    loss = plus(sigma, -reduction.at(y)) ** 2
    return Statement(
        name=_name(half, reduction, "statement"),
        family=FAMILY,
        title=f"Squared error on a sigmoid, {reduction.words}, {_words(half)}",
        source=f"{NIELSEN}, (54)",
        variables=(x, y, w, b),
        ranges=((j, 1, m), *((s, 1, n) for s in reduction.index)),
        definitions=(
            Definition(z, plus(features(w[k] * reduction.at(x, k)), b()), "logit"),
            Definition(sigma, sigmoid(z), "prediction"),
            Definition(C, reduction.scaled(HALF if half else 1, loss), "loss"),
        ),
        convention=f"{reduction.words}, y ∈ {{0, 1}}, {_words(half)}",
    )


def _gradient(half: bool, reduction: Reduction, parameter: str) -> Derivation:
    """∂C/∂w_j or ∂C/∂b by the chain rule."""
    stated = _statement(half, reduction)
    y, z, sigma = reduction.at(stated.variable("y")), reduction.named("z"), reduction.named("sigma")
    is_weight = parameter == "w"
    x, s = stated.variable("x"), sigmoid(z)
    v = stated.variable("w")[j] if is_weight else stated.variable("b")()
    x_j = reduction.at(x, j) if is_weight else sp.S.One
    residual = plus(sigma, -y)
    front = (HALF, sp.Integer(2)) if half else (sp.Integer(2),)

    def line(*factors: sp.Expr) -> sp.Expr:
        return reduction.reduce(times(*front, *(f for f in factors if f != 1)))

    def result(*factors: sp.Expr) -> sp.Expr:
        return reduction.scaled(1 if half else 2, times(*(f for f in factors if f != 1)))

    inner = (
        (
            Step(
                line(residual, sigma, 1 - sigma, features(times(delta(k, j), reduction.at(x, k)))),
                "linearity",
                "z is linear in the weights, and ∂w_k/∂w_j = δ_kj",
            ),
            Step(line(residual, sigma, 1 - sigma, x_j), "delta"),
        )
        if is_weight
        else (Step(line(residual, sigma, 1 - sigma), "linear_form", "∂z/∂b = 1"),)
    )
    stable = plus(s * (1 - y), -sigmoid(-z) * y)
    return Derivation(
        _name(half, reduction, parameter),
        stated,
        f"∂C/∂{'w_j' if is_weight else 'b'}: {stated.title}",
        Partial(C, v),
        (
            Step(reduction.total(times(Partial(C, sigma), Partial(sigma, z), Partial(z, v))), "chain_rule"),
            Step(line(residual, Partial(sigma, z), Partial(z, v)), "power_rule"),
            Step(line(residual, sigma, 1 - sigma, Partial(z, v)), "sigmoid_derivative"),
            *inner,
            *(
                (Step(result(residual, sigma, 1 - sigma, x_j), "algebra", "½ and 2 cancel" if half else ""),)
                if half or reduction.index
                else ()
            ),
            Step(
                result(plus(s, -y), s, 1 - s, x_j),
                "definition",
                "σ(1 − σ) is still there: nothing cancels it",
            ),
        ),
        stable=result(stable, s, sigmoid(-z), x_j),
        source=f"{NIELSEN}, (55) and (56)",
    )


GRADIENTS: tuple[Derivation, ...] = (
    _by_logit(half=False),
    _by_logit(half=True),
    *(
        _gradient(half, reduction, parameter)
        for reduction in (SAMPLE, MEAN, SUM)
        for half in (False, True)
        for parameter in "wb"
    ),
)
"""dC/dz, ∂C/∂w_j and ∂C/∂b."""
