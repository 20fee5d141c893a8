r"""Names that are one number for all samples, by where they stand without an index.

\sum_i (a x_i - y_i)^2                               a, beside what has the index of the sum
y_i = a x_i                                          a, beside what has the index of the value
\frac{\partial L}{\partial a} = \sum_i r_i x_i       a: the slope by what each sample has one of would have no sum
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, binder, names_in
from derivations.notes.interpreting.quotients import leading
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["common_in"]


def common_in(sides: Sequence[Node], habits: Habits) -> Iterator[str]:
    """The names of a chain that are said without an index beside something that has one."""
    for node in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        refs = list(names_in((f.body for f in node.factors if not isinstance(f.body, ast.BigOperator)), habits))
        if any(i.letter in _bound(node) for ref in refs for i in ref.indices):
            yield from (ref.key for ref in refs if not ref.indices)
    if len(sides) < 2:
        return
    refs = list(names_in(sides[1:], habits))
    if isinstance(sides[0], ast.Symbol):
        letters = {i.letter for ref in names_in(sides[:1], habits) for i in ref.indices}
        if (
            len(letters) == 1
            and None not in letters
            and any({i.letter for i in ref.indices} == letters for ref in refs)
        ):
            yield from (ref.key for ref in refs if not ref.indices)
    elif isinstance(sides[0], ast.Fraction) and leading(sides[0].numerator):
        below = list(names_in((f.body for f in leading(sides[0].denominator) or ()), habits))
        summed = {
            letter for side in sides[1:] for n in walk(side) if isinstance(n, ast.Product) for letter in _bound(n)
        }
        is_indexed = any(ref.indices for ref in names_in(sides[:1], habits))
        if not is_indexed and any(i.letter in summed for ref in refs for i in ref.indices):
            yield from (ref.key for ref in below)


def _bound(node: ast.Product) -> set[str]:
    """The letters over which the sum or product at the head of a product of factors runs."""
    operator = next((f.body for f in node.factors if isinstance(f.body, ast.BigOperator)), None)
    if operator is None or operator.name not in ("sum", "prod"):
        return set()
    try:
        return set(binder(operator)[0])
    except UnsupportedNoteError:
        return set()
