r"""`check_gradient`: is this gradient, written by hand, the gradient of this loss?

Two judges that fail in different ways. Automatic differentiation of the loss sees every coordinate to the last
bits, and believes the loss's own rules (`stop_gradient`, `custom_vjp`). Finite differences believe only the
loss's values. A gradient is refuted if it is apart from a judge by more than the error that is *derived*
for that coordinate at that point (`numeric.rounding`, `numeric.finite_difference`), on an open set of points;
where the judges contradict each other, finite differences decide, and the loss's autodiff is reported.

Both look beyond the example given: `numeric.inputs` draws points of every size and sign.

Left out: a gradient written outside JAX (it must be traceable), and a proof (state the loss for that).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.domain import Domain
from derivations.verdict import Status, Verdict, Witness
from numeric.black_box import BlackBox, ShapeFault, open_black_box
from numeric.evidence import Evidence, gather_evidence
from numeric.inputs import Regime

from .gradient_search import Failure, Judges, judges_of

__all__ = ["GradientCheck", "check_gradient"]

_SHOWN = 8


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found; `verdict.status` is REFUTED (with a witness), SUPPORTED or UNDECIDED.

    coordinate: the name of the worst one (w[3]); error, allowed: |claimed − expected| there, and what
    rounding allows of it. points: how many were judged. detects: the smallest relative fault of any
    one coordinate that autodiff would have caught at these points, and `difference_detects` that finite
    differences would. evidence: judge → what it found. input: the (shrunk) input at fault, name → array.
    judges_disagree: autodiff of the loss contradicts its values; notes: what a reader must know.
    """

    verdict: Verdict
    coordinate: str = ""
    claimed: float = 0.0
    expected: float = 0.0
    error: float = 0.0
    allowed: float = 0.0
    points: int = 0
    detects: float = float("inf")
    difference_detects: float = float("inf")
    evidence: dict[str, Evidence] = field(default_factory=dict)
    input: dict[str, np.ndarray] = field(default_factory=dict)
    judges_disagree: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_refuted(self) -> bool:
        return self.verdict.is_refuted

    def __str__(self) -> str:
        lines = [f"{self.verdict.status.value}: {self.verdict.reason or self.verdict.status.guidance}"]
        if self.coordinate:
            lines.append(f"  worst coordinate  {self.coordinate}: claimed {self.claimed!r}, expected {self.expected!r}")
            lines.append(f"  error             {self.error:.3g}, allowed {self.allowed:.3g}")
        if self.input:
            lines.append(f"  at                {', '.join(f'{k} = {_short(v)}' for k, v in self.input.items())}")
        for judge, found in self.evidence.items():
            power = f"would catch a relative fault of {found.detects:.2g}" if np.isfinite(found.detects) else "no power"
            lines.append(f"  {judge:<17} {found.points} points, {found.comparisons} comparisons; {power}")
        lines += [f"  note              {note}" for note in self.notes]
        return "\n".join(lines)


