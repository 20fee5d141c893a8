r"""Equations that say what names there are, and claim nothing of them.

a_i, i = 1, 2, \dots, C              what an index runs over
y = [y_1, y_2, \dots, y_m]           the entries of a name, each with its index
\nabla L = (\frac{∂L}{∂w_1}, \dots)  the entries of a gradient
\nabla_A f = (\frac{∂f}{∂A_{ij}})_{ij}   the same, by the entry at each place
\nabla_A f = ?                       a question
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["STATEMENTS", "is_of_one_place", "says_what_there_is"]

_OF_ORDER = ("<", ">", r"\le", r"\ge", r"\ll", r"\gg", r"\prec", r"\succ", r"\preceq", r"\succeq")
STATEMENTS = (
    *_OF_ORDER, r"\in", r"\ne", r"\to", r"\sim", r"\approx", r"\propto", r"\perp", r"\subset", r"\subseteq",
    r"\mapsto", r"\notin", r"\simeq",
)  # fmt: skip
"""Relations that state something, and are no equations."""

_INDICES = frozenset("ijklmncpqrst")


def says_what_there_is(left: Node, right: Node) -> bool:
    """Whether an equation asks what something is, lists the values of an index, or the entries of its left side."""
    if isinstance(left, ast.Listing):
        return _is_index(left.items[-1]) and isinstance(right, ast.Listing) and isinstance(right.items[0], ast.Number)
    if _is_question(left) or _is_question(right):
        return True
    every = _slope(_every(right))
    if every is not None:
        return every[0] == _subject(left)
    entries = _entries(right)
    written = [entry for entry in entries if not isinstance(entry, ast.Ellipsis)]
    if len(written) < 2:
        return False
    if isinstance(left, ast.Symbol):
        return all(isinstance(e, ast.Symbol) and _is_entry_of(e, left) for e in written)
    slopes = [_slope(entry) for entry in written]
    subject = _subject(left)
    return subject is not None and all(s is not None and s[0] == subject for s in slopes) and _are_of_one_name(slopes)


def is_of_one_place(left: Node, right: Node) -> bool:
    """Whether the left side is a name with numbers for all its indices that is new: z^{[1](1)} = …."""
    if not isinstance(left, ast.Symbol) or any(isinstance(n, ast.Symbol) and n == left for n in walk(right)):
        return False
    if any(isinstance(script, ast.Number) for script in left.superscripts):
        return False  # a power
    scripts = [*left.subscripts, *left.superscripts]
    numbers = [n for script in scripts for n in walk(script) if isinstance(n, ast.Number | ast.Symbol)]
    return bool(numbers) and all(isinstance(n, ast.Number) for n in numbers)


def _is_index(node: Node | None) -> bool:
    return isinstance(node, ast.Symbol) and node.name in _INDICES and not (node.subscripts or node.superscripts)


def _is_question(side: Node) -> bool:
    return isinstance(side, ast.Text) and side.words.strip() == "?"


def _every(node: Node) -> Node | None:
    r"""What stands at every place of an array: a of (a)_{i,j=1}^{n,m}."""
    match node:
        case ast.Scripted(ast.Group("(" | "[", _, ast.Fraction() as entry), (_, *_)):
            return entry
    return None


def _entries(node: Node) -> Sequence[Node]:
    """What a written array has in it."""
    match node:
        case ast.Scripted(base, (), (ast.Symbol("T" | r"\top"),)):
            return _entries(base)
        case ast.Group("(" | "[", _, ast.Listing(items, separators)) if set(separators) <= {",", r"\quad", ""}:
            return [item for item in items if item is not None]
        case ast.Group("(" | "[", _, ast.Matrix() as matrix) | (ast.Matrix() as matrix):
            return [cell for row in matrix.rows for cell in row if cell is not None]
    return ()


def _is_entry_of(entry: ast.Symbol, name: ast.Symbol) -> bool:
    same = entry.name == name.name or entry.name == name.name.lower()
    fonts = [d for d in entry.decorations if d in ("hat", "tilde", "bar")]
    more = len(entry.subscripts) + len(entry.superscripts) > len(name.subscripts) + len(name.superscripts)
    return same and more and fonts == [d for d in name.decorations if d in ("hat", "tilde", "bar")]


def _subject(left: Node) -> str | None:
    r"""L of \nabla L, \nabla_w L(w), \frac{\partial L}{\partial w}."""
    slope = _slope(left)
    if slope is not None:
        return slope[0]
    match left:
        case ast.Product((ast.Factor("", "", ast.Nabla()), ast.Factor("", "", ast.Symbol(name)), *_)):
            return name
    return None


def _slope(entry: Node | None) -> tuple[str, str] | None:
    r"""(L, w) of \frac{\partial L}{\partial w_1}."""
    match entry:
        case ast.Fraction(
            ast.Product((ast.Factor("", "", ast.Partial()), ast.Factor("", "", ast.Symbol(above)), *_)),
            ast.Product((ast.Factor("", "", ast.Partial()), ast.Factor("", "", ast.Symbol(below)))),
        ):
            return above, below
    return None


def _are_of_one_name(slopes: Sequence[tuple[str, str] | None]) -> bool:
    return len({slope[1] for slope in slopes if slope is not None}) == 1
