"""A claim of a document under the definitions in force: as it stands, in the cases written around it, by older ones.

What stands beside a step is part of the claim, what stands before it is tried, and what stands behind it is only named.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, labels_in
from derivations.equation import decide
from derivations.notes.interpreting.cases import Case, cases_of, each_member
from derivations.notes.interpreting.names import UnsupportedNoteError, read_name
from derivations.notes.interpreting.order import beside_slopes, exchanged, inverted
from derivations.notes.interpreting.polynomials import has_powers
from derivations.notes.interpreting.quotients import is_differential
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import LABELS
from derivations.notes.interpreting.symmetries import Symmetries
from derivations.notes.interpreting.tensor import MisshapenError
from derivations.notes.judging.cells import Judged, cells_shown, of_cuts, of_shown, rows_lost
from derivations.notes.judging.conditions import (
    Mark,
    Values,
    applied,
    cases_behind,
    cases_joined,
    cases_written,
    ends_cases,
    is_bound,
    is_of_both,
    names_value,
    values_stated,
)
from derivations.notes.judging.flattened import (
    array_in,
    number_behind_matrix,
    number_in,
    square_of_statistic,
    weight_in,
    weights_before_vectors,
)
from derivations.notes.judging.minimised import of_least_value
from derivations.notes.judging.misfits import Misfits
from derivations.notes.judging.opaque import Opaque
from derivations.notes.judging.pieces import of_a_piece
from derivations.notes.judging.pointwise import function_taken
from derivations.notes.judging.regions import MORE, Regions, defined_where_said, regions_in, within
from derivations.notes.judging.settled import are_of_slopes
from derivations.notes.judging.symmetric import of_symmetric
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Step
from derivations.reasons import Reason, Why, holds_where, reason_of, why
from derivations.verdict import Status, Verdict

__all__ = ["Judging", "own_chain"]

NEAR = 4  # formulas behind one another


@dataclass
class Judging(Misfits):
    """The part of a reading that judges claims."""

    sticky: tuple[tuple[Case, ...], Step] | None = None  # the cases in which a step was held, and that step
    kept: tuple[int, ...] = ()  # where the formulas of a part stand in their document
    has_both_labels: bool = False  # a name was defined for either label: then what isn't said for one is said for both
    slopes: list[sp.Expr] = field(default_factory=list)  # what derivatives were found to be

    def _claimed(self, step: Step, left: Node, right: Node) -> Judged:
        """The verdict on left = right; proved of numbers only, if it exchanges what may be matrices."""
        judged = self._tried(step, left, right)
        if judged.verdict.status in (Status.REFUTED, Status.UNDECIDED, Status.UNSUPPORTED):
            judged = self._of_matrices_alike(step, left, right) or judged
        if judged.verdict.is_proved or judged.verdict.is_refuted:
            least = of_least_value(left, right, judged.verdict.status)
            if least is not None:
                verdict = replace(judged.verdict, status=least[0], reason=least[1], witness=None)
                return replace(judged, verdict=verdict)
        flat = None
        if judged.verdict.is_proved:
            flat = weight_in((left, right), self._weights_before_vectors, self.signature)
            flat = flat or number_in((left, right), self.signature, self.scope) if self._transposes() else flat
        if flat is not None:
            reason = holds_where(f"{flat} is a number; what its axes are isn't clear from the notation")
            return replace(judged, verdict=replace(judged.verdict, status=Status.UNDECIDED, reason=reason))
        names: tuple[str, ...] = ()
        if judged.verdict.is_proved:
            orders = (exchanged, inverted) if self._transposes() else (exchanged, inverted, beside_slopes)
            found = [of(left, right, self._may_be_matrix) for of in orders]
            names = next(filter(None, found), ())
            # (AB)^{-1} = A^{-1} B^{-1}: who writes inverses of what is multiplied means matrices
            status = Status.UNDECIDED if found[0] and found[1] else Status.SUPPORTED
        if names:
            are, they = ("are numbers", "they are") if len(names) > 1 else ("is a number", "it is one")
            reason = f"proved where {' and '.join(names)} {are}; nothing says that {they}"
            judged = replace(judged, verdict=replace(judged.verdict, status=status, reason=reason))
        is_flattened = judged.verdict.status is Status.SUPPORTED and why(judged.verdict.reason) is Why.TRANSPOSED
        array = array_in((left, right)) if judged.verdict.status is Status.SUPPORTED else None
        if names or is_flattened:
            called = {s.name for side in (left, right) for s in walk(side) if isinstance(s, ast.Symbol)}
            called = {s for s in called & self.signature.called_arrays if self._may_be_matrix(s)}
            array = min(called, default=array)
        if array is not None:
            reason = holds_where(f"{array} is a number, and it is used as an array")
            return replace(judged, verdict=replace(judged.verdict, status=Status.UNDECIDED, reason=reason))
        judged = self._with_parts_opaque(step, left, right, judged)
        other = self._meant_otherwise(left, right) if judged.verdict.is_refuted else None
        if other is None and judged.verdict.is_refuted and judged.equation and has_powers(judged.equation):
            other = "a superscript of x may be a power or an index"
        if other is not None:
            verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=other)
            judged = replace(judged, verdict=verdict)
        if judged.verdict.is_proved and judged.equation is not None:
            verdict = defined_where_said(judged.verdict, judged.equation, self._regions, step.formula)
            judged = replace(judged, verdict=verdict)
        if judged.verdict.is_refuted and judged.equation is not None:
            verdict = within(judged.verdict, judged.equation, self._regions, self.seed)
            judged = replace(judged, verdict=verdict)
        if judged.verdict.is_refuted or judged.verdict.status is Status.UNDECIDED:
            judged = of_a_piece(judged, step, self.document, self._positive_where, self.seed)
        return judged

    def _written_before(self, step: Step, left: Node, right: Node) -> dict[Node, Node]:
        """What stands for names of a claim in the steps before it, where that is no plain product: h = f * g."""
        names = {n for side in (left, right) for n in walk(side) if isinstance(n, ast.Symbol) and not n.subscripts}
        found: dict[Node, Node] = {}
        for other in itertools.takewhile(lambda s: s is not step, self.document.steps):
            name = other.left.node if other.left is not None else None
            value = other.right.node if other.right is not None else None
            if name is None or name not in names or value is None:
                continue
            found.pop(name, None)
            if Opaque(self.signature, lambda key: bool(self.scope.of(key))).sides(name, value) is not None:
                found[name] = ast.Group("(", ")", value)
        return found

    def _meant_otherwise(self, left: Node, right: Node) -> str | None:
        """What a name of a step may be that is false where it is what it is read as."""
        sides = left, right
        vector = number_behind_matrix(sides, self.signature, self.scope)
        if vector is not None:
            return f"{vector} may be a vector; what its axes are isn't clear from the notation"
        number = square_of_statistic(sides, self.signature)
        if number is not None:
            return f"{number} may be a number here, which has an index elsewhere"
        function = function_taken(left, right, self.signature)
        if function is not None:
            return f"{function} may be a function, and what it stands in may be taken where {function} is"
        return None

    def _with_parts_opaque(self, step: Step, left: Node, right: Node, judged: Judged) -> Judged:
        r"""What is held, left open if it says no more than that f * g, H[p] or E_a b is a product."""
        if judged.verdict.status not in (Status.PROVED, Status.SUPPORTED):
            return judged
        parts = Opaque(self.signature, lambda key: bool(self.scope.of(key)))
        written = self._written_before(step, left, right)
        first, second = (mapped(side, lambda node: written.get(node, node)) for side in (left, right))
        sides = parts.sides(first, second)
        if sides is None or self._tried(step, *sides).verdict.status in (Status.PROVED, Status.SUPPORTED):
            return judged
        reason = Reason(f"holds where {min(parts.found)} is a product, which nothing says", Why.A_PRODUCT)
        return replace(judged, verdict=replace(judged.verdict, status=Status.UNDECIDED, reason=reason))

    def _positive_where(self, inequality: Step) -> sp.Expr | None:
        """What is positive where an inequality of the document holds; None where it can't be read as one of numbers."""
        less, more = inequality.left, inequality.right
        if inequality.sign.sign in MORE:
            less, more = more, less
        if less is None or more is None or less.node is None or more.node is None:
            return None
        try:
            low, high = self._speaker(less, more).side(less.node), self._speaker(more, less).side(more.node)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        return None if low.axes or high.axes else high.expr - low.expr

    @cached_property
    def _weights_before_vectors(self) -> frozenset[str]:
        return weights_before_vectors(self.document, self.signature)

    @cached_property
    def _regions(self) -> Regions:
        return regions_in(self.document, self.signature.habits)

    def _may_be_matrix(self, name: str) -> bool:
        """Whether a capital letter, or what words call an array, is read as a number that nothing says it is."""
        axes = self.signature.axes.get(name, ())
        is_fitted = any(isinstance(sort, tuple) and sort[:1] == ("size",) for sort in axes)  # its shape was found
        if self.scope.of(name) or len(axes) > 1 or is_fitted or name in self.signature.size_names:
            return False
        return len(name) == 1 and name.isupper() or not axes and name in self.signature.called_arrays

    def _tried(self, step: Step, left: Node, right: Node) -> Judged:
        """The verdict on left = right: as it stands, else in the cases that are written around it."""
        self.vanished.clear()
        judged = self._under(step, left, right)
        if judged.verdict.is_proved:
            return judged
        if self.vanished and not judged.verdict.is_refuted:
            judged = self._of_any(step, left, right) or judged
        written, implied = cases_written(self.document, step)
        if self.sticky is not None and any(is_bound(c, (left, right)) for c in self.sticky[0]):
            self.sticky = None
        in_force = self._still_in_force(step, (*written, *implied))
        if self.has_both_labels:
            implied, in_force = (tuple(c for c in cases if not c.is_of_label) for cases in (implied, in_force))
        if implied or in_force:
            sides = self._as_written(step, left, right)
            implied, in_force = (
                tuple(c for c in cases if not is_of_both(c, sides) and not is_bound(c, (left, right)))
                for cases in (implied, in_force)
            )
        said = written if own_chain(step) else (*written, *in_force)  # a chain goes on in the case that it was in
        tried = (
            *written,
            *(c for c in (*implied, *in_force) if c in said or not names_value(c, right, self.signature)),
        )
        joined = cases_joined(self.document, step, written) or in_force
        together = [joined] if len(joined) > 1 and set(joined) <= set(tried) else []
        for cases in (*((case,) for case in tried), *together):
            attempt = self._under(step, left, right, *cases)
            if attempt.verdict.status in (Status.PROVED, Status.SUPPORTED):
                self.sticky = (joined if set(cases) <= set(joined) else cases), step
                conditions = (*attempt.verdict.conditions, *map(str, cases))
                return replace(attempt, verdict=replace(attempt.verdict, conditions=conditions))
            case = cases[0]
            is_elsewhere = case in written and case.is_equal and why(judged.verdict.reason) is Why.ELSEWHERE
            is_open = judged.verdict.status is Status.UNDECIDED or is_elsewhere
            if case in said and attempt.verdict.is_refuted and is_open:
                judged = attempt
            elif len(cases) > 1 and not attempt.verdict.is_refuted and judged.verdict.is_refuted and case in written:
                judged = attempt  # what stands beside a step is part of the claim
        if not judged.verdict.is_proved:
            last = self.document.formulas[step.formula].end_place.line
            known, unsaid = self.signature.symmetries, self.signature.quadratic
            judged = of_symmetric(judged, known, unsaid, last, lambda these: self._under(step, left, right, these))
        if judged.verdict.is_refuted:
            values = values_stated(self.document, step)
            values = tuple(v for v in values if not (self.has_both_labels and v.left in LABELS))
            attempt = self._under(step, left, right, *values) if values else judged
            if attempt.verdict.status in (Status.PROVED, Status.SUPPORTED):
                conditions = (*attempt.verdict.conditions, *map(str, values))
                return replace(attempt, verdict=replace(attempt.verdict, conditions=conditions))
            further = values_stated(self.document, step, in_section=True)
            further = tuple(v for v in further if not names_value(v, right, self.signature))
            if further and further != values and not self.has_both_labels:
                if self._under(step, left, right, *further).verdict.status in (Status.PROVED, Status.SUPPORTED):
                    reason = f"holds for {', '.join(map(str, further))}"
                    verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=reason)
                    return replace(judged, verdict=verdict)
            older = self._under_older(step, left, right)
            if older is not None:
                return older
            for case in cases_behind(self.document, step):
                if any(case.contradicts(other) for other in (*written, *implied, *in_force)):
                    continue
                if case not in written and self._under(step, left, right, case).verdict.is_proved:
                    verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=f"holds for {case}")
                    return replace(judged, verdict=verdict)
        return judged

    def _of_any(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The claim of functions of which nothing is known, where those defined haven't what it is derived by.

        Refuted only where each side is a sum of their derivatives, whatever their values are and with the values
        that they have.
        """
        symbols = self.scope.symbols
        before = {s: symbols[s] for s in self.vanished if s in symbols}
        judged = None
        depends = dict(self.scope.depends)
        for chosen in ({s: e for s, e in before.items() if not e.axes}, before):
            try:
                symbols.update({s: replace(entry, definition=None) for s, entry in chosen.items()})
                self.scope.depends.update({s: set(self.scope.varied.get(s, ())) for s in chosen})
                judged = self._under(step, left, right) if chosen else None
            finally:
                symbols.update(before)
                self.scope.depends = dict(depends)
            if judged is not None and judged.verdict.status in (Status.PROVED, Status.SUPPORTED):
                conditions = (
                    *judged.verdict.conditions,
                    f"for any {', '.join(sorted(e.key for e in chosen.values()))}",
                )
                return replace(judged, verdict=replace(judged.verdict, conditions=conditions))
        if judged is None or not judged.verdict.is_refuted or judged.equation is None:
            return None
        values = tuple(e.definition for e in before.values() if e.definition is not None)
        known = replace(judged.equation, definitions=(*judged.equation.definitions, *values))
        is_refuted = are_of_slopes(judged.equation, self.seed) and decide(known, self.seed, shown=False).is_refuted
        return judged if is_refuted else None

    def _as_written(self, step: Step, left: Node, right: Node) -> list[sp.Expr]:
        """The sides before any name in them has its value, those that can be read."""
        found = []
        for side, node in ((step.left, left), (step.right, right)):
            with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError):
                found += [self._speaker(side).side(node).expr] if side is not None else []
        return found

    def _still_in_force(self, step: Step, written: Sequence[Case]) -> tuple[Case, ...]:
        """The case in which the steps before this one were made, where they are of the same section and near."""
        if self.sticky is None:
            return ()
        cases, last = self.sticky
        here, there = (self.document.formulas[s.formula] for s in (step, last))
        of_label = all(
            case.is_of_label for case in cases
        )  # "for y = 1" is said once for pages, "for i = j" beside its formulas
        apart = here.index - there.index
        if self.kept and self.kept[here.index] - self.kept[there.index] != apart:
            return ()  # what stands between may have been another case
        near = of_label or apart <= NEAR
        between = self.document.formulas[last.formula + 1 : step.formula + 1]
        if any(ends_cases(f.context.before) for f in between):
            return ()
        same = here.context.headings == there.context.headings
        clash = any(case.contradicts(other) for case in cases for other in written)
        return cases if near and same and not clash else ()

    def _under(self, step: Step, left: Node, right: Node, *cases: Case | Values | Symmetries | Mark) -> Judged:
        first, second = self._speakers(step)
        try:
            matrix = right.body if isinstance(right, ast.Group) else right
            claimed = cases_of(matrix) if isinstance(matrix, ast.Matrix) else []
            if claimed:
                return self._by_cases(step, left, claimed, *cases)
            first.matrix = second.matrix = first.has_matrices(left) or second.has_matrices(right)
            a = first.side(left)
            second.fresh = first.fresh + 50
            b = second.side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            self.consulted |= {"beyond"} & first.noticed.consulted
            shown = cells_shown(left, right)
            if shown:
                return of_shown((place, self._under(step, l, r, *cases)) for place, l, r in shown)
            if isinstance(error, MisshapenError) and not cases:
                return self._transposed(step, left, right, error)
            single = None if cases else self._entry_by_entry(step, left, right)
            if single is not None:
                return single
            return Judged(Verdict(Status.UNSUPPORTED, "language", reason=reason_of(error)))
        claim = self._claim(first, second, a, b)
        for case in cases:
            claim = applied(case, claim)
        judged = self._decided(claim)
        if judged.verdict.status is Status.UNSUPPORTED and len(a.axes) != len(b.axes) and not cases:
            single = self._entry_by_entry(step, left, right) or self._lost(first, second, a, b)
            if single is not None:
                return single
        if judged.verdict.status is Status.UNSUPPORTED:
            return of_cuts((self._under(step, one, other, *cases) for one, other in rows_lost(left, right)), judged)
        return judged

    def _by_cases(
        self,
        step: Step,
        left: Node,
        rows: Sequence[tuple[Node, Case | None]],
        *given: Case | Values | Symmetries | Mark,
    ) -> Judged:
        """An equation with a value for every case: all must hold."""
        found: list[Judged] = []
        for node, case in each_member(list(rows)):
            if case is None:
                return Judged(Verdict(Status.UNSUPPORTED, "language", reason="a case whose condition isn't understood"))
            judged = self._under(step, left, node, *given, case)
            if judged.verdict.is_refuted:
                return judged
            found.append(judged)
        worst = [j for j in found if not j.verdict.is_proved]
        if worst:
            return worst[0]
        conditions = tuple(dict.fromkeys(c for j in found for c in j.verdict.conditions))
        return replace(found[0], verdict=replace(found[0].verdict, conditions=conditions))

    def _under_older(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The claim under a definition that the subject of its derivative had before: at most supported, and said."""
        subjects = {
            read_name(n, self.signature.habits).key
            for f in walk(left)
            if isinstance(f, ast.Fraction | ast.Product)
            for n in walk(f.numerator if isinstance(f, ast.Fraction) else f)
            if isinstance(n, ast.Symbol)
        }
        by = {read_name(n, self.signature.habits).key for f in walk(left) for n in _below(f)}
        for key in sorted(subjects & set(self.scope.history)):
            for entry in reversed(self.scope.history[key]):
                current = self.scope.entries[key]
                self.beside = frozenset(self._names_of(current[0]))
                try:
                    with self.scope.trial():
                        self.scope.entries[key] = [entry, *(e for e in current if e.axes != entry.axes)]
                        judged = self._under(step, left, right)
                finally:
                    self.beside = frozenset()
                is_held = judged.verdict.status in (Status.PROVED, Status.SUPPORTED)
                reached = self._names_of(current[0])
                if not is_held and by <= reached and by & (reached - self._names_of(entry)):
                    continue  # L(p), where L(\mu) is differentiated by \mu
                if not judged.verdict.is_refuted:
                    used = f"{key} as defined in line {entry.line}, not in line {current[0].line}"
                    verdict = replace(judged.verdict, conditions=(*judged.verdict.conditions, used))
                    if verdict.is_proved:
                        status = Status.UNDECIDED if self._is_said_anew(step, entry, current[0]) else Status.SUPPORTED
                        verdict = replace(verdict, status=status, reason=f"holds for {used}")
                    return replace(judged, verdict=verdict)
        return None

    def _is_said_anew(self, step: Step, older: Entry, newer: Entry) -> bool:
        """Whether the section of a step defines a name anew, which another section had defined before."""
        here = self.document.formulas[step.formula].context.headings
        return self._headings_at(newer.line) == here and self._headings_at(older.line) not in (None, here)

    def _headings_at(self, line: int) -> tuple[str, ...] | None:
        """The headings under which the formula in a line stands."""
        formulas = (f for f in self.document.formulas if f.place.line <= line <= f.end_place.line)
        return next((f.context.headings for f in formulas), None)

    def _names_of(self, entry: Entry) -> set[str]:
        """The names that a definition reaches."""
        values = [e.definition.value for e in (entry, *self.scope.definitions_of(entry.symbol)) if e.definition]
        return {a.name for value in values for a in labels_in(value)}


def _below(node: object) -> list[ast.Symbol]:
    """The names that stand below the bar of a derivative."""
    if not (isinstance(node, ast.Fraction) and is_differential(node)):
        return []
    return [n for n in walk(node.denominator) if isinstance(n, ast.Symbol)]


def own_chain(step: Step) -> bool:
    """Whether the left side stands in the chain of the step, and is not continued from a display before it."""
    return step.left is not None and (step.left.formula, step.left.chain) == (step.formula, step.chain)
