r"""Sums over two or three places whose terms are defined one by one: written out.

    o_1 = \sigma(z_1), o_2 = \sigma(z_2), E = \sum_{i=1}^2 \frac12 (o_i - t_i)^2
    E is \frac12 (o_1 - t_1)^2 + \frac12 (o_2 - t_2)^2

Networks are worked through by hand so. A sum is written out only where some name in it, at one of its places, stands
on the left of an equation, and where its letter is the only script of the names that have it. A sum without bounds
ends where its terms do that are written beside it: \sum_i (o_i - t_i)^2 = (o_1 - t_1)^2 + (o_2 - t_2)^2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derivations.notes.interpreting.quotients import product_of
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = ["places_defined", "with_ends", "written_out"]

_MOST = 4  # places


def places_defined(heads: Iterable[Node | None]) -> frozenset[tuple[str, str]]:
    """(name, number) of the names with one number below that stand on the left of equations: o_1, o1."""
    found: set[tuple[str, str]] = set()
    for head in heads:
        match head:
            case ast.Symbol(name, _, (ast.Number(number),), (), 0):
                found.add((name, number))
            case ast.Symbol(name, _, (), (), 0) if name[-1:].isdigit() and name[:-1].isalpha():
                found.add((name[:-1], name[-1]))
    return frozenset(found)


def written_out(side: Node, places: frozenset[tuple[str, str]]) -> Node:
    """The side with each sum over such places as the sum of its terms."""

    def step(node: Node) -> Node:
        return _expanded(node, places) if isinstance(node, ast.Product) else node

    found: Node = mapped(side, step) if places else side
    return found


def with_ends(
    chains: Sequence[ast.Chain], sides: Mapping[int, Node], places: frozenset[tuple[str, str]]
) -> dict[int, Node]:
    """The sides, by their places, where a sum without bounds has those of its terms, written out beside it."""
    if not places:
        return dict(sides)
    beside: dict[Node, list[Node]] = {}
    for chain in chains:
        if chain.relations and chain.members[0] is not None:
            beside.setdefault(chain.members[0], []).extend(sides[id(m)] for m in chain.members if m is not None)
    found = dict(sides)
    for chain in chains:
        others = beside.get(chain.members[0], ()) if chain.members[0] is not None else ()
        for place in (id(m) for m in chain.members if m is not None):
            ended = (e for other in others if (e := _with_end(sides[place], other)) is not None)
            found[place] = next(ended, sides[place])
    return found


def _with_end(side: Node, other: Node) -> Node | None:
    """A side that is a sum without bounds, with those of the terms that the other side shows."""
    if isinstance(side, ast.Sum) and len(side.terms) == 1:
        own = _with_end(side.terms[0].body, other)
        return None if own is None else ast.Sum((replace(side.terms[0], body=own),))
    factors = side.factors if isinstance(side, ast.Product) else ()
    at = next((k for k, f in enumerate(factors) if isinstance(f.body, ast.BigOperator)), None)
    if at is None or any(isinstance(n, ast.BigOperator | ast.Ellipsis) for n in walk(other)):
        return None
    names = [n for f in factors[at + 1 :] for n in walk(f.body) if isinstance(n, ast.Symbol)]
    below = {n.subscripts[0] for n in names if len(n.subscripts) == 1 and isinstance(n.subscripts[0], ast.Symbol)}
    match factors[at].body:
        case ast.BigOperator("sum", None, None) if len(below) == 1:
            letter = below.pop()
        case ast.BigOperator("sum", ast.Symbol(_, (), (), (), 0) as letter, None):
            pass
        case _:
            return None
    numbers: dict[str, set[str]] = {n.name: set() for n in names if n.subscripts == (letter,)}
    for n in (n for n in walk(other) if isinstance(n, ast.Symbol)):
        if n == letter or letter in n.subscripts:
            return None
        if n.name in numbers and len(n.subscripts) == 1 and isinstance(n.subscripts[0], ast.Number):
            numbers[n.name].add(n.subscripts[0].text)
    shown = next(iter(numbers.values()), set())
    if not 2 <= len(shown) <= _MOST or any(found != set(_numerals(len(shown))) for found in numbers.values()):
        return None
    begin = ast.Chain((letter, ast.Number("1")), (ast.Relation("="),))
    total = replace(factors[at], body=ast.BigOperator("sum", begin, ast.Number(str(len(shown)))))
    return ast.Product((*factors[:at], total, *factors[at + 1 :]))


def _numerals(last: int) -> list[str]:
    return [str(k) for k in range(1, last + 1)]


def _expanded(node: ast.Product, places: frozenset[tuple[str, str]]) -> Node:
    for position, factor in enumerate(node.factors):
        bounds = _bounds(factor.body)
        rest = node.factors[position + 1 :]
        if bounds is None or not rest or any(isinstance(f.body, ast.BigOperator) for f in rest):
            continue
        letter, first, last = bounds
        body = product_of(rest)
        names = [n for n in walk(body) if isinstance(n, ast.Symbol) and _mentions(n, letter)]
        numbers = [str(k) for k in range(first, last + 1)]
        if not all(_is_at(n, letter) for n in names) or not {(n.name, k) for n in names for k in numbers} & places:
            continue
        terms = (ast.Term("+" if k > first else "", _at(body, letter, k)) for k in range(first, last + 1))
        total = ast.Factor(factor.operator, factor.sign, ast.Group("(", ")", ast.Sum(tuple(terms))))
        kept = (*node.factors[:position], total)
        return total.body if len(kept) == 1 and not (total.operator or total.sign) else replace(node, factors=kept)
    return node


def _bounds(node: Node) -> tuple[str, int, int] | None:
    r"""(i, 1, 2) of \sum_{i=1}^2."""
    match node:
        case ast.BigOperator(
            "sum", ast.Chain((ast.Symbol(letter, (), (), (), 0), ast.Number(first))), ast.Number(last)
        ):
            if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) < _MOST:
                return letter, int(first), int(last)
    return None


def _mentions(name: ast.Symbol, letter: str) -> bool:
    scripts = (*name.subscripts, *name.superscripts)
    return name.name == letter or any(isinstance(n, ast.Symbol) and n.name == letter for s in scripts for n in walk(s))


def _is_at(name: ast.Symbol, letter: str) -> bool:
    """Whether the letter is the one script below a name, or is a script itself."""
    below = len(name.subscripts) == 1 and name.subscripts[0] == ast.Symbol(letter)
    return name == ast.Symbol(letter) or below and not any(_mentions(n, letter) for n in _symbols(name.superscripts))


def _symbols(scripts: Iterable[Node]) -> list[ast.Symbol]:
    return [n for s in scripts for n in walk(s) if isinstance(n, ast.Symbol)]


def _at(body: Node, letter: str, number: int) -> Node:
    def step(node: Node) -> Node:
        if isinstance(node, ast.Symbol) and node.subscripts == (ast.Symbol(letter),):
            return replace(node, subscripts=(ast.Number(str(number)),))
        return node

    found: Node = mapped(body, step)
    return found
