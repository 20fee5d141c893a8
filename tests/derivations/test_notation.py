"""Printers that remember what they have printed print what they print anew."""

from __future__ import annotations

import sympy as sp

from derivations.catalog import derivations
from derivations.notation import latex, srepr, text


def test_srepr_is_sympys():
    for derivation in derivations("softmax_regression"):
        for expr in (derivation.left, derivation.right):
            assert srepr(expr) == sp.srepr(expr)


def test_names_that_read_alike_are_told_apart():
    real, positive = sp.Symbol("z", real=True), sp.Symbol("z", positive=True)
    assert srepr(sp.exp(real)) == sp.srepr(sp.exp(real))
    assert srepr(sp.exp(positive)) == sp.srepr(sp.exp(positive)) != srepr(sp.exp(real))


def test_numbers_that_are_equal_are_told_apart():
    x = sp.Symbol("x")
    for power in (sp.Integer(2), sp.Float(2.0)):
        expr = sp.Pow(x, power, evaluate=False)
        assert srepr(expr) == sp.srepr(expr)


def test_the_order_in_which_a_sum_was_written_is_kept():
    a, b = sp.symbols("a b")
    for first, second in ((a, b), (b, a)):
        written = sp.Add(first, second, evaluate=False)
        assert text(2 * written) == text(2 * sp.Add(first, second, evaluate=False))
        assert text(sp.exp(written)) == f"e^{{{text(written)}}}"
        assert latex(sp.exp(written)) == f"e^{{{latex(written)}}}"
