r"""Names that nobody defined, and that a derivative leaves as they are: the gain g_i of y_i = g_i x_i / r, by x_j.

Such a name may be a function of what is differentiated by, as the z of \sigma(z) is of w. Where a document never
differentiates it and writes it as a factor on the right side, it is most often none:

    y_i = g_i x_i / r,   ∂y_i/∂x_j = g_i (δ_ij / r - x_i x_j / (n r³))      holds where g doesn't depend on x
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.atoms import free_atoms, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.functions import Partial
from derivations.notes.judging.claims import Claim
from derivations.notes.judging.settled import Settled
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import holds_where
from derivations.verdict import Status, Verdict

__all__ = ["holding_fixed"]


def holding_fixed(equation: Equation, settled: Settled, claim: Claim, seed: int) -> Verdict | None:
    """Supported where a derivative holds with the names that have no definition held fixed; else None.

    Never of a side that is 0 then: a derivative that hangs on nothing but these names says that they depend on it.
    """
    scope = claim.speaker.scope
    if not claim.left.expr.has(Partial):
        return None
    names = sorted(settled.jets, key=lambda name: str(name.name))
    if any(scope.depends.get(name) for name in names) or not set(names) <= labels_in(claim.right.expr):
        return None
    sides = (equation.left, equation.right, *(d.value for d in equation.definitions))
    flat = {a: sp.S.Zero for side in sides for a in free_atoms(side) if label_of(a) in settled.slopes}
    if not flat:
        return None
    definitions = tuple(replace(d, value=d.value.xreplace(flat)) for d in equation.definitions)
    left, right = (side.xreplace(flat) for side in (equation.left, equation.right))
    fixed = replace(equation, left=left, right=right, definitions=definitions)
    zero = replace(fixed, right=sp.S.Zero)
    found = decide(fixed, seed, OPERATIONS, SECONDS, shown=False)
    if found.status not in (Status.PROVED, Status.SUPPORTED) or is_provable(zero, seed, OPERATIONS, SECONDS):
        return None
    by = ", ".join(sorted({str(label.name).split("/∂")[-1] for label in (label_of(a) for a in flat)}))
    reason = holds_where(f"{', '.join(n.name for n in names)} doesn't depend on {by}")
    return Verdict(Status.SUPPORTED, "held fixed", reason=reason)
