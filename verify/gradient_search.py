r"""The search behind `check_gradient`: judges of a black box, traced once, and what is done with a suspect.

A comparison above its allowed error is a *suspect*. It becomes a failure only if it *persists*: of eight
points around it, at random distances from 10⁻³ to 10⁻⁹ of a unit step, at least two must fail too. Such
points lie on no kink, tie or pole, where a gradient is a matter of convention; a fault of a formula is
there on an open set. They are generic in float64, and sixteen units in the last place of the parameters' type away
at least: in bfloat16 two of ten numbers are often equal, and next to a threshold that was rounded, a region may be
one unit wide. A failure is then shrunk, each candidate being asked together with its neighbours on both sides.

Points at which the loss isn't finite, in the type of the judge, say nothing.

Left out: a fault at isolated points only (a wrong value at exactly w = 0 refutes nothing: that is where
conventions live).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from numeric.autodiff import FULL_FORWARD, AutodiffJudge, Mode, random_signs
from numeric.black_box import BlackBox
from numeric.evidence import Pointwise, suspicion
from numeric.finite_difference import FULL_DIFFERENCES, DifferenceJudge, block_directions
from numeric.host import is_key
from numeric.rounding import Program, largest_intermediate, narrow_constants_in_doubt, trace
from numeric.shrink import shrink
from numeric.values_only import has_own_rules, values_only

__all__ = ["BY_VALUES", "DIFFERENCES", "Failure", "Judges", "judges_of"]

_DISTANCES = np.array([1e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9])
_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError, AssertionError)
"""What tracing or differentiating somebody's code may raise (NotImplementedError is a RuntimeError)."""
_CACHE: dict[Any, Judges] = {}
_CACHED = 8
_PROBE = 16
_ENTRIES = 1_000_000

Compare = Callable[..., Pointwise]


@dataclass(frozen=True, eq=False)
class Failure:
    """A persistent disagreement: at x (and the others), in one coordinate (None: along a direction)."""

    judge: str
    x: np.ndarray
    others: tuple[np.ndarray, ...]
    coordinate: int | None
    claimed: float
    expected: float
    allowed: float

    @property
    def error(self) -> float:
        return abs(self.claimed - self.expected)


BY_VALUES = "values"
DIFFERENCES = "finite differences"


