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

All claims of a statement, and of statements about the same inputs, are traced into one program and compiled together,
so that what they share is computed once. Left out: limits (exact only), existential claims, and sizes beyond the
buckets of `inputs`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import jax
import jax.extend.core as jex
import numpy as np
import sympy as sp

from derivations.atoms import UnsupportedExpressionError
from derivations.domain import Domain
from derivations.statement import Derivation, Statement

from .autodiff import Mode
from .derivatives import ClaimCompiler, CompiledClaim, StatedDerivative, TracedFunction
from .evidence import Evidence, Pointwise, gather_evidence, suspicion
from .finite_difference import DifferenceJacobian
from .inputs import shape_buckets, statement_batch, step_scale
from .precision import float64_enabled
from .rounding import Program
from .shapes import InputError
from .sharing import Composition

__all__ = ["StatementEvidence", "judge_statement", "judge_statements"]

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
    return judge_statements([(statement, derivations)], seed, examples, differences)[0]


def judge_statements(
    groups: Iterable[tuple[Statement, Iterable[Derivation]]],
    seed: int = 0,
    examples: int = 10_000,
    differences: int = 1_000,
) -> list[list[StatementEvidence]]:
    """`judge_statement` of several statements about the same inputs, which makes one program of them.

    What their claims share, the points to begin with, is then computed once. Raises `ValueError` unless the statements
    have the same variables, sizes and, if there is more than one, no expressions that should be positive: these choose
    the points.
    """
    taken = [(statement, list(derivations)) for statement, derivations in groups]
    statements = [statement for statement, _ in taken]
    sizes = [shape_buckets(statement)[0] for statement in statements]
    alike = all(
        (s.variables, own) == (statements[0].variables, sizes[0]) for s, own in zip(statements, sizes, strict=True)
    )
    if not alike or (len(taken) > 1 and any(s.positive for s in statements)):
        raise ValueError(f"{', '.join(s.name for s in statements)}: not about the same inputs; judge them apart")
    with float64_enabled():
        return _judge([_Claims.of(ClaimCompiler(s, sizes[0]), own) for s, own in taken], seed, examples, differences)


@dataclass(frozen=True, eq=False)
class _Claims:
    """The derivations of one statement: those that can be judged, compiled, and the evidence of the others."""

    compiler: ClaimCompiler
    order: list[Derivation]
    claims: list[CompiledClaim]
    reasons: dict[str, StatementEvidence]

    @classmethod
    def of(cls, compiler: ClaimCompiler, order: list[Derivation]) -> _Claims:
        claims: list[CompiledClaim] = []
        reasons = {d.name: StatementEvidence(d.name, reason=why) for d in order if (why := _exact_only(d))}
        compiler.prepare(d for d in order if d.name not in reasons)
        for d in order:
            if d.name in reasons:
                continue
            try:
                claims.append(compiler.claim(d))
            except (UnsupportedExpressionError, InputError) as error:
                reasons[d.name] = StatementEvidence(d.name, reason=str(error))
        return cls(compiler, order, claims, reasons)

    @cached_property
    def derivatives(self) -> list[StatedDerivative]:
        return list({d.partial: d for claim in self.claims for d in claim.derivatives}.values())

    @cached_property
    def held(self) -> dict[str, TracedFunction]:
        return self.compiler.held_arrays(self.derivatives)

    def sides(self, whole: Composition, inputs: Mapping[str, Any], mode: Mode, compiled: bool) -> list[list[Any]]:
        """As parts of a program: (right, left) claim by claim; what derivatives hold; what should be positive.

        compiled: with the right sides that `compile_gradient` compiles, in place of the last lines.
        """
        values = {**inputs, **{name: fn.within(whole, inputs)[0] for name, fn in self.held.items()}}
        known: dict[sp.Expr, Any] = {}
        for jacobians, places in self.compiler.jacobians(self.derivatives, mode):
            taken = jacobians.within(whole, values)
            known.update((partial, taken[place]) for partial, place in places.items())
        sides: list[Any] = []
        for claim in self.claims:
            sides += (claim.right_fn if compiled else claim.last_fn).within(whole, inputs)
            own = [known[d.partial] for d in claim.derivatives]
            if claim.outer_fn is None:
                sides += own
            else:
                extra = {f"derivative_{number}": a for number, a in enumerate(own)}
                sides += claim.outer_fn.within(whole, {**inputs, **extra})
        positive = [fn.within(whole, inputs)[0] for fn in self.compiler.positive_fns()]
        return [sides, [values[name] for name in self.held], positive]


def _exact_only(derivation: Derivation) -> str | None:
    """Why a derivation can't be judged in numbers; None where nothing speaks against it."""
    if not derivation.statement.variables:
        return "no inputs: numbers only, decided exactly"
    if derivation.kind == "limit" or (derivation.kind == "sign" and derivation.relation == "<"):
        return f"a {derivation.kind} of this form is decided exactly only"
    return None


def _judge(parts: list[_Claims], seed: int, examples: int, differences: int) -> list[list[StatementEvidence]]:
    found = iter(_judge_autodiff(parts, max(examples, differences), differences, seed))
    return [_with_differences(part, found, differences, seed) for part in parts]


