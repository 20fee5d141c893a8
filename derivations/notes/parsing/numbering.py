r"""Equation numbers written by hand as a factor would be: $$\frac{dz}{dw} = x (6)$$.

One such number is a product. Three formulas of a document that end with numbers that count are numbered by them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from derivations.notes.parsing.regions import SourceFormula

__all__ = ["without_numbers"]

_NUMBER = re.compile(r"\s+\((\d{1,3})\)\s*$")
_COUNTED = 3


def without_numbers(formulas: Sequence[SourceFormula]) -> tuple[SourceFormula, ...]:
    """The formulas without the numbers in brackets at their ends, where at least three of them count."""
    found = [(at, m) for at, m in ((at, _NUMBER.search(f.latex)) for at, f in enumerate(formulas)) if m is not None]
    numbers = [int(m[1]) for _, m in found]
    if len(numbers) < _COUNTED or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return tuple(formulas)
    ends = {at: m.start() for at, m in found}
    return tuple(
        replace(f, excerpt=replace(f.excerpt, text=f.latex[: ends[at]])) if at in ends else f
        for at, f in enumerate(formulas)
    )
