r"""Slopes that a document states of what it does not define: ∂L/∂a = -y/a + (1 - y)/(1 - a), of an L said in words.

Nothing says what L is, but what its derivative by a is has been said, and what hangs on a alone follows by the chain
rule: ∂L/∂z = ∂L/∂a · a (1 - a) is a - y. A step that is left open is judged with the slopes that were stated. It is
supported if it holds with them, and never refuted: L may hang on more than a.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.atoms import free_atoms, label_of, labels_in
from derivations.equation import Equation, is_provable
from derivations.indexed import substitute
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import holds_where
from derivations.verdict import Status

__all__ = ["Sloping"]

_SLOPE = "∂"  # how the names of slopes begin


@dataclass
class Sloping(Judging):
    """The part of a reading that remembers slopes."""

    stated: dict[sp.Symbol, Equation] = field(default_factory=dict)  # a slope: where it was said what it is

    def _note_slope(self, judged: Judged, is_again: bool = False) -> None:
        """Remember a slope that a step is the first to state; of one that is stated otherwise nothing is known."""
        equation = judged.equation
        if equation is None or not isinstance(equation.left, sp.Symbol | sp.Indexed):
            return
        label = label_of(equation.left)
        indices = equation.left.indices if isinstance(equation.left, sp.Indexed) else ()
        if not label.name.startswith(_SLOPE) or any(a.name.startswith(_SLOPE) for a in labels_in(equation.right)):
            return
        if is_again:
            self.stated.pop(label, None)
        elif all(isinstance(index, sp.Symbol) for index in indices):
            self.stated.setdefault(label, equation)

    def _with_slopes(self, judged: Judged) -> Judged | None:
        """A step that was left open, held with the slopes that were stated; else None."""
        equation = judged.equation
        if equation is None or judged.verdict.status is not Status.UNDECIDED:
            return None
        used = (labels_in(equation.left) | labels_in(equation.right)) & self.stated.keys()
        if not used:
            return None
        for label in sorted(used, key=str):
            equation = _with_slope(equation, label, self.stated[label])
        if not is_provable(equation, self.seed, OPERATIONS, SECONDS):
            return None
        names = ", ".join(sorted(label.name for label in used))
        verdict = replace(
            judged.verdict, status=Status.SUPPORTED, reason=holds_where(f"{names} is what it was said to be")
        )
        return replace(judged, verdict=verdict, equation=equation)


def _with_slope(equation: Equation, label: sp.Symbol, said: Equation) -> Equation:
    """The equation with what a slope was said to be in its place, and all that this rests on."""
    own = said.left.indices if isinstance(said.left, sp.Indexed) else ()

    def put_in(expr: sp.Expr) -> sp.Expr:
        found = {}
        for atom in (a for a in free_atoms(expr) if label_of(a) == label):
            places = atom.indices if isinstance(atom, sp.Indexed) else ()
            if len(places) == len(own):
                found[atom] = substitute(said.right, dict(zip(own, places, strict=True)))
        return expr.xreplace(found)

    known = {d.key for d in equation.definitions}
    definitions = (*equation.definitions, *(d for d in said.definitions if d.key not in known))
    ours, theirs = equation.context, said.context
    ranges = replace(ours.ranges, bounds={**theirs.ranges.bounds, **ours.ranges.bounds})
    context = replace(ours, ranges=ranges, arrays={**theirs.arrays, **ours.arrays})
    return replace(
        equation, left=put_in(equation.left), right=put_in(equation.right), definitions=definitions, context=context
    )
