r"""Ways of writing that are one way too many, brought to the usual one before anything is interpreted.

    \Sigma_{i=1}^m a_i            \sum_{i=1}^m a_i
    a_1 + a_2 + \dots + a_n       \sum_{k=1}^n a_k
    \sum_x                        \sum, over the samples
    w1                            w_1
    \phi(x_n)                     \phi_n, where \phi stands nowhere but before data: features of x_n

An omission is understood only where its first and last terms differ in an index alone: a number in the one, a letter
or number in the other. Places are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from derivations.notes import ast
from derivations.notes.ast import Node, walk

__all__ = ["feature_maps", "mapped", "rewritten", "uses_capital_sigma"]

_LETTERS = "kjlpqrs"
_MAPS = frozenset((r"\phi", r"\varphi", r"\psi"))


def uses_capital_sigma(sides: Iterable[Node]) -> bool:
    r"""Whether \Sigma stands for a sum somewhere: \Sigma_{i=1}^m."""
    return any(
        isinstance(n, ast.Symbol) and n.name == r"\Sigma" and n.subscripts and isinstance(n.subscripts[0], ast.Chain)
        for side in sides
        for n in walk(side)
    )


def feature_maps(sides: Iterable[Node]) -> frozenset[str]:
    """Names of functions of x that a document only applies and never defines."""
    applied: dict[str, bool] = {}
    for side in sides:
        alone = _application(side)
        if alone is not None and not _is_numbered(alone.factors[0].body):
            return frozenset()  # a side that is \phi(x) and no more: it has a value
        for node in walk(side):
            if isinstance(node, ast.Product):
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    name, bracket = left.body, _bracket(right)
                    if isinstance(name, ast.Symbol) and name.name in _MAPS and bracket is not None:
                        applied[name.name] = applied.get(name.name, True) and _of_data(bracket) is not None
    return frozenset(name for name, is_map in applied.items() if is_map)


def _is_numbered(name: Node) -> bool:
    r"""Whether a name is one entry, as in \phi_0(x) = 1."""
    return isinstance(name, ast.Symbol) and any(isinstance(s, ast.Number) for s in name.subscripts)


def _bracket(factor: ast.Factor) -> ast.Group | None:
    body = factor.body.base if isinstance(factor.body, ast.Scripted) else factor.body
    return body if isinstance(body, ast.Group) and body.opening == "(" and not factor.operator else None


def _of_data(bracket: ast.Group) -> ast.Symbol | None:
    """The x that a bracket holds."""
    body = bracket.body
    return body if isinstance(body, ast.Symbol) and body.name == "x" and not body.primes else None


def _application(side: Node) -> ast.Product | None:
    if isinstance(side, ast.Product) and len(side.factors) == 2:
        name, bracket = side.factors[0].body, _bracket(side.factors[1])
        if isinstance(name, ast.Symbol) and name.name in _MAPS and bracket is not None:
            return side
    return None


def _features(node: ast.Product, maps: frozenset[str]) -> Node:
    r"""The product with \phi(x_n) as \phi_n."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        name = factors[-1].body if factors else None
        bracket = _bracket(factor)
        x = None if bracket is None else _of_data(bracket)
        if x is not None and isinstance(name, ast.Symbol) and name.name in maps and not name.superscripts:
            raised = factor.body.superscripts if isinstance(factor.body, ast.Scripted) else ()
            scripts = (*x.subscripts, *name.subscripts), (*x.superscripts, *raised)
            symbol = replace(name, subscripts=scripts[0], superscripts=scripts[1])
            factors[-1] = replace(factors[-1], body=symbol)
        else:
            factors.append(factor)
    if len(factors) == 1 and not factors[0].sign and not factors[0].operator:
        return factors[0].body
    return replace(node, factors=tuple(factors))


def rewritten(node: Node, capital_sigma: bool, maps: frozenset[str] = frozenset()) -> Node:
    """The side in the usual way of writing; maps: functions of data that stand for their values."""

    def step(found: Node) -> Node:
        if capital_sigma and isinstance(found, ast.Symbol) and found.name == r"\Sigma" and not found.decorations:
            lower = found.subscripts[0] if found.subscripts else None
            upper = found.superscripts[0] if found.superscripts else None
            return ast.BigOperator("sum", lower, upper, span=found.span)
        if isinstance(found, ast.Symbol) and _glued(found) and not found.subscripts:
            return replace(found, name=found.name[0], subscripts=(ast.Number(found.name[1:]),))
        if isinstance(found, ast.BigOperator) and found.name == "sum" and found.lower == ast.Symbol("x"):
            return replace(found, lower=None)
        if isinstance(found, ast.Sum):
            return _without_dots(found)
        if isinstance(found, ast.Product) and maps:
            return _features(found, maps)
        return found

    found: Node = mapped(node, step, 0)
    return found


