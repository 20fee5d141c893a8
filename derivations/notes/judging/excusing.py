"""What excuses a step that is false as it stands: everything the document may mean by it, asked for in one order.

    a refuted step ──> the first excuse that it has (`_EXCUSES`): what is said of it instead
                   └─> none: it stays refuted

The excuses of one subject are one file: what the text denies in `denied`, rows for different things in `alternatives`,
samples and their mean in `sampled`, equations to be solved in `posed`, a case or an example in `supposed`, what words
say of a name in `worded`, what nobody stated in `unstated`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derivations.notes.judging.alternatives import Alternatives
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.excuses import Excuse, Suspect, supported
from derivations.notes.judging.posed import Posed
from derivations.notes.judging.sampled import Sampled
from derivations.notes.judging.supposed import Supposed
from derivations.notes.judging.unstated import Unstated
from derivations.notes.judging.worded import Worded
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord
from derivations.reasons import holds_where

__all__ = ["Excusing"]


@dataclass
class Excusing(Alternatives, Posed, Sampled, Supposed, Worded, Unstated):
    """The part of a reading that asks what else a false step may mean."""

    def _excused(
        self, step: Step, left: Node, right: Node, begins: bool, judged: Judged, record: StepRecord
    ) -> StepRecord:
        """A refuted step with the first excuse that it has."""
        if judged.left is None or judged.right is None or step.left is None:
            return record
        around = self.document.formulas[step.formula].context
        suspect = Suspect(step, step.left, left, right, begins, judged, judged.left, judged.right, around, record)
        found = (excuse(self, suspect) for excuse in _EXCUSES)
        return next((excuse.of(record) for excuse in found if excuse is not None), record)

    def _resumed(self, suspect: Suspect) -> Excuse | None:
        """A display that begins with a sign, where it goes on from the display before a calculation on the side."""
        if suspect.own.formula == suspect.step.formula:
            return None
        side = self.document.formulas[suspect.own.formula]
        ends = [s for s in self.document.steps if s.formula < side.index and s.right is not None]
        first = side.chains[0].members[0]
        if not ends or first is None or ends[-1].right is None or ends[-1].right.node is None:
            return None
        written = ends[-1].right.node
        if first not in walk(written):  # what is worked out on the side stands in what was reached
            return None
        judged = self._claimed(replace(suspect.step, left=ends[-1].right), written, suspect.right)
        if not judged.verdict.is_proved:
            return None
        return supported(holds_where(f"it goes on from line {ends[-1].right.place.line}"), judged.verdict.method)


_EXCUSES: tuple[Callable[[Excusing, Suspect], Excuse | None], ...] = (
    # it isn't said to hold, or not of this derivative
    Excusing._denied,
    Excusing._told_apart,
    Excusing._of_something_else,
    Excusing._resumed,
    # what it hangs on is open, whatever is meant
    Excusing._of_open_slopes,
    Excusing._of_what_may_vary,
    # it is said of a case, an example or a name, and isn't claimed of all
    Excusing._assumed_to_sum,
    Excusing._of_a_size,
    Excusing._of_a_label,
    Excusing._with_worked_number,
    Excusing._of_another_class,
    Excusing._of_the_last_class,
    Excusing._of_others_than_a_set,
    Excusing._of_one_example,
    Excusing._of_a_logarithm,
    # it says where something holds: a condition, or an equation to be solved
    Excusing._of_its_slope,
    Excusing._as_condition,
    Excusing._set_to_number,
    Excusing._multiplied_through,
    Excusing._said_to_be_solved,
    Excusing._solved_behind,
    Excusing._slope_at_zero,
    Excusing._up_to_constants,
    Excusing._of_zeros,
    # it leaves out a sum over samples, or takes their mean
    Excusing._for_one_sample,
    Excusing._for_each_sample,
    Excusing._worked_out_elsewhere,
    Excusing._of_unnamed_sample,
    Excusing._of_its_parts,
    Excusing._over_a_part,
    Excusing._over_a_mean,
    Excusing._averaged,
    # words say more of a name than formulas do
    Excusing._of_linear_unit,
    Excusing._of_diagonal_matrix,
    Excusing._of_special_matrix,
    Excusing._of_unread_value,
    Excusing._of_constant_feature,
    Excusing._of_intercept,
    # what it rests on was never stated of what it is about
    Excusing._of_measured_value,
    Excusing._where_active,
    Excusing._of_stated_numbers,
    Excusing._of_shapes,
    Excusing._of_unknown_matrix,
    Excusing._of_arrays_from_zero,
    Excusing._of_one_name,
    Excusing._of_data_entry,
    Excusing._updated,
    Excusing._said_otherwise,
    Excusing._of_another_function,
    Excusing._of_any_data,
    Excusing._without_bias,
    Excusing._at_estimates,
)
"""Asked for in this order; what is open or only said of a case comes before what would be looked for at length."""
