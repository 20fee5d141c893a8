r"""Terms and factors left out: a_1 + a_2 + \dots + a_n is \sum_{k=1}^n a_k, and f(x_1) \cdots f(x_n) a product.

An omission is understood only where its first and last terms differ in an index alone: a number in the one, a letter
or number in the other. What stands between them must be of the same form. Two indices set tight are two beside a pair
of letters: W_{k1} u_1 + \dots + W_{kd} u_d, and x_{11} + \dots + x_{1d}.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import joined, mapped

__all__ = ["factors_in_full", "terms_in_full"]

_LETTERS = "kjlpqrs"
_BLOCKS = (3, 2, 1)  # factors that are written before the dots


def terms_in_full(node: ast.Sum) -> Node:
    """a_1 + a_2 + … + a_n as a sum; the node itself where it is no such thing."""
    node = replace(node, terms=tuple(_with_dots_apart(node.terms)))
    dots = [p for p, term in enumerate(node.terms) if isinstance(term.body, ast.Ellipsis)]
    if not dots or dots[0] == 0:
        return node
    if dots[-1] + 1 == len(node.terms):
        return _without_end(node, dots)
    if any(_is_pair(script) for script in _scripts(node.terms[dots[-1] + 1].body)):
        node = mapped(node, _with_pairs, 0)
    letter = _new_letter(node)
    last = node.terms[dots[-1] + 1]
    for begin in range(dots[0]):
        first = node.terms[begin]
        sign = first.sign or "+"
        if letter is None or sign not in ("+", "-") or last.sign != sign:
            continue
        ends: set[tuple[str, Node]] = set()
        body = _general(first.body, last.body, letter, ends)
        if body is None or len(ends) != 1:
            continue
        if not all(_is_such(first.body, term, body, letter, sign) for term in node.terms[begin + 1 : dots[-1]]):
            return node
        operator = _operator("sum", letter, ends)
        inner = body.factors if isinstance(body, ast.Product) else (ast.Factor("", "", body),)
        total = ast.Group("(", ")", ast.Product((ast.Factor("", "", operator), *inner)), span=node.span)
        terms = (*node.terms[:begin], ast.Term(first.sign, total), *node.terms[dots[-1] + 2 :])
        if len(terms) == 1 and not terms[0].sign:
            return total
        return ast.Sum(terms, span=node.span)
    return _without_end(node, dots)


def _without_end(node: ast.Sum, at: list[int]) -> Node:
    r"""a_0 + a_1 x_1 + a_2 x_2 + \dots + b, with no last term, as a_0 + \sum_{k=1} a_k x_k + b, up to all there are."""
    shown, dots, rest = node.terms[: at[0]], node.terms[at[0]], node.terms[at[0] + 1 :]
    letter = _new_letter(node) if len(at) == 1 else None
    for begin, (first, second) in enumerate(itertools.pairwise(shown)):
        ends: set[tuple[str, Node]] = set()
        body = None if letter is None else _general(first.body, second.body, letter, ends)
        if letter is None or body is None or ends != {("1", ast.Number("2"))} or (first.sign or "+") != dots.sign:
            continue
        if not all(_is_such(first.body, term, body, letter, dots.sign) for term in shown[begin + 1 :]):
            return node
        bare = mapped(body, lambda n: replace(n, subscripts=()) if isinstance(n, ast.Symbol) else n)
        if ast.Symbol(letter) in walk(bare):
            return node  # 1/1^2 + 1/2^2 + …, a series, and no sum over the entries of something
        names = {n.name for n in walk(body) if isinstance(n, ast.Symbol)}
        if any(isinstance(n, ast.Symbol) and n.name in names for term in rest for n in walk(term.body)):
            return node
        inner = body.factors if isinstance(body, ast.Product) else (ast.Factor("", "", body),)
        operator = replace(_operator("sum", letter, ends), upper=None)
        total = ast.Group("(", ")", ast.Product((ast.Factor("", "", operator), *inner)), span=node.span)
        terms = (*shown[:begin], ast.Term(first.sign, total), *rest)
        return ast.Sum(terms, span=node.span) if len(terms) > 1 or first.sign else total
    return node


def factors_in_full(node: ast.Product) -> ast.Product:
    """a_1 a_2 … a_n as a product; the node itself where it is no such thing."""
    dots = [p for p, factor in enumerate(node.factors) if isinstance(factor.body, ast.Ellipsis)]
    letter = _new_letter(node)
    if len(dots) != 1 or letter is None:
        return node
    before, after = node.factors[: dots[0]], node.factors[dots[0] + 1 :]
    for size in range(len(after), 0, -1):
        for count in _BLOCKS:
            begin = len(before) - count * size
            if begin < 0:
                continue
            blocks = [_block(before[at : at + size]) for at in range(begin, len(before), size)]
            ends: set[tuple[str, Node]] = set()
            body = _general(blocks[0], _block(after[:size]), letter, ends)
            if body is None or len(ends) != 1 or any(_general(blocks[0], b, letter, set()) != body for b in blocks[1:]):
                continue
            inner = ast.Product((ast.Factor("", "", _operator("prod", letter, ends)), *body))
            whole = replace(before[begin], body=ast.Group("(", ")", inner, span=node.span))
            return replace(node, factors=(*before[:begin], whole, *after[size:]))
    return node


def _scripts(node: Node) -> Iterator[Node]:
    return (script for n in walk(node) if isinstance(n, ast.Symbol) for script in n.subscripts)


def _is_pair(script: Node) -> bool:
    """Whether two indices are set tight: kd, 1d."""
    return isinstance(script, ast.Product) and len(script.factors) == 2


def _with_pairs(node: Node) -> Node:
    """A name with k1 and 12 below it as pairs of indices."""
    if not isinstance(node, ast.Symbol) or not any(_tight(script) for script in node.subscripts):
        return node
    return replace(node, subscripts=tuple(_tight(script) or script for script in node.subscripts))


def _tight(script: Node) -> ast.Product | None:
    match script:
        case ast.Symbol(name, (), (), (), 0) if len(name) == 2 and name[0].isalpha() and name[1].isdigit():
            first: Node = ast.Symbol(name[0])
        case ast.Number(name) if len(name) == 2 and name.isdigit():
            first = ast.Number(name[0])
        case _:
            return None
    return ast.Product((ast.Factor("", "", first), ast.Factor("", "", ast.Number(name[1]))), span=script.span)


def _block(factors: tuple[ast.Factor, ...]) -> tuple[ast.Factor, ...]:
    """Factors as they stand by themselves."""
    return (replace(factors[0], operator=""), *factors[1:])


def _operator(name: str, letter: str, ends: set[tuple[str, Node]]) -> ast.BigOperator:
    (start, end), *_ = ends
    return ast.BigOperator(name, ast.Chain((ast.Symbol(letter), ast.Number(start)), (ast.Relation("="),)), end)


def _new_letter(node: Node) -> str | None:
    used = {n.name for n in walk(node) if isinstance(n, ast.Symbol)}
    return next((c for c in _LETTERS if c not in used), None)


def _with_dots_apart(terms: Iterable[ast.Term]) -> Iterator[ast.Term]:
    r"""The terms with a_2 \cdots as two, a_1 - a_2 \cdots - a_n, and with \dots a_n: a_1 + a_2 + \dots a_n."""
    for term in terms:
        body = term.body
        if not isinstance(body, ast.Product) or len(body.factors) < 2:
            yield term
            continue
        first, second, last = body.factors[0], body.factors[1], body.factors[-1]
        if isinstance(last.body, ast.Ellipsis) and not last.operator:
            yield replace(term, body=replace(body, factors=body.factors[:-1]))
            yield ast.Term(term.sign or "+", last.body)
        elif isinstance(first.body, ast.Ellipsis) and term.sign and not second.operator:
            yield replace(term, body=first.body)
            yield replace(term, body=replace(body, factors=body.factors[1:]))
        else:
            yield term


def _is_such(first: Node, term: ast.Term, body: Node, letter: str, sign: str) -> bool:
    """Whether a term between the first and the last is one of the same form, or stands for those left out."""
    if isinstance(term.body, ast.Ellipsis):
        return term.sign == sign
    return term.sign == sign and _general(first, term.body, letter, set()) == body


def _is_end(node: Any) -> bool:
    """Whether a last index is a number, a letter, or a letter with a number added: n - 1."""
    match node:
        case ast.Symbol() | ast.Number():
            return True
        case ast.Sum((ast.Term("", ast.Symbol()), ast.Term("+" | "-", ast.Number()))):
            return True
    return False


def _general(a: Any, b: Any, letter: str, ends: set[tuple[str, Node]]) -> Any:
    """The common form of two terms, the index in which they differ replaced by a letter; None where there is none."""
    if isinstance(a, ast.Number) and a.text in ("0", "1") and _is_end(b) and a != b:
        ends.add((a.text, b))
        return ast.Symbol(letter)
    if not isinstance(a, tuple | ast._Node):
        return a if a == b else None
    return joined((a, b), lambda pair: _general(pair[0], pair[1], letter, ends))