def _glued(symbol: ast.Symbol) -> bool:
    """Whether a letter that is no index has its number right behind it: w1, and not the i1 of x_{i1}."""
    letter, number = symbol.name[:1], symbol.name[1:]
    return letter.isalpha() and letter not in "ijklmn" and number.isdigit() and len(number) < 3


def mapped(node: Any, step: Callable[[Node], Node], depth: int = 0) -> Any:
    """The node with every symbol, sum, product, matrix and large operator in it passed through `step`, inside out."""
    if depth > 80:
        return node
    changes: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, ast._Node):
            new = mapped(value, step, depth + 1)
            if new is not value:
                changes[item.name] = new
        elif isinstance(value, tuple) and any(isinstance(v, ast._Node | tuple) for v in value):
            parts = tuple(_mapped_part(v, step, depth + 1) for v in value)
            if any(a is not b for a, b in zip(parts, value, strict=True)):
                changes[item.name] = parts
    found = replace(node, **changes) if changes else node
    return (
        step(found) if isinstance(found, ast.Symbol | ast.Sum | ast.Product | ast.Matrix | ast.BigOperator) else found
    )


def _mapped_part(value: Any, step: Callable[[Node], Node], depth: int) -> Any:
    if isinstance(value, ast._Node):
        return mapped(value, step, depth)
    if isinstance(value, tuple):
        parts = tuple(_mapped_part(v, step, depth) for v in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return value


def _without_dots(node: ast.Sum) -> Node:
    """a_1 + a_2 + … + a_n as a sum; the node itself where it is no such thing."""
    dots = [p for p, term in enumerate(node.terms) if isinstance(term.body, ast.Ellipsis)]
    if not dots or dots[0] == 0 or dots[-1] + 1 >= len(node.terms):
        return node
    used = {n.name for n in walk(node) if isinstance(n, ast.Symbol)}
    letter = next((c for c in _LETTERS if c not in used), None)
    last = node.terms[dots[-1] + 1]
    for begin in range(dots[0]):
        first = node.terms[begin]
        if letter is None or first.sign not in ("", "+") or last.sign != "+":
            continue
        ends: set[tuple[str, Node]] = set()
        body = _general(first.body, last.body, letter, ends)
        if body is None or len(ends) != 1:
            continue
        if not all(_is_such(first.body, term, body, letter) for term in node.terms[begin + 1 : dots[-1]]):
            return node
        start, end = ends.pop()
        lower = ast.Chain((ast.Symbol(letter), ast.Number(start)), (ast.Relation("="),))
        operator = ast.BigOperator("sum", lower, end)
        inner = body.factors if isinstance(body, ast.Product) else (ast.Factor("", "", body),)
        total = ast.Group("(", ")", ast.Product((ast.Factor("", "", operator), *inner)), span=node.span)
        terms = (*node.terms[:begin], ast.Term(first.sign, total), *node.terms[dots[-1] + 2 :])
        if len(terms) == 1 and not terms[0].sign:
            return total
        return ast.Sum(terms, span=node.span)
    return node


def _is_such(first: Node, term: ast.Term, body: Node, letter: str) -> bool:
    """Whether a term between the first and the last is one of the same form, or stands for those left out."""
    if isinstance(term.body, ast.Ellipsis):
        return term.sign == "+"
    return term.sign == "+" and _general(first, term.body, letter, set()) == body


def _general(a: Any, b: Any, letter: str, ends: set[tuple[str, Node]]) -> Any:
    """The common form of two terms, the index in which they differ replaced by a letter; None where there is none."""
    if isinstance(a, ast.Number) and a.text in ("0", "1") and isinstance(b, ast.Symbol | ast.Number) and a != b:
        ends.add((a.text, b))
        return ast.Symbol(letter)
    if type(a) is not type(b):
        return None
    if isinstance(a, tuple):
        if len(a) != len(b):
            return None
        parts = tuple(_general(x, y, letter, ends) for x, y in zip(a, b, strict=True))
        return None if any(p is None and x is not None for p, x in zip(parts, a, strict=True)) else parts
    if not isinstance(a, ast._Node):
        return a if a == b else None
    changes = {}
    for item in fields(a):
        if item.name == "span":
            continue
        x, y = getattr(a, item.name), getattr(b, item.name)
        if x is None and y is None:
            continue
        part = _general(x, y, letter, ends)
        if part is None:
            return None
        changes[item.name] = part
    return replace(a, **changes)
