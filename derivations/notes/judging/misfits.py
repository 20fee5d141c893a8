"""Sides whose shapes don't fit: vectors read entry by entry, a matrix to transpose, a product of equal sizes alone.

Such a step is refuted only where what is wrong with it is found: with the matrix transposed it holds, or it is false
for the equal sizes, too, or a vector of data is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.names import UnsupportedNoteError, is_transposed
from derivations.notes.interpreting.order import exchanged
from derivations.notes.interpreting.products import is_less_a_number
from derivations.notes.interpreting.tensor import MisshapenError, Value
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.deciding import judge
from derivations.notes.judging.lost import with_lost_vector
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.judging.speaking import Speaking
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import holds_where
from derivations.verdict import Status, Verdict, Witness

__all__ = ["OF_SHAPE", "Misfits"]

OF_SHAPE = "shape"  # the method by which a product of the wrong sizes is refuted

_OF_ARRAYS = (r"\odot", r"\circ", r"\otimes", r"\times")


@dataclass
class Misfits(Speaking):
    """The part of a reading that asks what was meant by sides that don't fit."""

    def _entry_by_entry(self, step: Step, left: Node, right: Node) -> Judged | None:
        """Vectors without an index read as one entry each: ds/dz = s(1 - s).

        It supports a step, and refutes one that is off by a sign or a factor 2 alone: then it was meant so.
        """
        if any(_is_linear_algebra(part) for side in (left, right) for part in walk(side)):
            return None
        if exchanged(left, right, lambda name: len(name) == 1 and name.isupper()):
            return None
        speakers = self._speakers(step)
        for speaker in speakers:
            speaker.single = True
        speakers[1].fresh = 500
        try:
            claim = self._claim(*speakers, speakers[0].side(left), speakers[1].side(right))
            judged = self._decided(replace(claim, needs_proof=True))
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        entries_at_hand = {s for speaker in speakers for s in speaker.met if s.name.startswith("entry")}
        if len(entries_at_hand) > 1:  # δ a is then no array, and not δ a^T
            return None
        if not judged.verdict.is_proved:
            wrong = self._decided(claim) if is_off_by_a_factor(judged.equation, self.seed) else judged
            return wrong if wrong.verdict.is_refuted else None
        reason = "holds entry by entry, each vector read as one of its entries"
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _of_matrices_alike(self, step: Step, left: Node, right: Node) -> Judged | None:
        r"""What holds with matrices of one shape multiplied entry by entry: σ'(Z) = A \cdot (1 - A)."""
        nodes = [n for side in (left, right) for n in walk(side)]
        if not any(is_less_a_number(f.body) for n in nodes if isinstance(n, ast.Product) for f in n.factors):
            return None
        is_slope = any(isinstance(n, ast.Partial | ast.Nabla) or isinstance(n, ast.Symbol) and n.primes for n in nodes)
        if not is_slope and exchanged(left, right, lambda name: len(name) == 1 and name.isupper()):
            return None  # (1 - A) B = B (1 - A)
        speakers = self._speakers(step)
        for speaker in speakers:
            speaker.alike = True
        speakers[1].fresh = 500
        try:
            claim = self._claim(*speakers, speakers[0].side(left), speakers[1].side(right))
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        judged = self._decided(replace(claim, needs_proof=True))
        if not judged.verdict.is_proved:
            return None
        reason = holds_where("matrices of one shape are multiplied entry by entry")
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _lost(self, first: Elaborator, second: Elaborator, a: Value, b: Value) -> Judged | None:
        """A vector that is set equal to a number, refuted where a vector of data is what is missing."""
        for whole, spread, name in with_lost_vector(a, b, second):
            if self._decided(self._claim(first, second, a, whole)).verdict.is_proved:
                judged = self._decided(self._claim(first, second, a, spread))
                reason = f"the vector {name} is missing"
                return replace(judged, verdict=replace(judged.verdict, reason=reason))
        return None

    def _transposed(self, step: Step, left: Node, right: Node, error: MisshapenError) -> Judged:
        """A product that is defined for no two different sizes: refuted where it holds with its matrix transposed."""
        otherwise = Judged(Verdict(Status.UNSUPPORTED, "language", reason=str(error)))
        speakers = self._speakers(step)
        sizes: list[tuple[sp.Expr, sp.Expr]] = []
        speakers[0].mended, speakers[1].mended = sizes, sizes
        speakers[1].fresh = 500
        for speaker, side in zip(speakers, (left, right), strict=True):
            matrices = speaker.matrices_in(side)
            if matrices is None or not matrices <= self.fitting:
                return otherwise
        try:
            a, b = speakers[0].side(left), speakers[1].side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return self._squared(step, left, right) or otherwise
        judged = self._decided(replace(self._claim(*speakers, a, b), needs_proof=True))
        if not judged.verdict.is_proved or len(sizes) != 1:
            return self._squared(step, left, right) or otherwise
        one, other = sizes[0]
        witness = Witness("shape", {str(one): 2, str(other): 3}, {}, {}, "defined", "no product of these sizes")
        reason = f"{one} entries are multiplied with {other}; with the matrix transposed it holds"
        return replace(judged, verdict=Verdict(Status.REFUTED, OF_SHAPE, reason=reason, witness=witness), equation=None)

    def _squared(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A product that is defined for equal sizes only: refuted where it is false for these, too."""
        speakers = self._speakers(step)
        sizes: list[tuple[sp.Expr, sp.Expr]] = []
        speakers[0].squared, speakers[1].squared = sizes, sizes
        speakers[1].fresh = 500
        try:
            a, b = speakers[0].side(left), speakers[1].side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        squares = [b]
        if len(a.axes) == len(b.axes) in (1, 2) and {x.sort for x in a.axes} != {x.sort for x in b.axes}:
            sizes += [(x.upper, y.upper) for x, y in zip(a.axes, b.axes, strict=True) if x.upper != y.upper]
            layouts = (a.axes, a.axes[::-1])[: len(a.axes)]
            squares = [Value(b.at(axes), a.axes) for axes in layouts]
        equal = {size for pair in sizes for size in pair}
        if not equal or not all(isinstance(size, sp.Symbol) for size in equal):
            return None
        claims = [self._claim(*speakers, a, square) for square in squares]
        twos = tuple((s, 2) for s in sorted(equal, key=str))
        found = [judge(replace(claim, sizes=twos), self.seed) for claim in claims]
        judged, witness = found[0], found[0].verdict.witness
        if not all(other.verdict.is_refuted for other in found) or witness is None:
            return None
        names = sorted(map(str, equal))
        witness = replace(witness, sizes={**witness.sizes, **dict.fromkeys(names, 2)})
        reason = f"the product is defined for {' = '.join(names)} only, and false there"
        return replace(judged, verdict=replace(judged.verdict, method=OF_SHAPE, reason=reason, witness=witness))

    def _keep_matrices(self, step: Step, record: StepRecord) -> None:
        """Remember the matrices of a step whose products fit: that is how they stand in this document."""
        if record.verdict in HELD or (record.verdict == "definition" and record.reason is None):
            for side in (step.left, step.right):
                if side is not None and side.node is not None:
                    self.fitting |= self._speaker(side).matrices_in(side.node) or set()


def _is_linear_algebra(node: object) -> bool:
    """Whether a part of a formula makes sense for arrays only: a transpose, an array written out, v ⊙ w."""
    if isinstance(node, ast.Matrix | ast.Nabla) or isinstance(node, ast.Factor) and node.operator in _OF_ARRAYS:
        return True
    return is_transposed(node)
