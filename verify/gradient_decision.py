r"""When a gradient is refuted, and what is said otherwise.

The *authority* is autodiff of the loss's values (`gradient_search`): of the loss itself if it has no derivative rules
of its own, else of the same program without them. A persistent failure by it stands,

* unless finite differences side with the claim: then a rule of JAX's is wrong, or the loss isn't what it seems;
* unless the loss has rules of its own, which agree with the claim, and the derivative of its values is apart from both
  by less than a thousandth: a rule may be there because the values are an approximation. Then it is UNDECIDED;
* unless the rounding of a primitive in these programs is only estimated (a factorisation, log Γ) and finite
  differences can't tell the claim from the derivative: then the verdict is UNDECIDED.

A failure by the loss's own rules alone is the loss's fault, if the authority agrees with the claim; where the authority
says nothing (its derivative is 0·∞), it stands if finite differences exclude the claim. Finite differences refute
nothing by themselves: a function may vary within their smallest step, sin(10⁹ x) does.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np

from derivations.verdict import Status, Verdict, Witness
from numeric.black_box import BlackBox
from numeric.evidence import Evidence, gather_evidence, suspicion
from numeric.host import is_key
from numeric.inputs import Regime

from .gradient_report import SHOWN, GradientCheck, short
from .gradient_search import BY_VALUES, DIFFERENCES, Failure, Judges

__all__ = ["Decision"]

_APPROXIMATION = 1e-3
Standing = Literal["stands", "loss at fault", "unclear"]

_TITLES = {"reverse": "autodiff, reverse", "forward": "autodiff, forward", BY_VALUES: "autodiff, values"}

_DISAGREEMENT = (
    "the judges disagree: autodiff of loss_fn contradicts its values; look for stop_gradient, a custom derivative "
    "rule, or a cast in loss_fn"
)
_WITHIN_STEPS = (
    "finite differences agree with neither grad_fn nor autodiff, which agree: loss_fn varies within their smallest step"
)


class Decision:
    """One check: the points, what each judge found at them, and the verdict. notes: what a reader must know."""

    def __init__(self, box: BlackBox, judges: Judges, count: int, seed: int) -> None:
        self.box, self.judges = box, judges
        self.arrays = box.points(count, seed)
        self.few = self._few_points(seed)
        self.notes = list(judges.notes)
        self.evidence: dict[str, Evidence] = {}
        self.tried: dict[str, tuple[float, float]] = {}

    def _few_points(self, seed: int) -> list[np.ndarray]:
        """Points for finite differences: the one given, then (of many coordinates) ordinary ones, where a
        direction has the most power, then those of every kind."""
        count = self.judges.difference_batch
        ordinary = self.box.points(max(2, count), seed, (Regime.ORDINARY,))
        first = max(1, count // 2) if self.judges.directions is not None else 0
        given = int(self.box.has_example)
        pairs = zip(self.arrays, ordinary, strict=True)
        return [np.concatenate([a[:given], o[len(o) - first :], a[1:]])[:count] for a, o in pairs]

    def otherwise_in_code(self) -> str | None:
        """Which function is another in the type of the parameters than in float64, if any."""
        return self.judges.otherwise_in_code(*self.arrays)

    def run(self) -> GradientCheck:
        losses = self.judges.loss_values(*self.arrays)
        self._note_nonfinite(losses)
        if not np.isfinite(losses).any():
            reason = "loss_fn is finite at none of the points tried; give a domain, or inputs where it is"
            return self._result(Status.UNDECIDED, reason)
        self.tried = self._ranges(self.arrays[0][np.isfinite(losses)])
        suspects = self._gather()
        standing, unclear, disagree = self._weigh(suspects)
        if disagree:
            self.notes.append(_DISAGREEMENT)
        if standing is not None:
            return self._refute(standing, disagree)
        if unclear is not None:
            return self._undecided(unclear, disagree)
        return self._support(disagree)

    def _gather(self) -> dict[str, tuple[int, ...]]:
        """The suspects of each judge; what it found becomes evidence."""
        suspects = {}
        for name, found in self.judges.compare_autodiff(*self.arrays).items():
            self.evidence[_TITLES[name]] = evidence = gather_evidence(name, found)
            suspects[name] = evidence.suspects
        found = self.judges.compare(DIFFERENCES)(*self.few)
        self.evidence[DIFFERENCES] = evidence = gather_evidence(DIFFERENCES, found)
        suspects[DIFFERENCES] = evidence.suspects
        return suspects

    def _weigh(self, suspects: dict[str, tuple[int, ...]]) -> tuple[Failure | None, Failure | None, bool]:
        """(a failure that stands, one that nothing decides, whether the loss contradicts itself)."""
        authority = self.judges.authority
        unclear, disagree = None, False
        for name in sorted(suspects, key=lambda name: name != authority):
            if name == DIFFERENCES or disagree or unclear is not None:
                continue
            for failure in self.judges.confirm(name, suspects[name], self.arrays):
                standing = self._standing(failure)
                if standing == "stands":
                    return failure, None, disagree
                disagree |= standing == "loss at fault"
                unclear = failure if standing == "unclear" and unclear is None else unclear
        if disagree or unclear is not None:
            return None, unclear, disagree
        for failure in self.judges.confirm(DIFFERENCES, suspects[DIFFERENCES], self.few):
            says = self._says(authority, failure)
            if says is None or says > 1:
                return None, failure, disagree
            self.notes.append(_WITHIN_STEPS)
            break
        return None, None, disagree

    def _standing(self, failure: Failure) -> Standing:
        """What finite differences along its coordinate, and the authority, say of a failure."""
        excluded = sided = False
        if failure.coordinate is not None and np.isfinite(failure.claimed):
            arrays = [failure.x[None], *(o[None] for o in failure.others)]
            found = self.judges.along(failure.coordinate)(*arrays)
            d, allowed = float(found.derivative[0, 0]), float(found.allowed[0, 0])
            excluded = abs(failure.claimed - d) > allowed
            sided = abs(failure.claimed - d) <= allowed < abs(failure.expected - d)
        if sided:
            return "loss at fault"
        if failure.judge != self.judges.authority:
            says = self._says(self.judges.authority, failure)
            if says is not None and says <= 1:
                return "loss at fault"
            return "stands" if excluded else "unclear"
        if not np.isfinite(failure.claimed):
            return "stands"
        if self.judges.authority == BY_VALUES and self._is_approximation(failure):
            return "unclear"
        return "unclear" if self.judges.estimated and not excluded else "stands"

    def _is_approximation(self, failure: Failure) -> bool:
        """Whether the loss's own rules agree with the claim, and the derivative of its values nearly does."""
        if failure.error > _APPROXIMATION * max(abs(failure.claimed), abs(failure.expected)):
            return False
        own = self.judges.autodiff
        says = None if own is None else self._says(own.modes[0], failure)
        return own is None or (says is not None and says <= 1)

    def _says(self, judge: str | None, failure: Failure) -> float | None:
        """error/allowed by one judge where another failed; None where it says nothing."""
        if judge is None:
            return None
        arrays = [failure.x[None], *(o[None] for o in failure.others)]
        ratio = suspicion(self.judges.compare(judge)(*arrays))[0]
        if failure.coordinate is not None and len(ratio) == self.box.size:
            ratio = ratio[failure.coordinate : failure.coordinate + 1]
        return None if np.any(ratio < 0) else float(np.max(ratio))

    def _ranges(self, x: np.ndarray) -> dict[str, tuple[float, float]]:
        found, position = {}, 0
        for leaf in self.box.parameters:
            part = x[:, position : position + leaf.size]
            position += leaf.size
            if part.size:
                found[leaf.name] = (float(part.min()), float(part.max()))
        return found

    def _note_nonfinite(self, losses: np.ndarray) -> None:
        for leaf in self.box.leaves:
            held = None if leaf.value is None or is_key(leaf) else np.asarray(leaf.value)
            if held is not None and held.dtype.kind in "fc" and not np.all(np.isfinite(held)):
                self.notes.append(f"{leaf.name} has entries that are NaN or infinite")
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            simplest = bad[int(np.argmin(np.max(np.abs(self.arrays[0][bad]), axis=1)))]
            where = ", ".join(f"{k} = {short(v)}" for k, v in self._input(simplest, self.arrays).items())
            self.notes.append(
                f"loss_fn is {float(losses[simplest])} at {where}; {len(bad)} of {len(losses)} points left out "
                "(domain= says where the parameters lie)"
            )

    def _refute(self, failure: Failure, disagree: bool) -> GradientCheck:
        small = self.judges.shrink(failure)
        if self._standing(small) != "stands":
            small = failure
        coordinate = small.coordinate
        name = self._name(coordinate)
        arrays = [small.x[None], *(o[None] for o in small.others)]
        given = self._input(0, arrays)
        subject = "grad_fn" if self.box.gradient is not None else "the reverse-mode gradient of loss_fn"
        what = "is not finite" if not np.isfinite(small.claimed) else "is wrong"
        kind = "" if self.judges.type == np.float64 else f" in {self.box.dtype}"
        reason = f"{subject} {what} at {name}, by {_TITLES[small.judge]}{kind}"
        witness = Witness(
            "float",
            indices={} if coordinate is None else {"coordinate": coordinate},
            values=self._values(given),
            left=f"{small.claimed!r}",
            right=f"{small.expected!r} ± {small.allowed:.3g}",
        )
        return self._result(Status.REFUTED, reason, witness, small, name, given, disagree)

    def _name(self, coordinate: int | None) -> str:
        return self.box.coordinate(coordinate) if coordinate is not None else "a block of coordinates"

    def _undecided(self, failure: Failure, disagree: bool) -> GradientCheck:
        why = "finite differences alone refute nothing"
        if failure.judge != DIFFERENCES:
            why = "finite differences can't tell which is right"
        if failure.judge == BY_VALUES and self._is_approximation(failure):
            why = "the loss's own derivative rules agree with it (its values may be an approximation)"
        elif self.judges.estimated:
            why += f", and the rounding of {', '.join(sorted(self.judges.estimated))} is only estimated"
        by = _TITLES.get(failure.judge, failure.judge)
        reason = f"apart from the derivative by {by} by more than its error, but {why}"
        given = self._input(0, [failure.x[None], *(o[None] for o in failure.others)])
        return self._result(Status.UNDECIDED, reason, None, failure, self._name(failure.coordinate), given, disagree)

    def _support(self, disagree: bool) -> GradientCheck:
        found = [e for e in self.evidence.values() if e.points]
        if not found:
            reason = "no point gave a comparison whose error is bounded; give a domain or other inputs"
            return self._result(Status.UNDECIDED, reason)
        said = "agrees with the values of loss_fn; its autodiff does not" if disagree else None
        worst = max(found, key=lambda e: e.worst_error / e.allowed if 0 < e.allowed < np.inf else 0.0)
        by_coordinate = self.judges.is_by_coordinate(worst.judge)
        coordinate = worst.coordinate if by_coordinate else None
        name = self.box.coordinate(worst.coordinate) if by_coordinate else f"direction {worst.coordinate}"
        small = Failure(worst.judge, self.arrays[0][0], (), coordinate, worst.claimed, worst.derivative, worst.allowed)
        return self._result(Status.SUPPORTED, said, None, small, name, {}, disagree)

    def _result(
        self,
        status: Status,
        reason: str | None,
        witness: Witness | None = None,
        failure: Failure | None = None,
        name: str = "",
        given: dict[str, np.ndarray] | None = None,
        disagree: bool = False,
    ) -> GradientCheck:
        points = max((e.points for e in self.evidence.values()), default=0)
        verdict = Verdict(
            status,
            failure.judge if failure else "autodiff and finite differences",
            witness=witness,
            points=points,
            worst_error=failure.error if failure else None,
            reason=reason,
        )
        powers = [e.detects for k, e in self.evidence.items() if k.startswith("autodiff")]
        return GradientCheck(
            verdict,
            coordinate=name,
            claimed=failure.claimed if failure else 0.0,
            expected=failure.expected if failure else 0.0,
            error=failure.error if failure else 0.0,
            allowed=failure.allowed if failure else 0.0,
            points=points,
            detects=min(powers, default=float("inf")),
            difference_detects=self.evidence[DIFFERENCES].detects if self.evidence else float("inf"),
            tried=self.tried,
            evidence=dict(self.evidence),
            input=given or {},
            judges_disagree=disagree,
            notes=tuple(self.notes),
        )

    def _input(self, point: int, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
        named, position = {}, 0
        for leaf in self.box.parameters:
            named[leaf.name] = arrays[0][point, position : position + leaf.size].reshape(leaf.shape)
            position += leaf.size
        named.update((leaf.name, a[point]) for leaf, a in zip(self.box.others, arrays[1:], strict=True))
        return named

    def _values(self, given: dict[str, np.ndarray]) -> dict[str, Fraction | str]:
        """The entries that are not zero, exactly; up to a hundred."""
        values: dict[str, Fraction | str] = {}
        for leaf in (*self.box.parameters, *self.box.others):
            entries = np.ravel(given[leaf.name])
            shown = np.flatnonzero(entries) if entries.size > SHOWN else np.arange(entries.size)
            values.update((leaf.entry(int(j)), Fraction(float(entries[j]))) for j in shown[:100])
            if len(shown) < entries.size:
                values[f"{leaf.name}, other entries"] = "0" if len(shown) <= 100 else "as in `input`"
        return values
