r"""An equation to a verdict: proved, refuted with a witness, or named as the weaker thing that it is.

`decide` joins the exact zero test (which alone proves) and the search for a ball witness (which alone
refutes). A proof also needs a point of the domain at which both sides are defined (*satisfiability*),
and lists the conditions of definedness that the domain does not discharge: every denominator ≠ 0,
every argument of a logarithm > 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from .atoms import UnsupportedExpressionError, free_atoms, free_symbols, label_of, peel
from .indexed import check_language, expand_definitions, substitute, take_partials
from .inverses import is_inverse
from .kernels import BudgetExceededError, UndefinedError, budget, separate_budget
from .normal_form import Level, Normalizer
from .notation import text
from .ranges import Ranges
from .reasons import Reason, Why
from .statement import Definition, Statement
from .verdict import Status, Verdict, Witness
from .witness import ATTEMPTS, Search
from .zero_test import Context, Zero, normalizer_for, zero_test

__all__ = ["Equation", "conditions_of", "decide", "is_provable", "is_signed", "partials_taken", "remembered"]

FIRST_POINTS = 4  # points tried before the zero test
AGREEING = 3  # points that support what no proof was found for
SEARCH_OPERATIONS, SEARCH_SECONDS = 2_000_000, 10.0


@dataclass(frozen=True)
class Equation:
    """left = right over the variables of a context and the names that `definitions` define; no `Partial`.

    keep: names to be tried first as independent atoms: what is zero for every value of a name is zero for
    its own, so a proof may be found there, and sooner.
    """

    left: sp.Expr
    right: sp.Expr
    context: Context
    nonzero: tuple[sp.Expr, ...] = ()
    definitions: tuple[Definition, ...] = ()
    keep: frozenset[sp.Expr] = frozenset()

    @property
    def key(self) -> tuple[Any, ...]:
        """What the verdict depends on; ranges in their order, in which values are drawn for them."""
        context, ranges = self.context, self.context.ranges
        known = (tuple(ranges.bounds.items()), tuple(ranges.minimum.items()), ranges.distinct)
        facts = (tuple(context.arrays.items()), context.positive, context.inverses, self.nonzero)
        return self.left, self.right, self.definitions, self.keep, known, facts

    def expanded(self, keep: frozenset[sp.Expr] = frozenset()) -> tuple[sp.Expr, sp.Expr, Context]:
        """Both sides with all names but those in `keep` replaced by their values, and the context for that."""
        context = self.context.expanded(self.definitions, keep)
        sides = []
        for side in (self.left, self.right):
            memo = ("expanded", side)
            if memo not in context.within:
                context.within[memo] = expand_definitions(side, self.definitions, keep)
            sides.append(context.within[memo])
        return sides[0], sides[1], context


_DECIDED: ContextVar[dict[tuple[Any, ...], Verdict] | None] = ContextVar("decided", default=None)
_TAKEN: ContextVar[dict[tuple[Any, ...], sp.Expr] | None] = ContextVar("taken", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within, an equation that is asked about again is not decided again (but for one that ran out of budget).

    Neither is a derivative that is asked for again by `partials_taken`.

    Nested, what the outer one remembers is used.
    """
    if _DECIDED.get() is not None:
        yield
        return
    tokens = _DECIDED.set({}), _TAKEN.set({})
    try:
        yield
    finally:
        _DECIDED.reset(tokens[0])
        _TAKEN.reset(tokens[1])


def partials_taken(expr: sp.Expr, statement: Statement, ranges: Ranges) -> sp.Expr:
    """`take_partials`, remembered within `remembered`."""
    known = _TAKEN.get()
    if known is None:
        return take_partials(expr, statement, ranges)
    facts = tuple(ranges.bounds.items()), tuple(ranges.minimum.items()), ranges.distinct
    key = expr, statement.variables, statement.definitions, statement.ranges, facts
    if key not in known:
        known[key] = take_partials(expr, statement, ranges)
    return known[key]


def decide(
    equation: Equation, seed: int = 0, operations: int = 400_000, seconds: float = 20.0, shown: bool = True
) -> Verdict:
    """The verdict on one equation; never raises for what the mathematics does.

    shown: whether a witness is made simple at once; else `Witness.simplified` does, where it is shown.
    """
    known = _DECIDED.get()
    if known is None:
        return _decided(equation, seed, operations, seconds, shown)
    key = (*equation.key, seed, operations, seconds)
    verdict = known.get(key)
    if verdict is None:
        verdict = _decided(equation, seed, operations, seconds, shown)
        if verdict.status is not Status.UNDECIDED:
            known[key] = verdict
    if shown and verdict.witness is not None:
        return replace(verdict, witness=verdict.witness.simplified())
    return verdict