def check_gradient(
    loss_fn: Callable[..., Any],
    grad_fn: Callable[..., Any] | None,
    *inputs: Any,
    wrt: int | tuple[int, ...] = 0,
    seed: int = 0,
    examples: int | None = None,
    dtype: Any = None,
    domain: Domain | Mapping[int, Domain] | None = None,
) -> GradientCheck:
    r"""Judges whether grad_fn(*inputs) = ∂ loss_fn(*inputs) / ∂ inputs[wrt], here and elsewhere.

    loss_fn: a scalar function that JAX can trace. grad_fn: returns arrays like inputs[wrt]; None checks
    the loss's own reverse-mode gradient (a `jax.custom_vjp`, say). inputs: arrays, pytrees of them, or
    `jax.ShapeDtypeStruct`. Arguments named by `wrt`, those given by shape and those in `domain` vary;
    the others are held. examples: how many points (chosen by size if None). dtype: of the parameters, if
    not theirs. domain: of the arguments, position → `Domain`, or that of the parameters.

    Returns a `GradientCheck`. A wrong shape or type of the gradient is REFUTED with a witness of kind
    "shape". Points at which the loss isn't finite are left out, and named. Raises `ValueError` for
    examples < 1 or seed < 0, `TypeError` for parameters that are not floating-point arrays.

    >>> import jax.numpy as jnp
    >>> print(check_gradient(lambda w: jnp.sum(w**2), lambda w: 2 * w, jnp.ones(3)).verdict.status.value)
    supported
    >>> check = check_gradient(lambda w: jnp.sum(w**3), lambda w: 3 * w * jnp.abs(w), jnp.ones(3))
    >>> check.verdict.status.value, check.coordinate, check.claimed, check.expected
    ('refuted', 'w[0]', -3.0, 3.0)
    """
    if examples is not None and examples < 1:
        raise ValueError(f"examples={examples}: at least one point is needed")
    if seed < 0:
        raise ValueError(f"seed={seed}: a seed is 0 or more")
    try:
        box = open_black_box(loss_fn, grad_fn, inputs, wrt, dtype, domain)
    except ShapeFault as fault:
        witness = Witness("shape", left="grad_fn", right=str(fault))
        return GradientCheck(Verdict(Status.REFUTED, "shape", witness=witness, reason=str(fault)))

    usual = int(np.clip(2**16 // box.size, 16, 1024))  # enough for every regime; more cost more
    count = examples or usual
    judges = judges_of(box, min(count, usual))
    return _Check(box, judges, count, seed).run()


class _Check:
    def __init__(self, box: BlackBox, judges: Judges, count: int, seed: int) -> None:
        self.box, self.judges = box, judges
        self.arrays = box.points(count, seed)
        self.few = self._few_points(seed)
        self.notes = list(judges.notes)
        self.evidence: dict[str, Evidence] = {}

    def _few_points(self, seed: int) -> list[np.ndarray]:
        """Points for finite differences: the one given, then (of many coordinates) ordinary ones, where a
        direction has the most power, then those of every kind."""
        count = self.judges.difference_batch
        ordinary = self.box.points(max(2, count), seed, (Regime.ORDINARY,))
        first = max(1, count // 2) if self.judges.directions is not None else 0
        given = int(self.box.has_example)
        pairs = zip(self.arrays, ordinary, strict=True)
        return [np.concatenate([a[:given], o[len(o) - first :], a[1:]])[:count] for a, o in pairs]

    def run(self) -> GradientCheck:
        losses = self.judges.loss_values(*self.arrays)
        self._note_nonfinite(losses)
        if not np.isfinite(losses).any():
            reason = "loss_fn is finite at none of the points tried; give a domain, or inputs where it is"
            return self._result(Status.UNDECIDED, reason)
        failures: list[Failure] = []
        disagree = False
        if self.judges.autodiff is not None:
            for name, found in self.judges.compare_autodiff(*self.arrays).items():
                self.evidence[self._title(name)] = evidence = gather_evidence(name, found)
                failures += self._confirm(name, evidence, failures)
        found = self.judges.compare("finite differences")(*self.few)
        self.evidence["finite differences"] = evidence = gather_evidence("finite differences", found)
        by_values = self.judges.confirm("finite differences", evidence.suspects, self.few)

        standing = []
        for failure in failures:
            if self._loss_is_at_fault(failure):
                disagree = True
            else:
                standing.append(failure)
        if by_values and not failures and self.judges.autodiff is not None and self.box.gradient is not None:
            disagree = True
        if disagree:
            self.notes.append(
                "the judges disagree: autodiff of loss_fn contradicts its values by finite differences; look for "
                "stop_gradient, a custom derivative rule, or a cast in loss_fn"
            )
        if standing or by_values:
            # coordinate-wise judges first: they name the coordinate, and shrink cheaply
            order = {"reverse": 0, "native": 1, "finite differences": 2, "forward": 3}
            worst = min([*standing, *by_values], key=lambda f: (order[f.judge], -f.error / max(f.allowed, 1e-300)))
            return self._refute(worst, disagree)
        return self._support(disagree)

    def _confirm(self, name: str, evidence: Evidence, failures: list[Failure]) -> list[Failure]:
        if any(f.judge == "reverse" for f in failures):
            return []  # the other modes have nothing to add
        return self.judges.confirm(name, evidence.suspects, self.arrays)

    def _title(self, name: str) -> str:
        return {"reverse": "autodiff, reverse", "forward": "autodiff, forward", "native": f"in {self.box.dtype}"}[name]

    def _note_nonfinite(self, losses: np.ndarray) -> None:
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            simplest = bad[int(np.argmin(np.max(np.abs(self.arrays[0][bad]), axis=1)))]
            where = ", ".join(f"{k} = {_short(v)}" for k, v in self._input(simplest, self.arrays).items())
            self.notes.append(
                f"loss_fn is {float(losses[simplest])} at {where}; {len(bad)} of {len(losses)} points left out "
                "(domain= says where the parameters lie)"
            )

    def _loss_is_at_fault(self, failure: Failure) -> bool:
        """Whether finite differences side with the claim, against autodiff, by more than their own error."""
        if failure.coordinate is None or failure.judge == "native" or not np.isfinite(failure.claimed):
            return False
        arrays = [failure.x[None], *(o[None] for o in failure.others)]
        found = self.judges.along(failure.coordinate)(*arrays)
        d, allowed = float(found.derivative[0, 0]), float(found.allowed[0, 0])
        return bool(abs(failure.claimed - d) <= allowed < abs(failure.expected - d))

    def _refute(self, failure: Failure, disagree: bool) -> GradientCheck:
        small = self.judges.shrink(failure)
        coordinate = small.coordinate
        name = self.box.coordinate(coordinate) if coordinate is not None else "a block of coordinates"
        arrays = [small.x[None], *(o[None] for o in small.others)]
        given = self._input(0, arrays)
        subject = "grad_fn" if self.box.gradient is not None else "the reverse-mode gradient of loss_fn"
        what = "is not finite" if not np.isfinite(small.claimed) else "is wrong"
        reason = f"{subject} {what} at {name}, by {self._title_of(small.judge)}"
        witness = Witness(
            "float",
            indices={} if coordinate is None else {"coordinate": coordinate},
            values=self._values(given),
            left=f"{small.claimed!r}",
            right=f"{small.expected!r} ± {small.allowed:.3g}",
        )
        return self._result(Status.REFUTED, reason, witness, small, name, given, disagree)

    def _title_of(self, judge: str) -> str:
        return judge if judge == "finite differences" else self._title(judge)

    def _support(self, disagree: bool) -> GradientCheck:
        found = [e for e in self.evidence.values() if e.points]
        if not found:
            return self._result(Status.UNDECIDED, "no point gave a finite comparison; give a domain or other inputs")
        reason = None
        if disagree:
            reason = "agrees with the values of loss_fn by finite differences; its autodiff does not"
        worst = max(found, key=lambda e: e.worst_error / e.allowed if e.allowed > 0 else 0.0)
        by_coordinate = self.judges.is_by_coordinate(worst.judge)
        coordinate = worst.coordinate if by_coordinate else None
        name = self.box.coordinate(worst.coordinate) if by_coordinate else f"direction {worst.coordinate}"
        small = Failure(worst.judge, self.arrays[0][0], (), coordinate, worst.claimed, worst.derivative, worst.allowed)
        return self._result(Status.SUPPORTED, reason, None, small, name, {}, disagree)

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
            difference_detects=self.evidence["finite differences"].detects if self.evidence else float("inf"),
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
            shown = np.flatnonzero(entries) if entries.size > _SHOWN else np.arange(entries.size)
            values.update((leaf.entry(int(j)), Fraction(float(entries[j]))) for j in shown[:100])
            if len(shown) < entries.size:
                values[f"{leaf.name}, other entries"] = "0" if len(shown) <= 100 else "as in `input`"
        return values


def _short(array: np.ndarray) -> str:
    flat = np.ravel(array)
    if flat.size <= _SHOWN:
        return np.array2string(np.asarray(array), precision=6, separator=", ").replace("\n", "")
    moved = np.flatnonzero(flat)
    if not len(moved):
        return f"zeros{np.shape(array)}"
    shown = ", ".join(f"[{j}]: {flat[j]:.6g}" for j in moved[:_SHOWN])
    rest = ", …" if len(moved) > _SHOWN else ""
    return f"zeros{np.shape(array)} but for {{{shown}{rest}}}"