@dataclass(eq=False)
class Judges:
    """The programs of one black box at one batch size, in float64 or (`double` false) in the type of the parameters.

    authority: the judge by whom a gradient is wrong: autodiff of the loss's values where the loss has
    derivative rules of its own, else its autodiff. doubtful: constants narrower than float64 are held to be rounded.
    notes: what could not be had, in words.
    """

    box: BlackBox
    batch: int
    wide: bool = True
    doubtful: bool = False
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._probe: Judges | None = None
        self.type = np.dtype(np.float64) if self.wide else self.box.dtype
        with narrow_constants_in_doubt() if self.doubtful else nullcontext():
            self._open()

    def _open(self) -> None:
        if not self.wide or self.box.dtype == np.float64:
            self._trace()
            return
        try:
            self._trace()
        except _FAILURES as error:
            self.wide, self.type = False, self.box.dtype
            self.notes.append(f"judged in {self.type}: it can't be evaluated in float64 ({_first_line(error)})")
            self._trace()

    def _trace(self) -> None:
        box, size, wide = self.box, self.box.size, self.type == np.float64
        rng = np.random.default_rng(size)
        f, claim = box.loss_of(self.type), box.gradient_of(self.type)
        one = [jax.ShapeDtypeStruct(spec.shape[1:], spec.dtype) for spec in self._specs(1, self.type)]
        closed = trace(f, *one, double=wide)
        # the largest array that one point needs: a loss of one parameter may sum over a hundred thousand terms
        weight = max(size, largest_intermediate(closed))
        self.batch = int(np.clip(_ENTRIES // weight, 1, self.batch))
        specs = self._specs(self.batch, self.type)
        self.loss = Program(jax.vmap(f), *specs, double=wide)
        signs = None if size <= FULL_FORWARD else random_signs(rng, 4, size)
        modes: tuple[Mode, ...] = ("reverse", "forward") if box.gradient is not None else ("forward",)
        self.autodiff = self._autodiff(f, claim, specs, (modes, *((mode,) for mode in modes)), signs)
        held = self.autodiff.modes if self.autodiff else ()
        for mode in modes:
            if mode not in held:
                self.notes.append(f"{mode} mode is not available: {_first_line(self._missing)}")

        self.by_values: AutodiffJudge | None = None
        self.authority: str | None = held[0] if held else None
        if has_own_rules(closed.jaxpr):
            ways: tuple[tuple[Mode, ...], ...] = (("reverse",), ("forward",))
            self.by_values = self._autodiff(values_only(f), claim, specs, ways, None)
            self.authority = BY_VALUES if self.by_values is not None else None

        self.code: dict[str, tuple[Program, Program]] = {}
        if wide and box.dtype != np.float64:
            native = self._specs(self.batch, box.dtype)
            self.code["loss_fn"] = (Program(jax.vmap(box.loss_of(box.dtype)), *native, double=False), self.loss)
            if box.gradient is not None:
                own = Program(jax.vmap(box.gradient_of(box.dtype)), *native, double=False)
                self.code["grad_fn"] = (own, Program(jax.vmap(claim), *specs))

        self.directions = None
        if size > FULL_DIFFERENCES:
            blocks = 16 if size <= 2_000 else 8 if size <= 20_000 else 4
            self.directions = block_directions(rng, size, blocks, rounds=1)
        lanes = 17 * weight * (size if self.directions is None else len(self.directions))
        self.difference_batch = int(np.clip(_ENTRIES // lanes, 1 if size > 20_000 else 2, 256))
        small = self._specs(self.difference_batch, self.type)
        self.difference = DifferenceJudge(f, claim, small, 0, self.directions, box.scale, wide)
        self.arbiter_batch = int(np.clip(_ENTRIES // (34 * weight), 1, 16))
        few = self._specs(self.arbiter_batch, self.type)
        self.arbiter = DifferenceJudge(f, claim, few, 0, np.eye(2, size), box.scale, wide)

    def _autodiff(self, f: Any, claim: Any, specs: Any, ways: Any, signs: Any) -> AutodiffJudge | None:
        """The judge by the first of these ways that there is."""
        for modes in ways:
            try:
                return AutodiffJudge(f, claim, specs, 0, modes, signs, must_be_finite=True, double=self.wide)
            except _FAILURES as error:
                self._missing: Exception = error
        return None

    @property
    def has_narrow_constants(self) -> bool:
        """Whether what is judged in float64 holds arrays of NumPy's that are narrower."""
        programs = [judge.program for judge in (self.autodiff, self.by_values) if judge is not None]
        return self.type == np.float64 and any(p.has_narrow_constants for p in programs)

    @property
    def estimated(self) -> frozenset[str]:
        """The primitives of loss and gradient whose rounding is estimated, not bounded."""
        found: frozenset[str] = frozenset()
        for judge in (self.autodiff, self.by_values):
            found = found if judge is None else found | judge.program.estimated
        return found

    def _specs(self, count: int, dtype: Any) -> list[jax.ShapeDtypeStruct]:
        others = [jax.ShapeDtypeStruct((count, *leaf.shape), dtype) for leaf in self.box.others]
        return [jax.ShapeDtypeStruct((count, self.box.size), dtype), *others]

    def compare(self, judge: str) -> Compare:
        """The comparisons of one judge at any number of points."""
        if judge == DIFFERENCES:
            return lambda *arrays: self._in_batches(self.difference, self.difference_batch, arrays)

        def by_autodiff(*arrays: np.ndarray) -> Pointwise:
            chosen: Any = self.by_values if judge == BY_VALUES else self.autodiff
            mode = chosen.modes[0] if judge == BY_VALUES else judge
            return self._where_finite(chosen(*arrays)[mode], arrays)

        return lambda *arrays: self._in_batches(by_autodiff, self.batch, arrays)

    def compare_autodiff(self, *arrays: np.ndarray) -> dict[str, Pointwise]:
        """All autodiff judges at once."""
        parts = []
        for chunk in _chunks(arrays, self.batch):
            found: dict[str, Pointwise] = {}
            if self.by_values is not None:
                found[BY_VALUES] = self.by_values(*chunk)[self.by_values.modes[0]]
            if self.autodiff is not None:
                found.update({str(mode): at for mode, at in self.autodiff(*chunk).items()})
            parts.append({name: self._where_finite(at, chunk) for name, at in found.items()})
        length = len(arrays[0])
        return {name: _join([part[name] for part in parts], length) for name in parts[0]}

    def _where_finite(self, found: Pointwise, arrays: Any) -> Pointwise:
        """Without what is compared where the loss itself is not finite."""
        outside = ~np.isfinite(self.loss.bounds(*arrays)[0][0])[:, None]
        power = np.where(outside, np.inf, found.detects)
        return found._replace(allowed=np.where(outside, np.inf, found.allowed), detects=power)

    def otherwise_in_code(self, *arrays: np.ndarray) -> str | None:
        """Which function computes, in the type of the parameters, something else than in float64, if any.

        What follows the default type (draws of `jax.random`, say) does; and what overflows there.
        """
        for name, (own, wide) in self.code.items():
            for chunk in _chunks(arrays, self.batch):
                finite = np.isfinite(self.code["loss_fn"][0].bounds(*chunk)[0][0])
                (value,), (_, (error,)) = own.values(*chunk), own.bounds(*chunk)
                (other,), (other_error,) = wide.bounds(*chunk)
                with np.errstate(all="ignore"):
                    apart = np.abs(value.astype(np.float64) - other) > error + other_error
                apart |= ~np.isfinite(value) & np.isfinite(other)
                if np.any(apart.reshape(len(finite), -1) & finite[:, None]):
                    return name
        return None

    def _in_batches(self, judge: Compare, batch: int, arrays: tuple[np.ndarray, ...]) -> Pointwise:
        return _join([judge(*chunk) for chunk in _chunks(arrays, batch)], len(arrays[0]))

    def loss_values(self, *arrays: np.ndarray) -> np.ndarray:
        values = [self.loss.bounds(*chunk)[0][0] for chunk in _chunks(arrays, self.batch)]
        return np.concatenate(values)[: len(arrays[0])]

    @property
    def probe(self) -> Judges:
        """The same judges for a few points at a time: confirming and shrinking ask about few."""
        if self._probe is None:
            self._probe = self if self.batch <= _PROBE else Judges(self.box, _PROBE, self.wide, self.doubtful)
        return self._probe

    def confirm(self, judge: str, suspects: tuple[int, ...], arrays: list[np.ndarray]) -> Iterator[Failure]:
        """Those of the suspects (of at most eight) that persist around their point, at a neighbour."""
        for suspect in suspects[:8]:
            x, others = arrays[0][suspect], tuple(a[suspect] for a in arrays[1:])
            rng = np.random.default_rng(suspect)
            near = self._around(rng, x, _DISTANCES)
            found = self.probe.compare(judge)(near, *_repeat(others, len(near)))
            ratio = np.max(suspicion(found), axis=1)
            if np.sum(ratio > 1) >= 2:
                yield self._locate(self.failure(judge, near[int(np.argmax(ratio))], others))

    def _around(self, rng: np.random.Generator, x: np.ndarray, distances: np.ndarray) -> np.ndarray:
        """Points at these distances from x, none of their coordinates within sixteen units in the last place."""
        scale, u = self.box.scale(x[None]), rng.uniform(-1.0, 1.0, size=(len(distances), x.size))
        least = 16 * float(jnp.finfo(self.box.dtype).eps) * np.abs(x) * (1 + np.abs(u))
        # a quarter of a step stays in the domain
        near = x + np.copysign(np.minimum(np.maximum(np.abs(u) * distances[:, None] * scale, least), scale / 4), u)
        return self._generic(near)

    def _generic(self, x: np.ndarray) -> np.ndarray:
        return x if self.type == np.float64 else self._in_type(x)

    def _in_type(self, x: np.ndarray) -> np.ndarray:
        return x.astype(self.box.dtype).astype(np.float64)

    def failure(
        self, judge: str, x: np.ndarray, others: tuple[np.ndarray, ...], coordinate: int | None = None
    ) -> Failure:
        """The worst comparison at one point; with a coordinate, that of finite differences along it."""
        if coordinate is not None and judge == DIFFERENCES:
            found = self.along(coordinate)(x[None], *_repeat(others, 1))
            where: int | None = coordinate
            g, d, allowed = (float(a[0, 0]) for a in found[:3])
        else:
            found = self.probe.compare(judge)(x[None], *_repeat(others, 1))
            index = int(np.argmax(suspicion(found)[0]))
            g, d, allowed = (float(a[0, index]) for a in found[:3])
            where = index if self.is_by_coordinate(judge) else None
        return Failure(judge, x, others, where, g, d, allowed)

    def is_by_coordinate(self, judge: str) -> bool:
        """Whether the judge's comparisons are of single coordinates (and not along directions)."""
        if judge == DIFFERENCES:
            return self.directions is None
        return judge != "forward" or (self.autodiff is not None and self.autodiff.signs is None)

    def along(self, coordinate: int) -> Compare:
        """Finite differences in one coordinate alone, at any number of points."""
        direction = np.zeros((2, self.box.size))
        direction[:, coordinate] = 1.0

        def compare(*arrays: np.ndarray) -> Pointwise:
            found = self._in_batches(
                lambda *a: self.arbiter(*a, directions=direction), self.arbiter_batch, tuple(arrays)
            )
            unit = np.exp2(np.floor(np.log2(self.box.scale(arrays[0])[:, coordinate])))[:, None]
            return Pointwise(found.claimed / unit, found.derivative / unit, found.allowed / unit, found.detects)

        return compare

    def _locate(self, failure: Failure) -> Failure:
        """A failure along a block of coordinates, traced to one of them by halving the block."""
        if failure.judge != DIFFERENCES or self.directions is None:
            return failure
        arrays = (failure.x[None], *_repeat(failure.others, 1))
        found = self.compare(DIFFERENCES)(*arrays)
        direction = self.directions[int(np.argmax(suspicion(found)[0]))]
        while np.count_nonzero(direction) > 1:
            support = np.flatnonzero(direction)
            halves = np.zeros((2, direction.size))
            for half, part in zip(halves, np.array_split(support, 2), strict=True):
                half[part] = direction[part]
            ratio = suspicion(
                self._in_batches(lambda *a, h=halves: self.arbiter(*a, directions=h), self.arbiter_batch, arrays)
            )[0]
            if np.max(ratio) <= 1:
                return failure  # spread over many coordinates, each below what can be seen alone
            direction = halves[int(np.argmax(ratio))]
        return self.failure(failure.judge, failure.x, failure.others, int(np.flatnonzero(direction)[0]))

    def shrink(self, failure: Failure) -> Failure:
        """The same failure at a smaller and simpler point."""
        judge, others, coordinate = failure.judge, failure.others, failure.coordinate
        if judge == DIFFERENCES and self.directions is not None and coordinate is not None:
            compare, batch = self.along(coordinate), self.arbiter_batch
        else:
            compare, batch = self.probe.compare(judge), self.probe.batch
            batch = min(batch, self.difference_batch) if judge == DIFFERENCES else batch
            coordinate = None
        rounds = int(np.clip(4_000_000 // (self.box.size * max(batch, 8)), 3, 24))

        def fails(points: np.ndarray) -> np.ndarray:
            """There, and a little to both sides."""
            rng = np.random.default_rng(1)
            points = self._in_type(points)
            near = np.concatenate([self._around(rng, x, np.array([1e-6])) for x in points])
            every = np.concatenate([points, near, self._generic(2 * points - near)])
            found = compare(every, *_repeat(others, len(every)))
            ratio = suspicion(found).reshape(3, len(points), -1)
            fail = np.all(np.max(ratio, axis=2) > 1, axis=0)
            # at a kink, the derivative beside it is another
            worst = np.argmax(ratio[0], axis=1)[None, :, None]
            g, d, allowed = (np.take_along_axis(a.reshape(ratio.shape), worst, 2)[..., 0] for a in found[:3])
            with np.errstate(all="ignore"):
                error = np.where(np.isfinite(g[0]), np.abs(g[0] - d[0]), np.inf)
                room = np.maximum(error / 10, 1e-3 * np.abs(d[0])) + np.max(allowed, axis=0)
            return fail & np.all(np.abs(d[1:] - d[0]) <= room, axis=0)

        proposals = max(batch // 3, 4)
        point = shrink(failure.x, self.box.simplest(), fails, proposals, rounds, failure.coordinate)
        small = self.failure(judge, self._in_type(point), others, coordinate)
        return small if small.error > small.allowed or not np.isfinite(small.claimed) else failure


def judges_of(box: BlackBox, batch: int, wide: bool = True, doubtful: bool = False) -> Judges:
    """The judges of a black box, from a small cache: hundreds of seeds trace and compile once."""
    digest = hashlib.sha256()
    for leaf in box.leaves:
        digest.update(repr((leaf.name, leaf.shape, str(leaf.dtype), leaf.domain, leaf.is_parameter)).encode())
        if leaf.domain is None and leaf.value is not None:
            plain = jax.random.key_data(leaf.value) if is_key(leaf) else leaf.value
            digest.update(np.ascontiguousarray(plain).tobytes())
    key = (box.loss, box.gradient, str(box.structure), box.wrt, str(box.dtype), batch, wide, doubtful, digest.digest())
    try:
        known = _CACHE.get(key)
    except TypeError:  # a callable that can't be hashed
        return _traced(box, batch, wide, doubtful)
    if known is None:
        if len(_CACHE) >= _CACHED:
            del _CACHE[next(iter(_CACHE))]
        known = _CACHE[key] = _traced(box, batch, wide, doubtful)
    return known


def _traced(box: BlackBox, batch: int, wide: bool, doubtful: bool) -> Judges:
    try:
        return Judges(box, batch, wide, doubtful)
    except Exception as error:
        raise TypeError(
            f"loss_fn or grad_fn can't be evaluated at many points by jax.vmap: {_first_line(error)}"
        ) from error


def _chunks(arrays: tuple[np.ndarray, ...], batch: int) -> list[list[np.ndarray]]:
    """Pieces of exactly `batch` points, the last one filled with its first point."""
    pieces = []
    for start in range(0, len(arrays[0]), batch):
        piece = [a[start : start + batch] for a in arrays]
        short = batch - len(piece[0])
        pieces.append([np.concatenate([p, np.repeat(p[:1], short, axis=0)]) if short else p for p in piece])
    return pieces


def _repeat(others: tuple[np.ndarray, ...], count: int) -> tuple[np.ndarray, ...]:
    return tuple(np.broadcast_to(o, (count, *o.shape)) for o in others)


def _join(parts: list[Pointwise], length: int) -> Pointwise:
    return Pointwise(*(np.concatenate(column)[:length] for column in zip(*parts, strict=True)))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
