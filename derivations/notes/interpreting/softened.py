r"""The softmax by another name, and with what it is applied to left out.

    f(z_i) = \frac{e^{z_i}}{\sum_j e^{z_j}}       f is the softmax: f(z_j) is its entry j
    "the softmax \sigma"                          \sigma is, where no formula says that it is another function
    \sigma(z) = (\frac{e^{z_1}}{\sum_j e^{z_j}}, …)   \sigma is; and where p = \sigma(z), p_i = \frac{e^{z_i}}{…}
    \sigma(\mathbf{z})_i, [\sigma(z)]_i            its entry i, where \sigma is not the logistic function
    f_i                                            f(z)_i
    y_i(z_i) = \frac{e^{z_i}}{\sum_j e^{z_j}}      y_i: it is no function of its own entry alone

Read as a function of one number, f(z_i) would not change with z_j.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from derivations.notes.interpreting.signature import MATRICES
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["LOGISTIC", "NOT_SOFTENED", "Softened", "softened", "softened_of", "with_index_inside"]

_SOFTMAX = ("softmax", "Softmax", "SoftMax")
_NAME = "softmax"
_SIGMA = re.compile(
    r"softmax(?:\s*(?:function|activation|fonction|関数|函数|함수|funktion|функци\w+))?"
    r"\s*(?:,|\(|as|by|with|を|は|为|為|记为|durch|mit|por|par|как)?\s*\$\\sigma(?:\([^$()]{1,12}\))?\$"
    r"|\$\\sigma(?:\([^$()]{1,12}\))?\$\s*(?:\(?(?:is|denotes|stands for|for|ist|est|es|は|是|表示)\s*)"
    r"(?:here\s+)?(?:the\s+|die\s+|la\s+)?softmax",
    re.I,
)
LOGISTIC = re.compile(r"sigmoid|logisti|сигмоид|логист|シグモイド|ロジスティック|시그모이드|로지스틱|逻辑|邏輯", re.I)


@dataclass(frozen=True)
class Softened:
    """Names that stand for the softmax, each with what it is of; names written as functions of their own entry.

    shared: those that are another function, too, where no index says which is meant. apart: those that with an index
    and no bracket are defined as something else. called: those that the words call so.
    """

    names: tuple[tuple[str, ast.Symbol], ...] = ()
    own: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()


NOT_SOFTENED = Softened()


def softened_of(chains: Iterable[ast.Chain], words: str = "") -> Softened:
    """The names of a document that are defined as the softmax, or called so, from all that it writes."""
    names: dict[str, ast.Symbol] = {}
    own: set[str] = set()
    others: set[str] = set()
    apart: set[str] = set()
    applied: set[str] = set()
    aliases: dict[str, tuple[str, ast.Symbol]] = {}
    shares: dict[str, ast.Symbol] = {}
    for chain in chains:
        for number, (first, second) in enumerate(itertools.pairwise((*chain.members, None, None))):
            if number == 0 and isinstance(first, ast.Symbol) and second is not None:
                apart |= {first.name} if _exponential_share(second) is None else set()
            if number == 0 and second is not None and isinstance(first, ast.Product):
                applied |= {f.body.name for f in first.factors[:1] if isinstance(f.body, ast.Symbol)}
            called, of = _called(first), _share_in(second)
            if isinstance(first, ast.Symbol):
                whole = _called(second) if not first.subscripts else None
                aliases |= {first.name: (whole[0].name, whole[1])} if whole is not None and whole[2] is None else {}
                shares |= {first.name: of} if of is not None and first.subscripts == of.subscripts else {}
            if called is None or second is None or number and of is None:
                continue
            name, argument, index = called
            written = {n.name for n in walk(second) if isinstance(n, ast.Symbol)}
            if of is None and (argument.name not in written or index is None and name.name in written):
                continue  # \sigma(z) = (0.7, 0.2, 0.1), an example, and \sigma(z) = \sigma(z + c)
            if of is None or of.name != argument.name or index is not None and of.subscripts != (index,):
                others.add(name.name)
            elif name.subscripts and argument.subscripts:
                own |= {name.name} if name.subscripts == argument.subscripts else set()
            elif name.name in (r"\sigma", *_SOFTMAX) or argument.subscripts:
                names.setdefault(name.name, replace(of, subscripts=()))
    if not LOGISTIC.search(words):  # p = \sigma(z), p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}
        for key, (called_so, logits) in aliases.items():
            if key in shares and shares[key].name == logits.name and called_so in (r"\sigma", *_SOFTMAX):
                names.setdefault(called_so, logits)
    shared = frozenset(others & {r"\sigma"})
    kept = tuple((name, of) for name, of in sorted(names.items()) if name not in others - shared)
    said = {r"\sigma"} if _SIGMA.search(words) else set()
    return Softened(kept, frozenset(own - others), shared, frozenset(apart), frozenset(said - applied - apart))


def _called(side: Node | None) -> tuple[ast.Symbol, ast.Symbol, Node | None] | None:
    """The name, the argument and the index of f(z_i), f(z)_i, [f(z)]_i or f_i(z), a side by itself."""
    side = with_index_inside(side) if side is not None else None
    if not isinstance(side, ast.Product) or len(side.factors) != 2:
        return None
    name, bracket = (factor.body for factor in side.factors)
    outer = bracket.subscripts if isinstance(bracket, ast.Scripted) and not bracket.superscripts else ()
    group = bracket.base if isinstance(bracket, ast.Scripted) else bracket
    if not isinstance(name, ast.Symbol) or name.superscripts or name.primes or not isinstance(group, ast.Group):
        return None
    argument = group.body
    if group.opening != "(" or side.factors[1].operator or not isinstance(argument, ast.Symbol):
        return None
    indices = {*name.subscripts, *outer, *argument.subscripts}
    if argument.superscripts or len(indices) > 1:
        return None
    index = next(iter(indices), None)
    return None if index is not None and not _is_letter(index) else (name, argument, index)


def _is_letter(index: Node) -> bool:
    return isinstance(index, ast.Symbol) and len(index.name) == 1 and index.name.isalpha()


def _share_in(side: Node | None) -> ast.Symbol | None:
    """The z_i of a share, and the z_1 of a list of shares."""
    match side:
        case ast.Group("(" | "[", _, ast.Listing((first, *_))):
            side = first
        case ast.Matrix(_, ((first, *_), *_)):
            side = first
    return None if side is None else _exponential_share(side)


def _exponential_share(side: Node) -> ast.Symbol | None:
    r"""The z_i of \frac{e^{z_i}}{\sum_j e^{z_j}}."""
    if not isinstance(side, ast.Fraction) or not isinstance(side.denominator, ast.Product):
        return None
    operator, *rest = (factor.body for factor in side.denominator.factors)
    if not isinstance(operator, ast.BigOperator) or operator.name != "sum":
        return None
    above = _exponent(side.numerator)
    below = _exponent(rest[0] if len(rest) == 1 else replace(side.denominator, factors=side.denominator.factors[1:]))
    if above is None or below is None or len(above.subscripts) != 1 or len(below.subscripts) != 1:
        return None
    same = replace(below, subscripts=()) == replace(above, subscripts=()) and below.subscripts != above.subscripts
    return above if same and not above.superscripts else None


def _exponent(node: Node) -> ast.Symbol | None:
    r"""The z_i of e^{z_i}, \exp(z_i) and \exp z_i."""
    match node:
        case ast.Symbol("e", (), (), (exponent,)):
            found: Node | None = exponent
        case ast.Product((ast.Factor(_, "", ast.Function("exp")), ast.Factor("", "", inner))):
            found = inner
        case _:
            return None
    while isinstance(found, ast.Group):
        found = found.body
    return replace(found, decorations=()) if isinstance(found, ast.Symbol) else None


def with_index_inside(node: Node) -> Node:
    """f(z)_i for [f(z)]_i, and so where f says what its parameters are, as in (h_\\theta(x))_k."""
    if not isinstance(node, ast.Scripted) or node.superscripts or node.primes or not isinstance(node.base, ast.Group):
        return node
    body = node.base.body
    if not isinstance(body, ast.Product) or len(body.factors) != 2 or len(node.subscripts) != 1:
        return node
    name, bracket = body.factors
    plain = isinstance(name.body, ast.Symbol) and not name.sign and all(map(_is_parameter, name.body.subscripts))
    is_call = isinstance(bracket.body, ast.Group) and not bracket.operator and not bracket.sign
    if not (plain and is_call and isinstance(bracket.body, ast.Group) and bracket.body.opening == "("):
        return node
    inside = replace(bracket, body=ast.Scripted(bracket.body, node.subscripts, span=bracket.body.span))
    return ast.Product((name, inside), span=node.span)


def _is_parameter(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and node.name in MATRICES | {"b"} and not node.subscripts


def softened(node: Node, used: Softened) -> Node:
    """A product, or a name by itself, with every softmax under its usual name."""
    if not used.names and not used.own and not used.called:
        return node
    if isinstance(node, ast.Symbol):
        return _alone(node, used)
    if not isinstance(node, ast.Product):
        return node
    kept: list[ast.Factor] = []
    for factor in node.factors:
        before = kept[-1] if kept else None
        renamed = _renamed(before, factor, used) if before is not None else None
        if renamed is not None:
            kept[-1:] = renamed
        elif before is not None and _is_own(before, factor, used):
            continue
        else:
            kept.append(factor)
    if len(kept) == 1 and len(node.factors) > 1 and not kept[0].sign and not kept[0].operator:
        return kept[0].body
    return replace(node, factors=tuple(kept))


def _renamed(before: ast.Factor, factor: ast.Factor, used: Softened) -> list[ast.Factor] | None:
    """The factors of f(z_i) as softmax(z_i), where f stands in front, or its name with the argument already put in."""
    name, bracket = before.body, factor.body
    group = bracket.base if isinstance(bracket, ast.Scripted) else bracket
    if factor.operator or factor.sign or not isinstance(group, ast.Group) or group.opening not in ("(", "["):
        return None
    alone = _argument_put_in(name)
    if alone is not None:  # f_i, which was taken for f_i(z) by itself, has a bracket of its own
        return None if _mentions(group, _NAME) else [replace(before, body=alone), factor]
    known = dict(used.names)
    if not isinstance(name, ast.Symbol) or name.name not in (*known, *used.called) or name.primes:
        return None
    scripted = isinstance(bracket, ast.Scripted) and bool(bracket.subscripts)
    if name.name in used.shared and not scripted or _mentions(group, _NAME):
        return None
    return [replace(before, body=replace(name, name=_NAME)), factor]


def _mentions(node: Node, name: str) -> bool:
    return any(isinstance(n, ast.Symbol) and n.name == name for n in walk(node))


def _alone(symbol: ast.Symbol, used: Softened) -> Node:
    """f_i as softmax_i(z)."""
    argument = dict(used.names).get(symbol.name)
    if argument is None or symbol.name in used.apart or symbol.primes or symbol.superscripts:
        return symbol
    if len(symbol.subscripts) != 1 or not _is_letter(symbol.subscripts[0]):
        return symbol
    bracket = ast.Group("(", ")", argument, span=symbol.span)
    factors = ast.Factor("", "", replace(symbol, name=_NAME)), ast.Factor("", "", bracket)
    return ast.Product(factors, span=symbol.span)


def _argument_put_in(node: Node) -> ast.Symbol | None:
    match node:
        case ast.Product((ast.Factor("", "", ast.Symbol("softmax") as name), ast.Factor("", "", ast.Group()))):
            return name
    return None


def _is_own(before: ast.Factor, factor: ast.Factor, used: Softened) -> bool:
    """Whether a bracket holds the entry whose index the name before it has: y_i(z_i)."""
    name, group = before.body, factor.body
    if factor.operator or not isinstance(name, ast.Symbol) or name.name not in used.own:
        return False
    inner = group.body if isinstance(group, ast.Group) and group.opening == "(" else None
    return isinstance(inner, ast.Symbol) and bool(inner.subscripts) and inner.subscripts == name.subscripts
