r"""What a step says of means that nobody defined: held with them, and refuted where the document says that they are.

\bar{x} is bound from the start as the mean of the x_i. A step proved by what is only usual is supported; one refuted by
it is refuted where it is off by a sign or a factor 2 alone, for then it was read as it was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.atoms import labels_in
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.means import means_of
from derivations.notes.interpreting.names import names_in
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.parsing.ast import Node
from derivations.notes.report import StepRecord
from derivations.reasons import Reason, Why, holds_where
from derivations.statement import element, index
from derivations.verdict import Status

__all__ = ["Meant"]


@dataclass
class Meant(Judging):
    """The part of a reading that knows means."""

    usual: dict[sp.Symbol, str] = field(default_factory=dict)  # what is only usual, and what is said of it
    logits: dict[sp.Symbol, tuple[sp.Symbol, str]] = field(default_factory=dict)  # what σ is applied to, where it is so

    def _bind_means(self) -> None:
        sample = self.signature.sample
        for mean in means_of(self.document, self.signature):
            axes = self.signature.axes[mean.of]
            own = tuple(index(f"b{place}") for place in range(len(axes)))
            speaker = Elaborator(self.signature, self.scope, 0, self.choices)
            lower, upper = speaker.range_of(sample)
            data = element(self.scope.symbol_for(mean.of, len(axes)), own)
            value = sp.Sum(data, (own[0], lower, upper)) / (upper - lower + 1)
            entry = self.scope.bind(mean.key, own[1:], axes[1:], value, 0)
            self.domains.setdefault(data.base.label, axes)
            if not mean.is_stated:
                self.usual[entry.symbol] = f"{mean.key} is the mean, as is usual"

    def _by_means(self, judged: Judged, *sides: Node) -> Judged:
        """The verdict, a proof by a mean that is only usual, or by a logit that is only supposed, being none."""
        used = self._usual_in(judged) or self._logit_in(sides) if judged.verdict.is_proved else ""
        if not used:
            return judged
        reason = holds_where(used)
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _unless_usual(self, judged: Judged, record: StepRecord) -> StepRecord:
        """A refuted step, undecided where it hangs on what is only usual."""
        used = self._usual_in(judged)
        if not used or is_off_by_a_factor(judged.equation, self.seed):
            return record
        reason = Reason(f"wrong where {used}", Why.USUAL_MEAN)
        return replace(record, verdict="undecided", witness=None, reason=reason)

    def _usual_in(self, judged: Judged) -> str:
        equation = judged.equation
        if equation is None or not (self.usual or self.logits):
            return ""
        labels = {label for d in equation.definitions for label in labels_in(d.target)}
        said = [self.usual[label] for label in labels & self.usual.keys()]
        for logit, (prediction, words) in self.logits.items():
            others = [d.value for d in equation.definitions if prediction not in labels_in(d.target)]
            exprs = (equation.left, equation.right, *others)
            said += [words] if any(logit in labels_in(e) for e in exprs) else []
        return min(said, default="")

    def _logit_in(self, sides: Sequence[Node]) -> str:
        """What is supposed of a logit that stands in a step, or in what a name of it was defined by."""
        names = [entry for ref in names_in(sides, self.signature.habits) for entry in self.scope.of(ref.key)]
        for logit, (prediction, words) in self.logits.items():
            reached = {entry.symbol: entry for entry in names if entry.symbol != prediction}
            waiting = list(reached.values())
            for entry in waiting:
                value = sp.S.Zero if entry.definition is None else entry.definition.value
                new = labels_in(value) - reached.keys() - {prediction}
                reached |= {label: self.scope.symbols[label] for label in new if label in self.scope.symbols}
                waiting += [reached[label] for label in sorted(new, key=str) if label in reached]
            if logit in reached:
                return words
        return ""
