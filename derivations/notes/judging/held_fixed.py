r"""Names that nobody defined, and that a derivative leaves as they are: the gain g_i of y_i = g_i x_i / r, by x_j.

Such a name may be a function of what is differentiated by, as the z of \sigma(z) is of w. Where a document never
differentiates it and writes it as a factor on the right side, it is most often none:

    y_i = g_i x_i / r,   ∂y_i/∂x_j = g_i (δ_ij / r - x_i x_j / (n r³))      holds where g doesn't depend on x
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import free_atoms, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.functions import Partial
from derivations.kernels import str_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.judging.claims import Claim
from derivations.notes.judging.settled import Settled
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import holds_where
from derivations.verdict import Status, Verdict

__all__ = ["holding_fixed", "holding_others_fixed"]


def holding_fixed(equation: Equation, settled: Settled, claim: Claim, seed: int) -> Verdict | None:
    """Supported where a derivative holds with the names that have no definition held fixed; else None.

    Never of a side that is 0 then: a derivative that hangs on nothing but these names says that they depend on it.
    """
    scope = claim.speaker.scope
    if not claim.left.expr.has(Partial):
        return None
    names = sorted(settled.jets, key=str_of)
    if any(scope.depends.get(name) for name in names) or not set(names) <= labels_in(claim.right.expr):
        return None
    flat = _flat_of(equation, settled.slopes)
    fixed = _with_flat(equation, flat)
    found = decide(fixed, seed, OPERATIONS, SECONDS, shown=False)
    if not flat or found.status not in (Status.PROVED, Status.SUPPORTED) or _is_of_nothing(fixed, seed):
        return None
    return Verdict(Status.SUPPORTED, "held fixed", reason=_holds_apart(names, flat))


def holding_others_fixed(equation: Equation, settled: Settled, claim: Claim, seed: int) -> Verdict | None:
    r"""How a refuted step may hold: with the names held fixed that the document never differentiates by themselves.

    So it is with the R of \nabla_\theta P(\tau; \theta) R(\tau), where \nabla_\theta P is written elsewhere. Supported
    where these are written with what they are of, and the others, too, with what is differentiated by; else undecided.
    """
    signature = claim.speaker.signature
    names = [n for n in sorted(settled.jets, key=str_of) if _called(n) not in signature.subjects]
    if not names or len(names) == len(settled.jets):
        return None
    flat = _flat_of(equation, {s for s in settled.slopes if any(s.name.startswith(f"∂{n}/∂") for n in names)})
    fixed = _with_flat(equation, flat)
    if not flat or not is_provable(fixed, seed, OPERATIONS, SECONDS) or _is_of_nothing(fixed, seed):
        return None
    by = {label.name.split("/∂")[-1] for label in map(label_of, flat)}
    shown = {n: _is_written_of(_called(n), by, signature) for n in settled.jets}
    is_clear = all(of is (n not in names) for n, of in shown.items())
    status = Status.SUPPORTED if is_clear else Status.UNDECIDED
    return Verdict(status, "held fixed", reason=_holds_apart(names, flat))


def _is_written_of(name: str, by: Collection[str], signature: Signature) -> bool | None:
    r"""Whether a name is written with one of these in brackets after it, P(\tau; \theta); None where it has none."""
    name = r"\s*".join(map(re.escape, re.findall(r"\\?\w+|\W", name)))
    behind = rf"(?-i:(?<![A-Za-z\\]){name}\s*\}}?\s*\()"
    if not signature.says(behind):
        return None
    return any(signature.says(rf"{behind}[^()]*{re.escape(v)}(?![A-Za-z])") for v in by)


def _called(name: sp.Symbol) -> str:
    """The name of a function as it is written, R of R·1, what is applied to one thing."""
    return name.name.partition("·")[0]


def _flat_of(equation: Equation, slopes: Collection[sp.Symbol]) -> dict[sp.Expr, sp.Expr]:
    sides = (equation.left, equation.right, *(d.value for d in equation.definitions))
    return {a: sp.S.Zero for side in sides for a in free_atoms(side) if label_of(a) in slopes}


def _with_flat(equation: Equation, flat: Mapping[sp.Expr, sp.Expr]) -> Equation:
    definitions = tuple(replace(d, value=d.value.xreplace(flat)) for d in equation.definitions)
    left, right = (side.xreplace(flat) for side in (equation.left, equation.right))
    return replace(equation, left=left, right=right, definitions=definitions)


def _is_of_nothing(fixed: Equation, seed: int) -> bool:
    return is_provable(replace(fixed, right=sp.S.Zero), seed, OPERATIONS, SECONDS)


def _holds_apart(names: Sequence[sp.Symbol], flat: Mapping[sp.Expr, sp.Expr]) -> str:
    by = ", ".join(sorted({str(label.name).split("/∂")[-1] for label in map(label_of, flat)}))
    return holds_where(f"{', '.join(map(_called, names))} doesn't depend on {by}")
