r"""The search behind `check_gradient`: judges of a black box, traced once, and what is done with a suspect.

A comparison above its allowed error is a *suspect*. It becomes a failure only if it *persists*: of eight
points around it, at random distances from 10⁻³ to 10⁻⁹ of a unit step, at least two must fail too. Such
points lie on no kink, tie or pole, where a gradient is a matter of convention; a fault of a formula is
there on an open set. A failure is then shrunk, each candidate being asked together with a neighbour.

Left out: a fault at isolated points only (a wrong value at exactly w = 0 refutes nothing: that is where
conventions live).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from numeric.autodiff import FULL_FORWARD, AutodiffJudge, Mode, random_signs
from numeric.black_box import BlackBox
from numeric.evidence import Pointwise, suspicion
from numeric.finite_difference import FULL_DIFFERENCES, DifferenceJudge, block_directions
from numeric.rounding import Program, largest_intermediate, trace
from numeric.shrink import shrink

__all__ = ["Failure", "Judges", "judges_of"]

_DISTANCES = np.array([1e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9])
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


@dataclass(eq=False)
class Judges:
    """The programs of one black box at one batch size. notes: what could not be had, in words."""

    box: BlackBox
    batch: int
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._probe: Judges | None = None
        self.double = np.dtype(np.float64)
        try:
            self._trace()
        except TypeError as error:
            if self.box.dtype == np.float64:
                raise
            self.double = self.box.dtype
            self.notes.append(f"judged in {self.double}: it can't be evaluated in float64 ({_first_line(error)})")
            self._trace()

    def _trace(self) -> None:
        box, size = self.box, self.box.size
        rng = np.random.default_rng(size)
        f, claim = box.loss_of(self.double), box.gradient_of(self.double)
        wide = self.double == np.float64
        one = [jax.ShapeDtypeStruct(spec.shape[1:], spec.dtype) for spec in self._specs(1, self.double)]
        # the largest array that one point needs: a loss of one parameter may sum over a hundred thousand terms
        weight = max(size, largest_intermediate(trace(f, *one, double=wide)))
        self.batch = int(np.clip(_ENTRIES // weight, 1, self.batch))
        specs = self._specs(self.batch, self.double)
        self.loss = Program(jax.vmap(f), *specs, double=wide)
        signs = None if size <= FULL_FORWARD else random_signs(rng, 4, size)
        modes: tuple[Mode, ...] = ("reverse", "forward") if box.gradient is not None else ("forward",)
        self.autodiff: AutodiffJudge | None = None
        for attempt in (modes, *((mode,) for mode in modes)):
            try:
                self.autodiff = AutodiffJudge(f, claim, specs, 0, attempt, signs, must_be_finite=True)
                break
            except (TypeError, NotImplementedError, ValueError) as error:
                missing = error
        held = self.autodiff.modes if self.autodiff else ()
        for mode in modes:
            if mode not in held:
                self.notes.append(f"{mode} mode is not available: {_first_line(missing)}")

        self.native: Program | None = None
        if box.gradient is not None and self.double != box.dtype and "reverse" in held:
            native = jax.vmap(box.gradient_of(box.dtype))
            self.native = Program(native, *self._specs(self.batch, box.dtype), double=False)

        self.directions = None
        if size > FULL_DIFFERENCES:
            blocks = 16 if size <= 2_000 else 8 if size <= 20_000 else 4
            self.directions = block_directions(rng, size, blocks, rounds=1)
        lanes = 17 * weight * (size if self.directions is None else len(self.directions))
        self.difference_batch = int(np.clip(_ENTRIES // lanes, 1 if size > 20_000 else 2, 256))
        small = self._specs(self.difference_batch, self.double)
        self.difference = DifferenceJudge(f, claim, small, 0, self.directions, box.scale)
        self.arbiter_batch = int(np.clip(_ENTRIES // (34 * weight), 1, 16))
        few = self._specs(self.arbiter_batch, self.double)
        self.arbiter = DifferenceJudge(f, claim, few, 0, np.eye(2, size), box.scale)

    def _specs(self, count: int, dtype: Any) -> list[jax.ShapeDtypeStruct]:
        others = [jax.ShapeDtypeStruct((count, *leaf.shape), dtype) for leaf in self.box.others]
        return [jax.ShapeDtypeStruct((count, self.box.size), dtype), *others]

    def compare(self, judge: str) -> Compare:
        """The comparisons of one judge at any number of points."""
        if judge == "finite differences":
            return lambda *arrays: self._in_batches(self.difference, self.difference_batch, arrays)
        assert self.autodiff is not None
        if judge == "native":
            return lambda *arrays: self._in_batches(self._compare_native, self.batch, arrays)
        mode: Any = judge
        return lambda *arrays: self._in_batches(lambda *a: self.autodiff(*a)[mode], self.batch, arrays)  # type: ignore[misc]

    def compare_autodiff(self, *arrays: np.ndarray) -> dict[str, Pointwise]:
        """All autodiff judges at once, in the type of the code as well."""
        assert self.autodiff is not None
        parts = []
        for chunk in _chunks(arrays, self.batch):
            found: dict[str, Pointwise] = {str(mode): at for mode, at in self.autodiff(*chunk).items()}
            if self.native is not None:
                found["native"] = self._compare_native(*chunk)
            parts.append(found)
        length = len(arrays[0])
        return {name: _join([part[name] for part in parts], length) for name in parts[0]}

    def _compare_native(self, *arrays: np.ndarray) -> Pointwise:
        assert self.native is not None
        assert self.autodiff is not None
        (g,), (_, (g_error,)) = self.native.values(*arrays), self.native.bounds(*arrays)
        finite = np.isfinite(g)
        return self.autodiff(*arrays, claimed=(g, np.where(finite, g_error, 0.0)))["reverse"]

    def _in_batches(self, judge: Compare, batch: int, arrays: tuple[np.ndarray, ...]) -> Pointwise:
        return _join([judge(*chunk) for chunk in _chunks(arrays, batch)], len(arrays[0]))

    def loss_values(self, *arrays: np.ndarray) -> np.ndarray:
        values = [self.loss.bounds(*chunk)[0][0] for chunk in _chunks(arrays, self.batch)]
        return np.concatenate(values)[: len(arrays[0])]

    @property
    def probe(self) -> Judges:
        """The same judges for a few points at a time: confirming and shrinking ask about few."""
        if self._probe is None:
            self._probe = self if self.batch <= _PROBE else Judges(self.box, _PROBE)
        return self._probe

    def confirm(self, judge: str, suspects: tuple[int, ...], arrays: list[np.ndarray]) -> list[Failure]:
        """The first of the suspects (of at most eight) that persists around its point, at a neighbour."""
        for suspect in suspects[:8]:
            x, others = arrays[0][suspect], tuple(a[suspect] for a in arrays[1:])
            rng = np.random.default_rng(suspect)
            noise = rng.uniform(-1.0, 1.0, size=(len(_DISTANCES), x.size)) * _DISTANCES[:, None]
            near = self._in_type(x + noise * self.box.scale(x[None]))
            found = self.probe.compare(judge)(near, *_repeat(others, len(near)))
            ratio = np.max(suspicion(found), axis=1)
            if np.sum(ratio > 1) >= 2:
                return [self._locate(self.failure(judge, near[int(np.argmax(ratio))], others))]
        return []

    def _in_type(self, x: np.ndarray) -> np.ndarray:
        return x.astype(self.box.dtype).astype(np.float64)

    def failure(
        self, judge: str, x: np.ndarray, others: tuple[np.ndarray, ...], coordinate: int | None = None
    ) -> Failure:
        """The worst comparison at one point; with a coordinate, that of finite differences along it."""
        if coordinate is not None and judge == "finite differences":
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
        if judge == "finite differences":
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
        if failure.judge != "finite differences" or self.directions is None:
            return failure
        arrays = (failure.x[None], *_repeat(failure.others, 1))
        found = self.compare("finite differences")(*arrays)
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
        if judge == "finite differences" and self.directions is not None and coordinate is not None:
            compare, batch = self.along(coordinate), self.arbiter_batch
        else:
            compare, batch = self.probe.compare(judge), self.probe.batch
            batch = min(batch, self.difference_batch) if judge == "finite differences" else batch
            coordinate = None
        rounds = int(np.clip(4_000_000 // (self.box.size * max(batch, 8)), 3, 24))

        def fails(points: np.ndarray) -> np.ndarray:
            rng = np.random.default_rng(1)
            near = self._in_type(points + 1e-6 * rng.uniform(-1, 1, size=points.shape) * self.box.scale(points))
            both = np.concatenate([self._in_type(points), near])
            ratio = np.max(suspicion(compare(both, *_repeat(others, len(both)))), axis=1)
            return (ratio[: len(points)] > 1) & (ratio[len(points) :] > 1)

        proposals = max(batch // 2, 4)
        small = shrink(failure.x, self.box.simplest(), fails, proposals, rounds, failure.coordinate)
        return self.failure(judge, self._in_type(small), others, coordinate)


def judges_of(box: BlackBox, batch: int) -> Judges:
    """The judges of a black box, from a small cache: hundreds of seeds trace and compile once."""
    digest = hashlib.sha256()
    for leaf in box.leaves:
        digest.update(repr((leaf.name, leaf.shape, str(leaf.dtype), leaf.domain, leaf.is_parameter)).encode())
        if leaf.domain is None and leaf.value is not None:
            digest.update(np.ascontiguousarray(leaf.value).tobytes())
    key = (box.loss, box.gradient, str(box.structure), box.wrt, str(box.dtype), batch, digest.digest())
    try:
        known = _CACHE.get(key)
    except TypeError:  # a callable that can't be hashed
        return Judges(box, batch)
    if known is None:
        if len(_CACHE) >= _CACHED:
            del _CACHE[next(iter(_CACHE))]
        known = _CACHE[key] = Judges(box, batch)
    return known


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
    return str(error).strip().splitlines()[0]
