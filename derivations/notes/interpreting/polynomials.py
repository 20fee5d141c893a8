r"""The x_n^j of a model \hat{y}_n = \sum_{j=0}^M w_j x_n^j, where j may be a power or an index of features.

Both are read at once: as numbers x_n^j of which nothing is known but that they depend on x alone. What is proved so
holds of powers and of features; nothing is refuted, for x^0 = 1 and x^j x^k = x^{j+k} are not known either.
"""

from __future__ import annotations

import re

import sympy as sp

from derivations.atoms import labels_in
from derivations.equation import Equation
from derivations.notes.interpreting.folding import label_if_named
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import Namer
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.interpreting.tensor import Value, scalar
from derivations.statement import element

__all__ = ["has_powers", "power_or_index"]

_ANY = "^·"  # after the name of data, where a power or an index stands


def power_or_index(speaker: Namer, value: Value, letter: str) -> Value:
    r"""The number x_n^j, where the document has \sum_{j=0}."""
    label, sort = label_if_named(value.expr), speaker.sort_of(letter)
    is_of_data = label is not None and base_letter(label.name) == "x" and label not in speaker.scope.symbols
    begins = rf"\\sum\s*_\s*\{{\s*(?-i:{re.escape(letter)})\s*=\s*0\s*\}}"
    is_summed = letter not in speaker.signature.habits.layers and speaker.signature.says(begins)
    if label is None or sort is None or value.axes or not is_of_data or not is_summed:
        raise UnsupportedNoteError(f"the superscript {letter}, a power or an index")
    own = tuple(value.expr.indices) if isinstance(value.expr, sp.Indexed) else ()
    symbol = speaker.scope.symbol_for(f"{label.name}{_ANY}", len(own) + 1)
    speaker.unknown[symbol] = f"{label.name}^{letter}"
    speaker.domains[symbol] = (*speaker.domains.get(label, ()), sort)
    speaker.scope.inert[symbol] = frozenset((label,))
    speaker.note(speaker.index(letter), sort)
    return scalar(element(symbol, (*own, speaker.index(letter))))


def has_powers(equation: Equation) -> bool:
    """Whether an equation is of such numbers, by itself or by a definition."""
    values = (definition.value for definition in equation.definitions)
    sides = (equation.left, equation.right, *values)
    return any(label.name.endswith(_ANY) for side in sides for label in labels_in(side))
