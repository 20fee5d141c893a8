r"""Rules by which one value follows another: an equation that says how, and claims nothing.

    w^{t+1} = w^t - \eta g^t,   \theta^1 = \theta^0 - \eta \nabla L(\theta^0),   w(t+1) = w(t) + \Delta w
    \eta^t = \eta / \sqrt{t + 1}                    the value at t, of the one without it

Where the mark of the step stands as an exponent would, nothing else tells it from a power.
"""

from __future__ import annotations

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["is_update"]

_RATES = (r"\eta", r"\alpha", r"\epsilon", r"\varepsilon", r"\gamma", r"\rho", r"\mu", r"\Delta", "lr")


def is_update(left: Node, right: Node) -> bool:
    """Whether a side begins with what the other side is one step later, or says what a rate is at each step."""
    terms = right.terms if isinstance(right, ast.Sum) else ()
    if len(terms) > 1 and not terms[0].sign and any(_is_step(term.body) for term in terms[1:]):
        return _follows(left, terms[0].body)
    return _is_schedule(left, right)


def _is_step(term: Node) -> bool:
    """Whether a term is what an iteration takes off or adds: a rate, a derivative."""
    return any(
        isinstance(n, ast.Nabla | ast.Partial) or isinstance(n, ast.Symbol) and n.name in _RATES for n in walk(term)
    )


def _follows(later: Node, earlier: Node) -> bool:
    match later, earlier:
        case ast.Group(_, _, ast.Matrix() as one), ast.Group(_, _, ast.Matrix() as other):
            return _follows(one, other)
        case ast.Matrix(_, rows), ast.Matrix(_, others):
            cells, before = ([cell for row in r for cell in row] for r in (rows, others))
            pairs = list(zip(cells, before, strict=False))
            return len(cells) == len(before) and all(
                a is not None and b is not None and _follows(a, b) for a, b in pairs
            )
        case ast.Symbol(name, fonts, below, (*others, mark), 0), ast.Symbol(n, f, b, (*o, before), 0):
            return (name, fonts, below, others) == (n, f, b, o) and _is_next(mark, before)
        case ast.Product((one, ast.Factor("", "", ast.Group("(", ")", mark)))), ast.Product(
            (other, ast.Factor("", "", ast.Group("(", ")", before)))
        ):
            return one == other and mark is not None and before is not None and _is_next(mark, before)
    return False


def _is_next(mark: Node, before: Node) -> bool:
    """Whether a mark is t + 1 where the other is t, or 2 where it is 1."""
    match mark, before:
        case ast.Group("(", ")", inner), ast.Group("(", ")", other) if inner is not None and other is not None:
            return _is_next(inner, other)
        case ast.Sum((ast.Term("", ast.Symbol() as t), ast.Term("+", ast.Number("1")))), ast.Symbol() as now:
            return t == now
        case ast.Number(later), ast.Number(earlier) if later.isdigit() and earlier.isdigit():
            return int(later) == int(earlier) + 1
    return False


def _is_schedule(left: Node, right: Node) -> bool:
    r"""\eta^t = \eta / \sqrt{t + 1}."""
    match left:
        case ast.Symbol(name, fonts, below, (ast.Symbol("t", (), (), ()) as step,), 0):
            scripts = {
                id(s) for n in walk(right) if isinstance(n, ast.Symbol) for s in (*n.subscripts, *n.superscripts)
            }
            plain = [n for n in walk(right) if isinstance(n, ast.Symbol) and id(n) not in scripts]
            return ast.Symbol(name, fonts, below) in plain and step in plain
    return False
