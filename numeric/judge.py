r"""The judges applied to derivations: left by autodiff and by finite differences, right as it is compiled.

For a claim ∂f/∂v = r, both sides become functions of arrays (`lambdify`): f as an array over its own free
indices, r over those of f and of v. The derivative of the *compiled* f by the array v, in reverse and in
forward mode, and by finite differences, is compared with the compiled r, entry by entry. Where v is itself
defined (∂C/∂z with z = w·x + b), f is compiled with z held as an input, and z computed from the same inputs.
Where the derivation has a stable form, that is r, since it is what `compile_gradient` compiles; the last line
is then judged beside it, by forward mode.
A left side that is an expression over derivatives (vᵀHv, a combination of two) is compiled with each
derivative as an input of its own, and the derivative's error bound goes through it.

A second derivative is the derivative of a derivative: by autodiff of autodiff, or by finite differences of
the reverse-mode gradient. Claims without a derivative are compared by value, under `evaluation`.

All claims of a statement are traced into one program and compiled together. Left out: limits (exact only),
existential claims, and sizes beyond the buckets of `inputs`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import jax
import jax.extend.core as jex
import numpy as np
import sympy as sp

from derivations.domain import Domain
from derivations.indexed import UnsupportedExpressionError
from derivations.statement import Derivation, Statement

from .autodiff import Mode
from .derivatives import ClaimCompiler, CompiledClaim, StatedDerivative
from .evidence import Evidence, Pointwise, gather_evidence, suspicion
from .finite_difference import DifferenceJacobian
from .inputs import shape_buckets, statement_batch, step_scale
from .precision import float64_enabled
from .rounding import Program
from .shapes import InputError
from .sharing import Composition

__all__ = ["StatementEvidence", "judge_statement"]

_AT_A_POINT = (
    1  # coordinates that finite differences take at one point, in rotation; a combination of derivatives needs all
)
_MOST_PARTS = 40  # of points drawn: ten times as many as are asked for
_Jacobian = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class StatementEvidence:
    """What the judges found of one derivation. evaluation: of a claim without derivatives. reason: why not judged.

    sizes: those judged at. inputs: of the worst point of a judge that disagrees, name → array.
    """

    name: str
    sizes: dict[str, int] = field(default_factory=dict)
    evaluation: Evidence | None = None
    autodiff: Evidence | None = None
    finite_difference: Evidence | None = None
    reason: str | None = None
    inputs: dict[str, np.ndarray] = field(default_factory=dict)

    def judges(self) -> dict[str, Evidence]:
        """The evidence of each judge that could say anything, by the name of the judge."""
        titles = {"evaluation": self.evaluation, "autodiff": self.autodiff, "finite_difference": self.finite_difference}
        return {title: evidence for title, evidence in titles.items() if evidence is not None}

    @property
    def agrees(self) -> bool:
        """Whether no judge that could say anything disagrees."""
        return all(evidence.agrees for evidence in self.judges().values())

    def as_json(self) -> dict[str, object]:
        """The evidence of each judge, as the report prints it."""
        return {title: evidence.as_json() for title, evidence in self.judges().items()}


def judge_statement(
    statement: Statement,
    derivations: Iterable[Derivation],
    seed: int = 0,
    examples: int = 10_000,
    differences: int = 1_000,
) -> list[StatementEvidence]:
    """The evidence for each derivation of one statement, at the first bucket of sizes.

    examples, differences: the least number of points per claim for autodiff and for finite differences; the
    evidence says how many were used. A derivation that can't be judged in numbers (a limit, an existential
    claim) has a `reason` and no evidence.
    """
    sizes = shape_buckets(statement)[0]
    with float64_enabled():
        return _judge(ClaimCompiler(statement, sizes), sizes, list(derivations), seed, examples, differences)


def _judge(
    compiler: ClaimCompiler,
    sizes: Mapping[sp.Symbol, int],
    order: list[Derivation],
    seed: int,
    examples: int,
    differences: int,
) -> list[StatementEvidence]:
    statement = compiler.statement
    if not statement.variables:
        return [StatementEvidence(d.name, reason="no inputs: numbers only, decided exactly") for d in order]
    results: dict[str, StatementEvidence] = {}
    claims: list[CompiledClaim] = []
    for d in order:
        if d.kind == "limit" or (d.kind == "sign" and d.relation == "<"):
            results[d.name] = StatementEvidence(d.name, reason=f"a {d.kind} of this form is decided exactly only")
            continue
        try:
            claims.append(compiler.claim(d))
        except (UnsupportedExpressionError, InputError) as error:
            results[d.name] = StatementEvidence(d.name, reason=str(error))
    if claims:
        examples = max(examples, differences)
        found, batch = _judge_autodiff(compiler, claims, examples, differences, seed)
        named = {str(s): v for s, v in sizes.items()}
        known: dict[sp.Expr, _Jacobian] = {}
        for claim, (judged, *right) in zip(claims, found, strict=True):
            name = claim.derivation.name
            if not claim.derivatives:
                evidence = StatementEvidence(name, named, evaluation=judged)
            else:
                compared = _Differences(compiler, claim, batch, (right[0], right[1]), known).enough(differences)
                by_difference = _persistent(compiler, claim, batch, compared, seed)
                evidence = StatementEvidence(name, named, autodiff=judged, finite_difference=by_difference)
            results[name] = _with_witness(evidence, {v.name: batch[v.name] for v in statement.variables})
    return [results[d.name] for d in order]


def _points(
    statement: Statement, sizes: Mapping[sp.Symbol, int], count: int, seed: int, part: int
) -> dict[str, np.ndarray]:
    """Part of a batch: inputs in which no continuous variable sits on a whole number, where kinks and ties are."""
    batch = statement_batch(statement, sizes, count, (seed, part))
    rng = np.random.default_rng([seed, 2, part])
    for v in statement.variables:
        x = batch[v.name]
        if v.domain.is_continuous and v.domain is not Domain.INCREASING:
            nudge = 1e-6 * rng.uniform(-1, 1, size=x.shape) * step_scale(x, v.domain)
            batch[v.name] = np.where(x == np.round(x), x + (np.abs(nudge) if v.domain is not Domain.REAL else nudge), x)
    return batch


def _part(count: int) -> int:
    """How many points to draw at a time, so that four parts are enough if one point in thirty says nothing."""
    return math.ceil(count * 0.26)


def _with_witness(evidence: StatementEvidence, batch: Mapping[str, np.ndarray]) -> StatementEvidence:
    for found in (evidence.evaluation, evidence.autodiff, evidence.finite_difference):
        if found is not None and not found.agrees:
            return replace(evidence, inputs={name: a[found.suspects[0]] for name, a in batch.items()})
    return evidence


def _judge_autodiff(
    compiler: ClaimCompiler, claims: list[CompiledClaim], examples: int, few: int, seed: int
) -> tuple[list[tuple[Evidence, np.ndarray, np.ndarray]], dict[str, np.ndarray]]:
    """((evidence, the right side's values, the bounds on them) of each claim, the points judged at).

    The points come with the arrays that derivatives hold, each by the name of its input.

    Points are drawn part by part until every claim has been compared at `examples` of them: a point outside
    `statement.positive` is rejected, and one without a finite derivative or bound is not counted.

    Reverse mode against the form that `compile_gradient` compiles, at all points, compiled. Forward mode
    against the last line, at the first few, on the host: it costs a pass a coordinate, and what it adds is
    that both modes and both forms agree.
    """
    names = [v.name for v in compiler.statement.variables]
    derivatives = list({d.partial: d for claim in claims for d in claim.derivatives}.values())
    held, positive = compiler.held_arrays(derivatives), compiler.positive_fns()
    number_of_sides = 2 * len(claims)

    def sides(mode: Mode, compiled: bool) -> jex.ClosedJaxpr:
        whole = Composition([compiler.specs[name] for name in names])
        inputs = dict(zip(names, whole.arguments, strict=True))
        values = inputs | {name: fn.within(whole, inputs)[0] for name, fn in held.items()}
        known: dict[sp.Expr, Any] = {}
        for jacobians, places in compiler.jacobians(derivatives, mode):
            taken = jacobians.within(whole, values)
            known.update((partial, taken[place]) for partial, place in places.items())
        parts = []
        for claim in claims:
            parts += (claim.right_fn if compiled else claim.last_fn).within(whole, inputs)
            own = [known[d.partial] for d in claim.derivatives]
            if claim.outer_fn is None:
                parts += own
            else:
                extra = {f"derivative_{number}": a for number, a in enumerate(own)}
                parts += claim.outer_fn.within(whole, {**inputs, **extra})
        if compiled:
            parts += [values[name] for name in held]
            parts += [fn.within(whole, inputs)[0] for fn in positive]
        return whole.closed(parts)

    program: Program | None = None
    parts: list[_Part] = []
    points = [0] * len(claims)
    while len(parts) < _MOST_PARTS and min(points) < examples:
        drawn = _points(compiler.statement, compiler.sizes, _part(examples), seed, len(parts))
        arrays = [drawn[name] for name in names]
        if program is None:
            program = _over(sides("reverse", True), arrays)
        values, bounds = program.values(*arrays), program.bounds(*arrays)[1]
        first_positive = len(values) - len(positive)
        kept = _admitted(values[first_positive:], bounds[first_positive:], len(arrays[0]))
        drawn |= dict(zip(held, values[number_of_sides:first_positive], strict=True))
        sides_of = ([a[kept] for a in part[:number_of_sides]] for part in (values, bounds))
        parts.append(_Part({k: a[kept] for k, a in drawn.items()}, *sides_of))
        for number in range(len(claims)):
            ratio = suspicion(_compared(parts[-1], number))
            points[number] += int(np.sum(np.any(ratio >= 0, axis=1)))
    whole = _Part.joined(parts)
    first = [whole.inputs[name][:few] for name in names]
    forward = _over(sides("forward", False), first)
    by_forward = _Part(whole.inputs, *forward.bounds(*first))
    found = []
    for number, claim in enumerate(claims):
        judge = "autodiff" if claim.derivatives else "evaluation"
        evidence = gather_evidence(judge, _compared(whole, number))
        if evidence.agrees and not (other := gather_evidence(judge, _compared(by_forward, number))).agrees:
            evidence = other
        found.append((evidence, whole.values[2 * number], whole.bounds[2 * number]))
    return found, whole.inputs


class _Part(NamedTuple):
    """Points, and at each of them the values of (right, left) claim by claim, and bounds on their errors."""

    inputs: dict[str, np.ndarray]
    values: list[np.ndarray]
    bounds: list[np.ndarray]

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        inputs = {name: np.concatenate([p.inputs[name] for p in parts]) for name in parts[0].inputs}
        values, bounds = (
            [np.concatenate(a) for a in zip(*side, strict=True)] for side in list(zip(*parts, strict=True))[1:]
        )
        return cls(inputs, values, bounds)


def _compared(part: _Part, number: int) -> Pointwise:
    right, left = 2 * number, 2 * number + 1
    return Pointwise.of_coordinates(part.values[right], part.values[left], part.bounds[right] + part.bounds[left])


def _admitted(values: Sequence[np.ndarray], bounds: Sequence[np.ndarray], count: int) -> np.ndarray:
    """The points at which no expression that should be positive is certainly zero or negative."""
    refused = np.zeros(count, dtype=bool)
    for value, bound in zip(values, bounds, strict=True):
        refused |= np.any((value <= -bound).reshape(count, -1), axis=1)
    return np.flatnonzero(~refused)


@dataclass(frozen=True)
class _Differences:
    """A claim's left side by finite differences against its right side, at points of a batch.

    right: (values, bounds on their errors). known: Jacobians of derivatives that an earlier claim needed, too.
    """

    compiler: ClaimCompiler
    claim: CompiledClaim
    batch: Mapping[str, np.ndarray]
    right: tuple[np.ndarray, np.ndarray]
    known: dict[sp.Expr, _Jacobian]

    def enough(self, count: int) -> Pointwise:
        """Comparisons at the first points, as many as it takes to have `count` that say something."""
        length = len(self.right[0])
        size = min(_part(count), length)
        taken, points = min(4 * size, length), 0
        while True:
            compared = self.first(taken)
            points = int(np.sum(np.any(suspicion(compared) >= 0, axis=1)))
            if points >= count or taken == length:
                return compared
            taken = min(max(taken + size, math.ceil(1.02 * taken * count / max(points, 1))), length)

    def first(self, length: int) -> Pointwise:
        """Comparisons at the first points."""
        claim, compiler = self.claim, self.compiler
        batch = {k: a[:length] for k, a in self.batch.items()}
        right, right_error = self.right[0][:length], self.right[1][:length]
        for d in claim.derivatives:
            seen = self.known.get(d.partial)
            if seen is None or len(seen[0]) < length or (claim.outer_fn is not None and np.isnan(seen[0]).any()):
                alone = None if claim.outer_fn is not None else _AT_A_POINT
                self.known[d.partial] = _difference_jacobian(compiler, d, batch, alone)
        lefts = [
            (value[:length], error[:length]) for value, error in (self.known[d.partial] for d in claim.derivatives)
        ]
        if claim.outer_fn is None:
            left, error = lefts[0]
        else:
            taken = {f"derivative_{number}": pair for number, pair in enumerate(lefts)}
            arrays = [taken[name][0] if name in taken else batch[name] for name in claim.outer_fn.names]
            errors = [taken[name][1] if name in taken else None for name in claim.outer_fn.names]
            (left,), (error,) = _over(claim.outer_fn.closed, arrays).bounds(*arrays, errors=errors)
        return Pointwise.of_coordinates(right, left, error + right_error)


def _persistent(
    compiler: ClaimCompiler, claim: CompiledClaim, batch: dict[str, np.ndarray], compared: Pointwise, seed: int
) -> Evidence:
    """The evidence, without suspects that do not persist at two or more of eight points around them.

    The truncation error is estimated, not bounded: once in a million comparisons the estimate is short.
    A wrong claim is wrong all around.
    """
    evidence = gather_evidence("finite_difference", compared)
    rows = np.array(evidence.suspects[:16], dtype=int)
    if not len(rows):
        return evidence
    rng = np.random.default_rng([seed, 3])
    near = {}
    for v in compiler.statement.variables:
        x = np.repeat(batch[v.name][rows], 8, axis=0)
        noise = 1e-4 * rng.uniform(-1, 1, size=x.shape) * step_scale(x, v.domain)
        near[v.name] = x + noise if v.domain.is_continuous else x
    names, arrays = list(near), list(near.values())
    held = compiler.held_arrays(claim.derivatives)
    whole = Composition([compiler.specs[name] for name in names])
    inputs = dict(zip(names, whole.arguments, strict=True))
    right_and_held = whole.closed([fn.within(whole, inputs)[0] for fn in (claim.right_fn, *held.values())])
    (right, *values), (error, *_) = _over(right_and_held, arrays).bounds(*arrays)
    near |= dict(zip(held, values, strict=True))
    again = gather_evidence(
        "finite_difference", _Differences(compiler, claim, near, (right, error), {}).first(len(right))
    )
    count = np.bincount(np.array(again.suspects, dtype=int) // 8, minlength=len(rows))
    if np.any(count >= 2):
        return evidence
    compared.derivative[list(evidence.suspects)] = np.nan
    return gather_evidence("finite_difference", compared)


def _difference_jacobian(
    compiler: ClaimCompiler, d: StatedDerivative, batch: dict[str, np.ndarray], coordinates: int | None
) -> _Jacobian:
    inner, last = compiler.inner(d)
    domains = {v.name: v.domain for v in compiler.statement.variables}

    def make() -> DifferenceJacobian:
        return DifferenceJacobian(inner.closed, [batch[name].shape[1:] for name in inner.names])

    scale = step_scale(batch[last], domains.get(last, Domain.REAL))
    arrays = [batch[name] for name in inner.names]
    return compiler.once(("differences", inner), make)(arrays, inner.names.index(last), scale, coordinates)


def _over(closed: jex.ClosedJaxpr, arrays: Sequence[np.ndarray]) -> Program:
    """The program of a function of one point over those in these arrays."""
    specs = [jax.ShapeDtypeStruct(a.shape[1:], np.dtype(np.float64)) for a in arrays]
    return Program(closed, *specs, points=len(arrays[0]))
