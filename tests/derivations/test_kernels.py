"""Factors of polynomials over kernels: those of the general algorithm, whichever way they are found."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp

from derivations.kernels import Field

FIELD = Field(8)
A, B, C, D = (FIELD.gen(FIELD.kernel("sym", sp.Symbol(name))) for name in "abcd")


def _general(poly):
    """Constant and factors by the general algorithm, in the form of `Field.factor`."""
    constant, factors = poly.factor()
    number, found = Fraction(int(constant.p), int(constant.q)), {}
    for f, e in factors:
        f, unit = FIELD._primitive(f)
        number *= unit ** int(e)
        found[str(f)] = int(e)
    return number, found


@pytest.mark.parametrize(
    "poly",
    [
        0 * A + 6,
        A * 0 - 3,
        -4 * A**2 * B,
        1 + A,
        2 * A + 4 * B,
        A**2 * B - A * B**2,
        A**2 * B + A**2,
        A**2 - B**2,
        A**2 + B**2,
        A * B + A + B + 1,
        A * B + A * C + 2 * D,
        -3 * A**3 * (B + C * D) ** 2,
        (1 + A) * (1 + B) * C,
        (A + B) ** 3,
        A**2 * C + B * C**2 + A * B * C**3,
        A * B + A,
    ],
)
def test_factors_are_those_of_the_general_algorithm(poly):
    number, factors = FIELD.factor(poly)
    assert (number, {str(f): e for f, e in factors}) == _general(poly)


def test_factors_of_random_products_multiply_to_them():
    rng = random.Random(0)
    for _ in range(300):
        poly = FIELD.ctx.constant(rng.choice([-6, -1, 1, 2, 15]))
        for _ in range(rng.randint(1, 3)):
            terms = [
                rng.choice([A, B, C, D, FIELD.ctx.constant(1)]) ** rng.randint(0, 2) * rng.choice([A, B, C, D, 1])
                for _ in range(rng.randint(1, 3))
            ]
            part = sum((rng.choice([-2, 1, 3]) * t for t in terms), FIELD.ctx.constant(0))
            poly *= part
        if poly.is_zero():
            continue
        number, factors = FIELD.factor(poly)
        assert (number, {str(f): e for f, e in factors}) == _general(poly)


def test_zero_has_no_factors():
    assert FIELD.factor(A - A) == (Fraction(0), [])
