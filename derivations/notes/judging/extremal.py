r"""Where two functions are largest or smallest: \arg\max_\theta \prod_i p_i = \arg\max_\theta \sum_i \log p_i.

The places are the same where one function is an increasing function of the other, a decreasing one where a maximum
becomes a minimum. What is tried: a logarithm, a positive factor that is a number or a size, a term without the
variable (then the derivatives by it are the same). A step is proved so or undecided, never refuted: two functions may
have their maximum in one place by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derivations.equation import Equation, is_provable
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.verdict import Status, Verdict

__all__ = ["Extremum", "extremum_of", "functions_of", "same_place"]

_OPERATORS = {"argmax": 1, "argmin": -1}


@dataclass(frozen=True)
class Extremum:
    """Where a function of some variables is largest (sign 1) or smallest (-1)."""

    sign: int
    variables: tuple[Node, ...]
    function: Node


def extremum_of(node: Node) -> Extremum | None:
    r"""What \arg\max_\theta f is about; None for anything else."""
    if isinstance(node, ast.Group) and node.opening == "{" and node.body is not None:
        return extremum_of(node.body)
    if isinstance(node, ast.Sum) and node.terms and not node.terms[0].sign:
        first = extremum_of(node.terms[0].body)
        return None if first is None else replace(
            first, function=ast.Sum((ast.Term("", first.function), *node.terms[1:]))
        )  # fmt: skip
    if not isinstance(node, ast.Product) or len(node.factors) < 2 or node.factors[0].sign:
        return None
    operator, rest = node.factors[0].body, node.factors[1:]
    if isinstance(operator, ast.BigOperator) and operator.name == "arg" and isinstance(rest[0].body, ast.BigOperator):
        operator, rest = replace(rest[0].body, name="arg" + rest[0].body.name), rest[1:]
    if (
        not rest
        or not isinstance(operator, ast.BigOperator)
        or operator.name not in _OPERATORS
        or operator.lower is None
    ):
        return None
    lower: Node | None = operator.lower
    if isinstance(lower, ast.Chain) and lower.relations and lower.relations[0].sign == r"\in":
        lower = lower.members[0]
    items = lower.items if isinstance(lower, ast.Listing) else (lower,)
    variables = tuple(item for item in items if isinstance(item, ast.Symbol))
    if not variables or len(variables) != len(items):
        return None
    function = _without_braces(rest[0].body) if len(rest) == 1 and not rest[0].sign else ast.Product(rest)
    return Extremum(_OPERATORS[operator.name], variables, function)


def same_place(left: Node, right: Node, seed: int, under: Callable[[Node, Node], Judged]) -> Judged | None:
    """The verdict on two extrema; None where these are not the sides. under: the verdict on an equation."""
    first, second = extremum_of(left), extremum_of(right)
    if first is None or second is None:
        return None
    if first.variables != second.variables:
        return Judged(Verdict(Status.UNDECIDED, "extremum", reason="extrema by different variables"))
    rising = first.sign == second.sign
    if rising and any(_bare(one) == _bare(other) for one, other in _without_evidence(first, second)):
        return Judged(Verdict(Status.PROVED, "extremum", reason="a probability without the variable is left out"))
    for one, other in _related(first.function, second.function, rising):
        judged = under(one, other)
        if judged.verdict.is_proved:
            return _stating(judged, "one is an increasing function of the other" if rising else "a sign is changed")
    for one, other in _related(first.function, second.function, rising):
        found = [under(_slope(one, v), _slope(other, v)) for v in first.variables]
        factor = _common_factor([judged.equation for judged in found], seed)
        if factor is not None:
            return _stating(found[0], f"their derivatives differ by the factor {factor}, which is positive")
    reason = "neither side was found to be an increasing function of the other"
    return Judged(Verdict(Status.UNDECIDED, "extremum", reason=reason))


def functions_of(left: Node, right: Node) -> tuple[Node, Node] | None:
    """The functions of two extrema of one kind."""
    first, second = extremum_of(left), extremum_of(right)
    alike = (
        first is not None and second is not None and (first.sign, first.variables) == (second.sign, second.variables)
    )
    return (first.function, second.function) if alike and first is not None and second is not None else None


def _without_evidence(first: Extremum, second: Extremum) -> Iterator[tuple[Node, Node]]:
    r"""The functions, one of them without the p(D) of p(D|θ) p(θ) / p(D), which is positive and the same everywhere."""
    pairs = ((first, second), (second, first))
    for whole, other in pairs:
        inner = whole.function
        if isinstance(inner, ast.Fraction) and _is_evidence(inner.denominator, whole.variables):
            yield inner.numerator, other.function


def _is_evidence(node: Node, variables: Sequence[Node]) -> bool:
    """Whether something is a probability that no variable stands in: p(D)."""
    bare = _bare(node)
    if not isinstance(bare, ast.Symbol) or not bare.name.startswith(("p(", "P(", "Pr(")):
        return False
    return not any(isinstance(v, ast.Symbol) and v.name in bare.name for v in variables)


def _bare(node: Node) -> Node:
    """What is in the brackets around all of it."""
    while isinstance(node, ast.Group) and node.opening in ("(", "[", "{") and node.body is not None:
        node = node.body
    return node


def _common_factor(equations: Sequence[Equation | None], seed: int) -> sp.Expr | None:
    """The positive factor by which all left sides are the right ones."""
    known = [equation for equation in equations if equation is not None]
    if len(known) < len(equations) or any(e.left == 0 or e.right == 0 for e in known):
        return None
    for factor in _factors(known):
        if all(is_provable(replace(e, right=factor * e.right), seed, OPERATIONS, SECONDS) for e in known):
            return factor
    return None


def _related(one: Node, other: Node, rising: bool) -> Iterator[tuple[Node, Node]]:
    """Equations by which one function is an increasing (or decreasing) function of the other, the likeliest first."""
    target = other if rising else _negated(other)
    plain = [(one, target)]
    logs = [(_log(one), target), (one if rising else _negated(one), _log(other))]
    if _has_log(one) != _has_log(other):
        plain, logs = logs if _has_log(other) else logs[::-1], plain
    yield from (*plain, *logs)


def _has_log(node: Node) -> bool:
    return any(isinstance(n, ast.Function) and n.name in ("log", "ln") for n in walk(node))


def _stating(judged: Judged, reason: str) -> Judged:
    verdict = replace(judged.verdict, status=Status.PROVED, method="extremum", reason=reason, witness=None)
    return replace(judged, verdict=verdict, left=None, right=None, equation=None)


def _factors(equations: Sequence[Equation]) -> Iterator[sp.Expr]:
    """Positive factors: 1, 2, n, the square of a spread, and what they make in products."""
    symbols = {s for e in equations for side in (e.left, e.right) for s in side.free_symbols}
    plain = [
        s if s.is_integer else s**2
        for s in sorted(symbols, key=str)
        if s.is_integer and s.is_positive or s.name == r"\sigma"
    ]
    yield from (sp.S.One, sp.Integer(2), sp.S.Half)
    for factor in plain:
        for number in (1, 2, sp.S.Half):
            yield from (number * factor, number / factor)


def _slope(function: Node, variable: Node) -> Node:
    derivative = ast.Fraction(ast.Partial(), ast.Product((_factor(ast.Partial()), _factor(variable))))
    return ast.Product((_factor(derivative), _factor(_braced(function))))


def _log(node: Node) -> Node:
    return ast.Product((_factor(ast.Function("log")), _factor(_braced(node))))


def _negated(node: Node) -> Node:
    return ast.Sum((ast.Term("-", _braced(node)),))


def _factor(node: Node) -> ast.Factor:
    return ast.Factor("", "", node)


def _braced(node: Node) -> Node:
    return ast.Group("(", ")", node)


def _without_braces(node: Node) -> Node:
    return node.body if isinstance(node, ast.Group) and node.body is not None else node
