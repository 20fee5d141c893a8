r"""Labels whose one 1 stands at a class that has a letter: L = -\log p_c, and y is the one-hot vector of the class c.

    \frac{∂L}{∂z} = p - y                       holds where y is 1 at c
    \frac{∂L}{∂z_i} = p_i - 1 where i = k       so does this of L = -\sum_i y_i \log p_i, where y_k = 1

Where a document says that its labels are one-hot, and a letter is the only class that its loss names, or one that words
call the right one, a step that was left open is supported if it holds with 1 there and 0 elsewhere; none is refuted so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols
from derivations.notes.interpreting.names import names_in
from derivations.notes.judging.assumptions import ONE_HOT
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.conditions import Mark
from derivations.notes.judging.deciding import names_right_class
from derivations.notes.judging.tied import Tied
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.reasons import holds_where
from derivations.statement import index
from derivations.verdict import Status

__all__ = ["Marked"]


@dataclass
class Marked(Tied):
    """The part of a reading that knows where the 1 of a label stands."""

    def _with_class_marked(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, held with the one label as 1 at the class that has a letter."""
        if not self.signature.says(ONE_HOT):
            return None
        label = self._label_reached(left, right)
        places = [] if label is None else sorted({*self._places_of_losses(), *self._classes_said(left, right)}, key=str)
        if label is None or len(places) != 1:
            return None
        mark = Mark(self.scope.symbol_for(label, 1), places[0])
        judged = self._under(step, left, right, mark)
        if not judged.verdict.is_proved:
            return None
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=holds_where(str(mark))))

    def _label_reached(self, *sides: Node) -> str | None:
        """The one label of classes, without a value, that stands in a step or in the losses."""
        keys = {ref.key for ref in names_in(sides, self.signature.habits)}
        keys |= {str(a.base.label) for value in self._of_logs() for a in free_atoms(value) if isinstance(a, sp.Indexed)}
        labels = {key for key in keys if self.signature.is_label(key) and not self.scope.of(key)}
        label = labels.pop() if len(labels) == 1 else None
        return label if label is not None and len(self.signature.axes.get(label, ())) == 1 else None

    def _of_logs(self) -> Iterator[sp.Expr]:
        """The values of numbers that have a logarithm."""
        for entry in self.scope.symbols.values():
            if entry.definition is not None and not entry.axes and entry.definition.value.has(sp.log):
                yield entry.definition.value

    def _places_of_losses(self) -> Iterator[sp.Symbol]:
        r"""The c of -\log p_c."""
        for value in self._of_logs():
            for logarithm in atoms_of(value, sp.log):
                taken = logarithm.args[0]
                if isinstance(taken, sp.Indexed):
                    yield from (s for s in taken.indices if s in free_symbols(value) and isinstance(s, sp.Symbol))

    def _classes_said(self, *sides: Node) -> Iterator[sp.Symbol]:
        """The letters of a step that words call the right class."""
        letters = {n.name for side in sides for n in walk(side) if isinstance(n, ast.Symbol) and len(n.name) == 1}
        yield from (index(letter) for letter in sorted(letters) if names_right_class(letter, self.signature))