def _with_differences(
    part: _Claims, found: Iterator[_Autodiff], differences: int, seed: int
) -> list[StatementEvidence]:
    """The evidence of a statement's derivations, given what autodiff found of each claim."""
    compiler, results = part.compiler, dict(part.reasons)
    named = {str(s): v for s, v in compiler.sizes.items()}
    known: dict[sp.Expr, _Jacobian] = {}
    for claim in part.claims:
        judged, right, batch = next(found)
        name = claim.derivation.name
        if not claim.derivatives:
            evidence = StatementEvidence(name, named, evaluation=judged)
        else:
            compared = _Differences(compiler, claim, batch, right, known).enough(differences)
            by_difference = _persistent(compiler, claim, batch, compared, seed)
            evidence = StatementEvidence(name, named, autodiff=judged, finite_difference=by_difference)
        results[name] = _with_witness(evidence, {v.name: batch[v.name] for v in compiler.statement.variables})
    return [results[d.name] for d in part.order]


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


class _Autodiff(NamedTuple):
    """The evidence on a claim, its right side's values with bounds on their errors, and the points judged at.

    The points come with the arrays that the derivatives of its statement hold, each by the name of its input.
    """

    evidence: Evidence
    right: _Jacobian
    batch: dict[str, np.ndarray]


def _judge_autodiff(parts: list[_Claims], examples: int, few: int, seed: int) -> list[_Autodiff]:
    """What autodiff finds of each claim.

    Points are drawn part by part until every claim has been compared at `examples` of them: a point outside
    `statement.positive` is rejected, and one without a finite derivative or bound is not counted.

    Reverse mode against the form that `compile_gradient` compiles, at all points, compiled. Forward mode
    against the last line, at the first few, on the host: it costs a pass a coordinate, and what it adds is
    that both modes and both forms agree.
    """
    claims = [claim for part in parts for claim in part.claims]
    if not claims:
        return []
    compiler = parts[0].compiler
    names = [v.name for v in compiler.statement.variables]
    number_of_sides = 2 * len(claims)
    first_positive = number_of_sides + sum(len(part.held) for part in parts)

    def sides(mode: Mode, compiled: bool) -> jex.ClosedJaxpr:
        whole = Composition([compiler.specs[name] for name in names])
        inputs = dict(zip(names, whole.arguments, strict=True))
        kinds = zip(*(part.sides(whole, inputs, mode, compiled) for part in parts), strict=True)
        outputs = [list(itertools.chain.from_iterable(kind)) for kind in kinds]
        return whole.closed([*outputs[0], *outputs[1], *outputs[2]] if compiled else outputs[0])

    program: Program | None = None
    drawn: list[_Part] = []
    points = [0] * len(claims)
    while len(drawn) < _MOST_PARTS and min(points) < examples:
        inputs = _points(compiler.statement, compiler.sizes, _part(examples), seed, len(drawn))
        arrays = [inputs[name] for name in names]
        if program is None:
            program = _over(sides("reverse", True), arrays)
        values, bounds = program.values(*arrays), program.bounds(*arrays)[1]
        kept = _admitted(values[first_positive:], bounds[first_positive:], len(arrays[0]))
        held = [a[kept] for a in values[number_of_sides:first_positive]]
        sides_of = ([a[kept] for a in part[:number_of_sides]] for part in (values, bounds))
        drawn.append(_Part({k: a[kept] for k, a in inputs.items()}, held, *sides_of))
        for number in range(len(claims)):
            ratio = suspicion(_compared(drawn[-1], number))
            points[number] += int(np.sum(np.any(ratio >= 0, axis=1)))
    whole = _Part.joined(drawn)
    first = [whole.inputs[name][:few] for name in names]
    forward = _over(sides("forward", False), first)
    by_forward = _Part(whole.inputs, [], *forward.bounds(*first))
    held_arrays = iter(whole.held)
    batches = [{**whole.inputs, **{name: next(held_arrays) for name in part.held}} for part in parts]
    found = []
    for number, (claim, batch) in enumerate(
        (c, b) for part, b in zip(parts, batches, strict=True) for c in part.claims
    ):
        judge = "autodiff" if claim.derivatives else "evaluation"
        evidence = gather_evidence(judge, _compared(whole, number))
        if evidence.agrees and not (other := gather_evidence(judge, _compared(by_forward, number))).agrees:
            evidence = other
        found.append(_Autodiff(evidence, (whole.values[2 * number], whole.bounds[2 * number]), batch))
    return found


class _Part(NamedTuple):
    """Points, and at each of them: what derivatives hold; the values of (right, left) claim by claim; their bounds."""

    inputs: dict[str, np.ndarray]
    held: list[np.ndarray]
    values: list[np.ndarray]
    bounds: list[np.ndarray]

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        inputs = {name: np.concatenate([p.inputs[name] for p in parts]) for name in parts[0].inputs}
        arrays = ([np.concatenate(a) for a in zip(*side, strict=True)] for side in list(zip(*parts, strict=True))[1:])
        return cls(inputs, *arrays)


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
