r"""An equation to a verdict: proved, refuted with a witness, or named as the weaker thing that it is.

`decide` joins the exact zero test (which alone proves) and the search for a ball witness (which alone
refutes). A proof also needs a point of the domain at which both sides are defined (*satisfiability*),
and lists the conditions of definedness that the domain does not discharge: every denominator ≠ 0,
every argument of a logarithm > 0.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import sympy as sp

from .enclosure import IndexRangeError, OperationBudgetError, enclose, precision
from .indexed import UnsupportedExpressionError, peel
from .kernels import BudgetExceededError, UndefinedError, budget
from .normal_form import Level, Normalizer
from .notation import text
from .verdict import Status, Verdict
from .witness import BITS, find_witness, point_of, sample_values
from .zero_test import Context, Zero, normalizer_for, zero_test

__all__ = ["Equation", "conditions_of", "decide", "is_signed"]

SUPPORT_POINTS = 40


@dataclass(frozen=True)
class Equation:
    """left = right over the variables of a context; both sides resolved."""

    left: sp.Expr
    right: sp.Expr
    context: Context
    nonzero: tuple[sp.Expr, ...] = ()


def decide(equation: Equation, seed: int = 0, operations: int = 400_000, seconds: float = 20.0) -> Verdict:
    """The verdict on one equation; never raises for what the mathematics does."""
    with budget(operations, seconds):
        try:
            return _decide(equation, seed)
        except BudgetExceededError as error:
            return Verdict(Status.UNDECIDED, "budget", reason=f"out of budget: {error}")
        except RecursionError:
            return Verdict(Status.UNDECIDED, "budget", reason="out of budget: nested too deeply")
        except UnsupportedExpressionError as error:
            return Verdict(Status.UNSUPPORTED, "language", reason=str(error))


def _decide(equation: Equation, seed: int) -> Verdict:
    left, right, context = equation.left, equation.right, equation.context
    reason = "no proof found by the zero test, and no witness among the points tried"
    found: Zero | None = None
    try:
        found = zero_test(left - right, context)
    except UndefinedError as error:
        reason = f"undefined under its side conditions: {error}"
    except UnsupportedExpressionError as error:
        reason = str(error)
    if found is not None and found.is_zero:
        return _proved(equation, found, seed)
    witness = find_witness(left, right, context.ranges, context.arrays, context.positive, equation.nonzero, seed)
    if witness is not None:
        return Verdict(
            Status.REFUTED,
            "ball",
            conditions=tuple(f"holds for {case}" for case in found.holds_for) if found else (),
            reduced=found.reduced if found else None,
            witness=witness,
        )
    if found is not None and found.holds_for:
        cases = ", ".join(found.holds_for)
        return Verdict(Status.UNDECIDED, found.method, found.used, found.reduced, reason=f"holds for {cases}")
    points = _agreeing_points(equation, seed)
    if points:
        return Verdict(Status.SUPPORTED, "ball", points=points, reduced=found.reduced if found else None, reason=reason)
    return Verdict(Status.UNDECIDED, "zero test", reduced=found.reduced if found else None, reason=reason)


def _proved(equation: Equation, found: Zero, seed: int) -> Verdict:
    if not _agreeing_points(equation, seed, wanted=1):
        return Verdict(
            Status.UNDECIDED,
            found.method,
            found.used,
            reason="no point of the domain was found at which both sides are defined",
        )
    conditions = [*found.used]
    for side in (equation.left, equation.right):
        conditions += conditions_of(side, equation.context)
    return Verdict(Status.PROVED, found.method, tuple(dict.fromkeys(conditions)), "0")


def _agreeing_points(equation: Equation, seed: int, wanted: int = SUPPORT_POINTS) -> int:
    """How many points of the domain were met at which both sides are finite and their balls overlap."""
    rng = random.Random(seed + 1)
    context, met = equation.context, 0
    exprs = (equation.left, equation.right, *context.positive, *equation.nonzero)
    for _ in range(4 * wanted + 8):
        values = sample_values(rng, exprs, context.ranges, context.arrays, 3)
        if values is None:
            continue
        try:
            with precision(BITS):
                point = point_of(values, context.arrays)
                if not all(enclose(e, point) > 0 for e in context.positive):
                    continue
                left, right = enclose(equation.left, point), enclose(equation.right, point)
        except (IndexRangeError, OperationBudgetError):
            continue
        if left.is_finite() and right.is_finite() and left.overlaps(right):
            met += 1
            if met >= wanted:
                break
    return met


def conditions_of(expr: sp.Expr, context: Context) -> list[str]:
    """The conditions under which `expr` is defined that its domain does not already give, as text."""
    found: list[str] = []

    def visit(e: sp.Expr, inner: Context) -> None:
        if isinstance(e, sp.Sum | sp.Product):
            body, k, lower, upper = peel(e)
            visit(body, replace(inner, ranges=inner.ranges.with_index(k, lower, upper)))
            return
        if isinstance(e, sp.Pow):
            base, exponent = e.args
            if exponent.is_number and exponent.is_negative and not base.is_number:
                if not normalizer_for(inner, Level.NONE, lambda normalizer: _is_nonzero(normalizer, base)):
                    found.append(f"{text(base)} ≠ 0")
            elif not exponent.is_integer and not is_signed(base, inner, strict=True):
                found.append(f"{text(base)} > 0")
        if isinstance(e, sp.log) and not is_signed(e.args[0], inner, strict=True):
            found.append(f"{text(e.args[0])} > 0")
        if isinstance(e, sp.sign) and not is_signed(e.args[0], inner, strict=True):
            found.append(f"{text(e.args[0])} ≠ 0")
        for a in e.args:
            if isinstance(a, sp.Expr):
                visit(a, inner)

    try:
        visit(expr, context)
    except UndefinedError:
        found.append("a denominator that vanishes")
    return list(dict.fromkeys(found))


def _is_nonzero(normalizer: Normalizer, expr: sp.Expr) -> bool:
    r = normalizer.normalize(expr)
    if r.is_zero:
        raise UndefinedError("a denominator is zero")
    _, factors = normalizer.field.factor(r.n)
    return all(normalizer.signs.of_poly(normalizer.field.key(f)) for f, _ in factors)


def is_signed(expr: sp.Expr, context: Context, strict: bool = False) -> bool:
    """Whether `expr` ≥ 0 (> 0 when strict) is proved from its form: weights of known sign times squares."""
    if expr.is_Rational:
        return bool(expr > 0 if strict else expr >= 0)
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        inner = replace(context, ranges=context.ranges.with_index(k, lower, upper))
        if strict and not context.ranges.is_nonnegative(upper - lower):
            return False
        return is_signed(body, inner, strict)
    if isinstance(expr, sp.Add):
        if all(is_signed(a, context) for a in expr.args) and (
            not strict or any(is_signed(a, context, True) for a in expr.args)
        ):
            return True
    elif isinstance(expr, sp.Mul):
        if all(is_signed(a, context, strict) for a in expr.args):
            return True
    elif isinstance(expr, sp.Pow):
        base, exponent = expr.args
        if exponent.is_Integer and exponent % 2 == 0 and not strict:
            return True
        if exponent.is_Integer and is_signed(base, context, strict):
            return True
    try:
        return bool(normalizer_for(context, Level.NONE, lambda normalizer: _has_sign(normalizer, expr, strict)))
    except (UnsupportedExpressionError, UndefinedError):
        return False


def _has_sign(normalizer: Normalizer, expr: sp.Expr, strict: bool) -> bool:
    r = normalizer.normalize(expr)
    if r.is_zero:
        return not strict
    sign = 1
    top = []
    for part in (r.n, r.d):
        constant, factors = normalizer.field.factor(part)
        sign = sign if constant > 0 else -sign
        for f, e in factors:
            key = normalizer.field.key(f)
            known = normalizer.signs.of_poly(key)
            if known:
                sign = sign * known if e % 2 else sign
            elif part is r.n and not strict and (e % 2 == 0 or normalizer.signs.is_nonnegative(key)):
                continue
            else:
                top.append(f)
    return sign > 0 and not top
