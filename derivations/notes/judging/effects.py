"""What a step does to the truth of its chain: an error introduced, inherited or repaired."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD, StepRecord
from derivations.verdict import Status

__all__ = ["Effects"]


@dataclass
class Effects(Judging):
    """The part of a reading that follows the truth of derivatives."""

    truths: dict[str, tuple[bool, Side]] = field(default_factory=dict)

    def _with_effect(self, step: Step, record: StepRecord) -> StepRecord:
        """What the step does to the truth of its chain: the value of its first side, where that is a derivative."""
        assert step.left is not None and step.right is not None
        first = self._beginning(step)
        if first is None or first.node is None or subject_of(first.node) is None:
            return record
        if record.verdict not in (*HELD, "refuted"):
            return record
        held, key = record.verdict in HELD, render(first.node)
        before = self.truths.get(key)
        was_right = before is None or before[0]
        restated = step.left.node == first.node
        if restated:
            is_right = held
        elif held:
            is_right = was_right
        else:
            is_right = step.right.node is not None and self._holds(replace(step, left=first), first, step.right)
        effect = None
        if was_right and not is_right:
            effect = "introduces_error"
        elif not was_right and is_right:
            effect = "repairs_error"
        elif not was_right and not is_right:
            same = not restated and held or (before is not None and self._holds(step, before[1], step.right))
            effect = "inherits_error" if same else "introduces_error"
        self.truths[key] = is_right, step.right
        return replace(record, effect=effect)

    def _beginning(self, step: Step) -> Side | None:
        """The first side of the chain that a step belongs to, through the displays that it continues."""
        assert step.left is not None
        position = step.left
        for _ in range(200):
            chain = self.document.formulas[position.formula].chains[position.chain]
            if chain.members[0] is not None:
                node = chain.members[0]
                return replace(position, node=node, member=0)
            earlier = [
                s.left
                for s in self.document.steps
                if s.formula == position.formula and s.chain == position.chain and s.left is not None
            ]
            if not earlier or (earlier[0].formula, earlier[0].chain) == (position.formula, position.chain):
                return None
            position = earlier[0]
        return None

    def _holds(self, step: Step, left: Side, right: Side) -> bool:
        if left.node is None or right.node is None:
            return False
        judged = self._under(replace(step, left=left, right=right), left.node, right.node)
        return judged.verdict.status in (Status.PROVED, Status.SUPPORTED)