def is_provable(equation: Equation, seed: int = 0, operations: int = 400_000, seconds: float = 20.0) -> bool:
    """Whether `decide` proves it, where only that is asked: a point that separates the sides ends it.

    No witness is made simple, and nothing is looked for in a difference that is not zero.
    """
    known = _DECIDED.get()
    key = (*equation.key, seed, operations, seconds)
    if known is None:
        return bool(_is_provable(equation, seed, operations, seconds))
    if key in known:
        return known[key].is_proved
    found = known.get(("proof", *key))
    if found is None:
        status = _is_provable(equation, seed, operations, seconds)
        found = Verdict(Status.PROVED if status else Status.UNDECIDED, "zero test")
        if status is not None:
            known["proof", *key] = found
    return found.is_proved


def _is_provable(equation: Equation, seed: int, operations: int, seconds: float) -> bool | None:
    """Whether there is a proof; None where the budget does not reach."""
    search = _search(equation, seed)
    try:
        _check(equation)
        if _searched(search, FIRST_POINTS, 1, shown=False) is not None:
            return False
        with budget(operations, seconds):
            if not _tested(equation).is_zero:
                return False
    except (UndefinedError, UnsupportedExpressionError):
        return False
    except (BudgetExceededError, RecursionError):
        return None
    if not search.met and _searched(search, ATTEMPTS, 1, shown=False) is not None:
        return False
    return search.met > 0


def _check(equation: Equation) -> None:
    """Raises `UnsupportedExpressionError` outside the language."""
    values = [*(d.value for d in equation.definitions), *(i.value for i in equation.context.inverses)]
    check_language(equation.left, equation.right, *equation.context.ranges.bounds, *values)
    known = {inverse.label for inverse in equation.context.inverses}
    for expr in (equation.left, equation.right, *values):
        for label in (label_of(a) for a in free_atoms(expr)):
            if is_inverse(label) and label not in known:
                raise UnsupportedExpressionError(f"{label}, an inverse of which it isn't said what of")


def _search(equation: Equation, seed: int) -> Search:
    context, nonzero, definitions = equation.context, equation.nonzero, equation.definitions
    known = context.ranges, context.arrays, context.positive
    inverses = context.inverses
    return Search(equation.left, equation.right, *known, nonzero, seed, definitions, inverses)


