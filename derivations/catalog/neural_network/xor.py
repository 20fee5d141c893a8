r"""XOR: two layers of logistic units compute it, one logistic unit can't.

    z = h + g − 3/2,  h = σ(s(2(x_1 + x_2) − 1)),  g = σ(s(3 − 2(x_1 + x_2))),  s = log 9

h is close to OR, g to NAND, their sum exceeds 3/2 only where both hold. With s = log 9 every value is
rational: σ(s) = 9/10. One unit has z = w_1 x_1 + w_2 x_2 + b, and then z(0,0) + z(1,1) = z(0,1) + z(1,0):
XOR wants the left side negative and the right side positive (Minsky and Papert 1969).

The inputs are written as indices: z[0, 1] is the logit at x = (0, 1).
"""

from __future__ import annotations

import sympy as sp

from ...functions import sigmoid
from ...statement import Definition, Derivation, Statement, Step, scalar
from ..board import HALF, plus
from .model import BISHOP, FAMILY

__all__ = ["XOR"]

_x1, _x2 = (sp.Symbol(name, integer=True, nonnegative=True) for name in ("x_1", "x_2"))
_h, _g, _z = (sp.IndexedBase(sp.Symbol(name, real=True)) for name in "hgz")
_s = sp.log(9)

_CASCADE = Statement(
    name=f"{FAMILY}.xor",
    family=FAMILY,
    title="Two hidden logistic units and one output, with weights written out",
    source="Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.1, with logistic units",
    variables=(),
    ranges=((_x1, 0, 1), (_x2, 0, 1)),
    definitions=(
        Definition(_h[_x1, _x2], sigmoid(_s * (2 * _x1 + 2 * _x2 - 1)), "hidden unit, close to OR"),
        Definition(_g[_x1, _x2], sigmoid(_s * (3 - 2 * _x1 - 2 * _x2)), "hidden unit, close to NAND"),
        Definition(_z[_x1, _x2], _h[_x1, _x2] + _g[_x1, _x2] - 3 * HALF, "output logit"),
    ),
    convention="the output is 1 where its logit is positive",
)


def _at(a: int, b: int) -> Derivation:
    """The logit at (a, b), with the sign that makes it positive where XOR is right."""
    sign = 1 if a != b else -1
    signed = sp.Mul(sign, _z[a, b])
    first, second = 2 * (a + b) - 1, 3 - 2 * (a + b)
    values = [sp.Rational(9**e, 1 + 9**e) if e > 0 else sp.Rational(1, 1 + 9**-e) for e in (first, second)]
    return Derivation(
        f"{FAMILY}.xor.at_{a}{b}",
        _CASCADE,
        f"XOR({a}, {b}) = {int(a != b)}: the output logit is {'positive' if sign > 0 else 'negative'}",
        signed,
        (
            Step(sign * plus(_h[a, b], _g[a, b], -3 * HALF), "definition"),
            Step(sign * plus(sigmoid(first * _s), sigmoid(second * _s), -3 * HALF), "definition"),
            Step(sign * (sp.Add(*values) - 3 * HALF), "definition", "e^{log 9} = 9"),
        ),
        kind="sign",
        relation=">",
    )


_w1, _w2, _b = scalar("w_1", role="weight"), scalar("w_2", role="weight"), scalar("b", role="bias")

_ONE_UNIT = Statement(
    name=f"{FAMILY}.xor.one_unit",
    family=FAMILY,
    title="One logistic unit with two inputs",
    source=f"Minsky and Papert, Perceptrons (1969); {BISHOP}, section 4.1.7",
    variables=(_w1, _w2, _b),
    ranges=((_x1, 0, 1), (_x2, 0, 1)),
    definitions=(Definition(_z[_x1, _x2], _w1() * _x1 + _w2() * _x2 + _b(), "logit"),),
    convention="the output is 1 where the logit is positive, that is where σ(z) > 1/2",
)

_IMPOSSIBLE = Derivation(
    f"{FAMILY}.xor.one_unit",
    _ONE_UNIT,
    "No single logistic unit computes XOR: the four margins, which would all be positive, sum to zero",
    plus(-_z[0, 0], _z[0, 1], _z[1, 0], -_z[1, 1]),
    (
        Step(plus(-_b(), plus(_w2(), _b()), plus(_w1(), _b()), -plus(_w1(), _w2(), _b())), "definition"),
        Step(sp.S.Zero, "algebra", "so one of the four has the wrong sign, or is zero"),
    ),
)

XOR: tuple[Derivation, ...] = (_at(0, 0), _at(0, 1), _at(1, 0), _at(1, 1), _IMPOSSIBLE)
"""The cascade at the four points, and the contradiction for one unit."""
