r"""Code inside formulas, and lists of one thing: what stands for them in mathematics.

np.sum(dZ, axis=1, keepdims=True)      \sum dZ, over the samples
np.dot(w.T, X)                         w^\top X
np.exp(-z), np.multiply(A, B)          e^{-z}, A \odot B
w^\top X + [b, b, \dots, b]            w^\top X + b
"""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.mapping import mapped

__all__ = ["without_calls"]

_FUNCTIONS = {"exp": "exp", "log": "log", "tanh": "tanh", "sqrt": "sqrt"}
_BETWEEN = {"dot": "", "matmul": "", "multiply": r"\odot"}


def without_calls(side: Node) -> Node:
    """The side with calls of NumPy as what they compute, and the transposes and lists beside them."""
    found: Node = mapped(side, _step)
    return found


def _step(node: Node) -> Node:
    match node:
        case ast.Symbol(name) if name.endswith(".T") and len(name) > 2:
            return replace(node, name=name[:-2], superscripts=(*node.superscripts, ast.Symbol("T")))
        case ast.Sum(terms):
            return replace(node, terms=tuple(replace(t, body=_of_one_thing(t.body)) for t in terms))
        case ast.Product(factors):
            return _without_calls(node, factors)
    return node


def _without_calls(node: ast.Product, factors: tuple[ast.Factor, ...]) -> Node:
    kept: list[ast.Factor] = []
    for factor in factors:
        before = kept[-1] if kept else None
        called = None if before is None or factor.operator else _called(before.body)
        value = None if called is None else _value(called, factor.body)
        if value is not None and before is not None:
            kept[-1] = replace(before, body=value)
        else:
            kept.append(factor)
    if len(kept) == 1 and not (kept[0].operator or kept[0].sign):
        return kept[0].body
    return node if len(kept) == len(factors) else replace(node, factors=tuple(kept))


def _called(node: Node) -> str | None:
    """The function of NumPy that a name is."""
    match node:
        case ast.Symbol(name, _, (), (), 0) | ast.Text(name):
            module, _, function = name.strip().partition(".")
            return function if module in ("np", "numpy") else None
    return None


def _value(called: str, bracket: Node) -> Node | None:
    """What a call computes; None where it isn't one of those known."""
    if not isinstance(bracket, ast.Group) or bracket.opening != "(" or bracket.body is None:
        return None
    items = bracket.body.items if isinstance(bracket.body, ast.Listing) else (bracket.body,)
    arguments = [item for item in items if item is not None and not isinstance(item, ast.Chain)]
    if called == "sum" and len(arguments) == 1:
        return _braced(
            ast.Product((ast.Factor("", "", ast.BigOperator("sum")), ast.Factor("", "", _braced(arguments[0]))))
        )
    if called in _FUNCTIONS and len(arguments) == len(items) == 1:
        function = ast.Function(_FUNCTIONS[called])
        return _braced(ast.Product((ast.Factor("", "", function), ast.Factor("", "", _braced(arguments[0])))))
    if called in _BETWEEN and len(arguments) == len(items) == 2:
        first, second = (a if isinstance(a, ast.Symbol) else _braced(a) for a in arguments)
        return _braced(ast.Product((ast.Factor("", "", first), ast.Factor(_BETWEEN[called], "", second))))
    return None


def _of_one_thing(node: Node) -> Node:
    r"""b of [b, b, \dots, b]."""
    if not isinstance(node, ast.Group) or node.opening not in ("[", "(") or not isinstance(node.body, ast.Listing):
        return node
    items = [item for item in node.body.items if not isinstance(item, ast.Ellipsis)]
    dotted = len(items) < len(node.body.items) and set(node.body.separators) <= {",", ""}
    first = items[0] if items else None
    return first if dotted and isinstance(first, ast.Symbol) and all(item == first for item in items) else node


def _braced(node: Node) -> ast.Group:
    return ast.Group("(", ")", node)
