r"""A vector that is set equal to a number because its data were lost: ∂σ(w^T x)/∂w = σ(1 − σ), where x is missing.

What the axes of a step are isn't clear where its sides have different ones, and such a step is left open. Where it
holds with the vector of data multiplied, that vector is what is missing, and the step is false in every entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_symbols
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.interpreting.tensor import Value
from derivations.notes.judging.claims import closed

__all__ = ["with_lost_vector"]


def with_lost_vector(left: Value, right: Value, speaker: Elaborator) -> Iterator[tuple[Value, Value, str]]:
    """(the number times a vector of data, the number in every entry, what the vector is called)."""
    if len(left.axes) != 1 or right.axes:
        return
    axis = speaker.axis(left.axes[0].sort)
    atoms = {a for e in closed(left.expr, speaker) for a in atoms_of(e, sp.Indexed)}
    for atom in sorted(atoms, key=str):
        label, outer = atom.base.label, atom.indices[:-1]
        sorts = speaker.domains.get(label, ())
        is_data = base_letter(label.name) in ("x", "X") and len(sorts) == len(atom.indices)
        if not is_data or sorts[-1] != axis.sort:
            continue
        spread = replace(right, axes=(axis,))
        if all(i == ROW or i in free_symbols(left.expr) | free_symbols(right.expr) for i in outer):
            yield replace(spread, expr=right.expr * atom.base[(*outer, axis.symbol)]), spread, label.name
        for total in atoms_of(right.expr, sp.Sum) if len(outer) == 1 else ():
            (bound, *ends), *others = total.limits
            if not others and tuple(ends) == speaker.range_of(sorts[0]):
                summed = sp.Sum(total.function * atom.base[bound, axis.symbol], total.limits[0])
                yield replace(spread, expr=right.expr.xreplace({total: summed})), spread, label.name
