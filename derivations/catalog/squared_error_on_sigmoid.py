r"""Squared error on a sigmoid: why the factor σ(1 − σ) that cross-entropy cancels does harm.

    C = (σ(z) − y)²,   dC/dz = 2(σ − y) σ(1 − σ),   ∂C/∂w_j = 2(σ − y) σ(1 − σ) x_j

The factor goes to 0 on both sides, so a sample that is confidently wrong hardly moves: for y = 1 and
z → −∞ the gradient tends to 0, where that of cross-entropy tends to −1. And the loss is not convex: at
z = 2, y = 0 its second derivative is negative. With ½ in front every gradient is halved.

Names: `z`, `w`, `b` of one sample, `mean.w`, `sum.w` of n, and `half.`, `half_mean.`, `half_sum.` with ½.
Left out: what the flat parts do to training (Glorot and Bengio, 2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from ..domain import Domain
from ..functions import Partial, sigmoid
from ..statement import Definition, Derivation, Statement, Step, scalar, variable
from .board import HALF, MEAN, SAMPLE, SUM, C, Reduction, features, j, k, m, n, named, plus, times

__all__ = ["DERIVATIONS"]

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


def _of_logit(half: bool) -> Statement:
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
        _of_logit(half),
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


# Limits: where the gradient goes when a sample is confidently right, or confidently wrong.


def _limits() -> Iterator[Derivation]:
    """lim dC/dz for y = 0 and y = 1 on both sides, of squared error and of cross-entropy."""
    z = _z()
    e, s = sp.exp(-z), sigmoid(z)
    squared = {
        1: (times(2, plus(s, -1), s, 1 - s), -2 * e**2 / (1 + e) ** 3, "σ − 1 = −e^{−z}/(1 + e^{−z})"),
        0: (times(2, s, s, 1 - s), 2 * e / (1 + e) ** 3, "σ = 1/(1 + e^{−z}) and 1 − σ = e^{−z}/(1 + e^{−z})"),
    }
    entropy = {
        1: (plus(s, -1), -e / (1 + e), "σ − 1 = −e^{−z}/(1 + e^{−z})"),
        0: (s, 1 / (1 + e), "σ = 1/(1 + e^{−z})"),
    }
    for prefix, label, forms, loss, proof in (
        ("", "squared error", squared, lambda y: (plus(_sigma, -1) if y else _sigma) ** 2, f"{FAMILY}.z"),
        (
            "cross_entropy.",
            "cross-entropy",
            entropy,
            lambda y: -sp.log(_sigma) if y else -sp.log(1 - _sigma),
            "logistic_regression.z",
        ),
    ):
        for y in (0, 1):
            stated = Statement(
                name=f"{FAMILY}.limit.{prefix}y{y}",
                family=FAMILY,
                title=f"The loss {label} of one sample with label {y}",
                source=f"{NIELSEN}, section 'The cross-entropy cost function'",
                variables=(_z,),
                definitions=(Definition(_sigma, sigmoid(z), "prediction"), Definition(C, loss(y), "loss")),
                convention=f"one sample, y = {y}",
            )
            gradient, in_e, note = forms[y]
            for at, side in ((sp.oo, "plus"), (-sp.oo, "minus")):
                wrong = (y == 1) == (side == "minus")
                value = (-1 if y else 1) if prefix and wrong else 0
                yield Derivation(
                    f"{FAMILY}.limit.{prefix}y{y}.{side}",
                    stated,
                    f"{label}, y = {y}, {'wrong' if wrong else 'right'} side: "
                    f"dC/dz → {str(value).replace('-', '−')} as z → {'+' if side == 'plus' else '−'}∞",
                    sp.Limit(Partial(C, z), z, at),
                    (
                        Step(sp.Limit(gradient, z, at), "substitution", f"{proof} with y = {y}"),
                        Step(sp.Limit(in_e, z, at), "definition", note),
                        Step(
                            sp.Integer(value),
                            "limit",
                            "e^{−z} → 0" if side == "plus" else "e^{−z} → ∞: compare the highest powers",
                        ),
                    ),
                    kind="limit",
                )


# Curvature: the second derivative changes sign.

_s = sigmoid(_z())
_SECOND = Derivation(
    f"{FAMILY}.second_derivative",
    _of_logit(half=False),
    "d²C/dz² = 2σ(1 − σ)[σ(1 − σ) + (σ − y)(1 − 2σ)]",
    Partial(Partial(C, _z()), _z()),
    (
        Step(
            Partial(times(2, plus(_sigma, -_y()), _sigma, 1 - _sigma), _z()),
            "substitution",
            f"{FAMILY}.z",
        ),
        Step(
            plus(
                times(2, Partial(_sigma, _z()), _sigma, 1 - _sigma),
                times(2, plus(_sigma, -_y()), 1 - 2 * _sigma, Partial(_sigma, _z())),
            ),
            "product_rule",
            "the derivative of σ(1 − σ) = σ − σ² by σ is 1 − 2σ",
        ),
        Step(
            times(
                2,
                Partial(_sigma, _z()),
                plus(_sigma * (1 - _sigma), times(plus(_sigma, -_y()), 1 - 2 * _sigma)),
            ),
            "factor",
        ),
        Step(
            times(2, _sigma, 1 - _sigma, plus(_sigma * (1 - _sigma), times(plus(_sigma, -_y()), 1 - 2 * _sigma))),
            "sigmoid_derivative",
        ),
    ),
    stable=times(
        2,
        _s,
        sigmoid(-_z()),
        plus(
            _s * sigmoid(-_z()),
            times(plus(_s * (1 - _y()), -sigmoid(-_z()) * _y()), plus(sigmoid(-_z()), -_s)),
        ),
    ),
)


def _not_convex(label: int, z: Fraction) -> Derivation:
    factored = {
        0: times(2, _s**2, 1 - _s, plus(2, -3 * _s)),
        1: times(2, _s, (1 - _s) ** 2, plus(3 * _s, -1)),
    }[label]
    residual = plus(_s, -1) if label else _s
    where = {0: "σ > 2/3", 1: "σ < 1/3"}[label]
    stated = Statement(
        name=f"{FAMILY}.curvature.y{label}",
        family=FAMILY,
        title=f"Squared error on a sigmoid, one sample with label {label}, without ½",
        source=f"{NIELSEN}, (54)",
        variables=(_z,),
        definitions=(
            Definition(_sigma, sigmoid(_z()), "prediction"),
            Definition(C, (plus(_sigma, -1) if label else _sigma) ** 2, "loss"),
        ),
        convention=f"one sample, y = {label}, without ½",
    )
    return Derivation(
        f"{FAMILY}.not_convex.y{label}",
        stated,
        f"d²C/dz² < 0 at z = {str(z).replace('-', '−')}, y = {label}: the loss is not convex",
        Partial(Partial(C, _z()), _z()),
        (
            Step(
                times(2, _s, 1 - _s, plus(_s * (1 - _s), times(residual, 1 - 2 * _s))),
                "substitution",
                f"{FAMILY}.second_derivative with y = {label}",
            ),
            Step(factored, "factor", f"negative where {where}, and σ takes every value between 0 and 1"),
        ),
        kind="sign",
        relation="<",
        witness={"z": z},
    )


DERIVATIONS: tuple[Derivation, ...] = (
    _by_logit(half=False),
    _by_logit(half=True),
    *(
        _gradient(half, reduction, parameter)
        for reduction in (SAMPLE, MEAN, SUM)
        for half in (False, True)
        for parameter in "wb"
    ),
    *_limits(),
    _SECOND,
    _not_convex(0, Fraction(2)),
    _not_convex(1, Fraction(-2)),
)
"""Gradients, their limits, and the failure of convexity."""