def _decided(equation: Equation, seed: int, operations: int, seconds: float, shown: bool) -> Verdict:
    """The verdict on one equation.

    A few points first: most false equations fail at the first one, and a proof needs a point at which
    both sides are defined. Then the zero test, within its budget; then, where it found no proof, the rest of
    the points within a budget of their own, since what can't be proved may still be refuted.
    """
    try:
        _check(equation)
    except UnsupportedExpressionError as error:
        return Verdict(Status.UNSUPPORTED, "language", reason=str(error))
    search = _search(equation, seed)
    found: Zero | None = None
    reason = "no proof found by the zero test, and no witness among the points tried"
    unsupported = exhausted = False
    witness = _searched(search, FIRST_POINTS, 1, shown)
    try:
        # of a refuted equation only the difference and the cases in which it holds are still of interest
        with budget(operations if witness is None else operations // 20, seconds):
            found = _tested(equation, brief=witness is not None)
            if found.is_zero and witness is None:
                return _proved(equation, found, search)
    except UndefinedError as error:
        reason = Reason(f"undefined under its side conditions: {error}", Why.UNDEFINED_POINT)
    except UnsupportedExpressionError as error:
        reason, unsupported = str(error), True
    except BudgetExceededError as error:
        reason, exhausted = f"out of budget: {error}", True
    except RecursionError:
        reason, exhausted = "out of budget: nested too deeply", True
    if found is not None and found.is_zero and witness is not None:
        return _disagreement(found, witness)
    witness = witness or _searched(search, ATTEMPTS, None, shown) or search.misshapen
    reduced = found.reduced if found else None
    if witness is not None:
        cases = tuple(f"holds for {case}" for case in found.holds_for) if found else ()
        return Verdict(Status.REFUTED, witness.kind, cases, reduced, witness)
    if found is not None and found.holds_for:
        cases_held = ", ".join(found.holds_for)
        return Verdict(Status.UNDECIDED, found.method, found.used, reduced, reason=f"holds for {cases_held}")
    if exhausted:
        return Verdict(Status.UNDECIDED, "budget", reason=reason, points=search.met)
    if search.met >= AGREEING or search.met and not equation.left.free_symbols | equation.right.free_symbols:
        return Verdict(Status.SUPPORTED, "ball", points=search.met, reduced=reduced, reason=reason)
    if unsupported:
        return Verdict(Status.UNSUPPORTED, "language", reason=reason)
    return Verdict(Status.UNDECIDED, "zero test", reduced=reduced, reason=reason)


def _tested(equation: Equation, brief: bool = False) -> Zero:
    """The zero test, first with names kept as atoms where that is known."""
    if equation.keep and not brief:
        left, right, context = equation.expanded(equation.keep)
        try:
            found = zero_test(left - right, context)
            if found.is_zero:
                return found
        except (UndefinedError, UnsupportedExpressionError):
            pass
    left, right, context = equation.expanded()
    found = zero_test(left - right, context, brief)
    if found.is_zero or brief:
        return found
    try:
        return next((through for through in _multiplied_through(left - right, context) if through.is_zero), found)
    except (BudgetExceededError, UndefinedError, UnsupportedExpressionError):
        return found


def _multiplied_through(expr: sp.Expr, context: Context) -> Iterator[Zero]:
    """The zero test of an array multiplied by a matrix that has an inverse, on either side: it is zero if that is."""
    for inverse in context.inverses:
        ends = inverse.lower, inverse.upper
        places = [s for s, bounds in context.ranges.bounds.items() if bounds == ends and s in free_symbols(expr)]
        places = [s for s in places if not context.ranges.mentions(s)]
        for place, own in itertools.product(places, (inverse.own, inverse.own[::-1])):
            other = context.ranges.index_from("%through", inverse.lower)
            matrix = substitute(inverse.value, dict(zip(own, (other, place), strict=True)))
            ranges = context.ranges.without_index(place).with_index(other, *ends)
            product = sp.Sum(matrix * expr, (place, *ends))
            found = zero_test(product, replace(context, ranges=ranges))
            yield replace(found, used=tuple(sorted({*found.used, f"{inverse.shown} is invertible"})))


def _searched(search: Search, attempts: int, enough: int | None = None, shown: bool = True) -> Witness | None:
    """The search, as far as a budget of its own reaches; an expression without values has no witness."""
    try:
        with separate_budget(SEARCH_OPERATIONS, SEARCH_SECONDS):
            return search.run(attempts, enough, shown)
    except (BudgetExceededError, RecursionError, UnsupportedExpressionError):
        return None


def _disagreement(found: Zero, witness: Witness) -> Verdict:
    reason = f"the zero test ({found.method}) and a witness disagree"
    return Verdict(Status.INCONSISTENT, found.method, found.used, found.reduced, witness, reason=reason)


def _proved(equation: Equation, found: Zero, search: Search) -> Verdict:
    """`proved`, once a point of the domain is exhibited at which both sides are defined and agree."""
    if not search.met:
        witness = _searched(search, ATTEMPTS, enough=1)
        if witness is not None:
            return _disagreement(found, witness)
    if not search.met:
        reason = "no point of the domain was found at which both sides are defined"
        return Verdict(Status.UNDECIDED, found.method, found.used, reason=reason)
    if "assumed" not in equation.context.within:
        equation.context.within["assumed"] = [f"{text(e)} > 0" for e in search.assumed()]
    conditions = [*found.used, *equation.context.within["assumed"]]
    left, right, context = equation.expanded(equation.keep)
    conditions += [*conditions_of(left, context), *conditions_of(right, context)]
    return Verdict(Status.PROVED, found.method, tuple(dict.fromkeys(conditions)), "0")


def conditions_of(expr: sp.Expr, context: Context) -> list[str]:
    """The conditions under which `expr` is defined that its domain does not already give, as text."""
    remembered: list[str] | None = context.within.get(("conditions", expr))
    if remembered is not None:
        return remembered
    found: list[str] = []

    def visit(e: sp.Expr, inner: Context) -> None:
        if isinstance(e, sp.Sum | sp.Product):
            visit(*inner.enter(e))
            return
        if isinstance(e, sp.Pow):
            base, exponent = e.args
            if exponent.is_number and exponent.is_negative and not base.is_number:
                if not normalizer_for(inner, Level.NONE, lambda normalizer: _is_nonzero(normalizer, base)):
                    found.append(f"{text(base)} ≠ 0")
            elif not exponent.is_integer and not is_signed(base, inner, strict=True):
                found.append(f"{text(base)} > 0")
            elif (
                exponent.is_integer
                and not exponent.is_number
                and not inner.ranges.is_nonnegative(exponent)
                and not normalizer_for(inner, Level.NONE, lambda normalizer: _is_nonzero(normalizer, base))
            ):
                found.append(f"{text(base)} ≠ 0 where {exponent} < 0")
        if isinstance(e, sp.log) and not is_signed(e.args[0], inner, strict=True):
            found.append(f"{text(e.args[0])} > 0")
        if isinstance(e, sp.sign):
            inside = e.args[0]
            if not normalizer_for(inner, Level.NONE, lambda normalizer: _is_nonzero(normalizer, inside)):
                found.append(f"{text(inside)} ≠ 0")
        for a in e.args:
            if isinstance(a, sp.Expr):
                visit(a, inner)

    try:
        visit(expr, context)
    except UndefinedError:
        found.append("a denominator that vanishes")
    context.within["conditions", expr] = found = list(dict.fromkeys(found))
    return found


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
        _, _, lower, upper = peel(expr)
        body, inner = context.enter(expr)
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
