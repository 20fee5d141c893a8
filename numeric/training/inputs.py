r"""The data of a fit, checked before anything is compiled: one error that names every fault.

Labels and features become arrays of one precision: what is given as float64, float32 or bfloat16 stays, integers and
booleans take the precision of the rest. Values are checked against the domains that the statement declares
(finite; labels in {0, 1}; one-hot rows), block by block, so that nothing as large as the data is made. Whether large
features are finite is told by the first gradient (`Problem.multiplied`), which saves a pass over them.

Left out: missing values and categories, which an estimator or the command line encodes before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import sympy as sp

from derivations.domain import Domain
from derivations.statement import Variable
from numeric.shapes import InputError, read_inputs, variable_slots
from numeric.training.problem import Problem

__all__ = ["DataError", "check_finite", "checked_data", "initial_parameters", "precision_of", "sizes_of"]

_FLOATS = {np.dtype(t) for t in (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)}
_CHUNK = 1 << 16
_PARALLEL_BYTES = 1 << 24


class DataError(InputError):
    """Data that cannot be trained on; the message names each fault: what was given, what is required."""


def precision_of(data: Mapping[str, Any]) -> np.dtype[Any]:
    """float64 if any float64 is given, else float32, which is also what bfloat16 is accumulated in."""
    return np.dtype(np.float64 if any(_dtype(v) == np.float64 and np.ndim(v) for v in data.values()) else np.float32)


def checked_data(problem: Problem, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, float]]:
    """(arrays with a row for each sample, constants by name).

    Raises `DataError` naming each of: a name that is missing or unknown, a dtype that is no number, no rows,
    values outside the declared domain (with the first place), labels of one class. Of large features that is left to
    `check_finite`, where the first gradient is not finite.
    """
    known = {v.name: v for v in (*problem.data, *problem.constants)}
    faults = [f"{name} is missing: required {_wanted(v)}" for name, v in known.items() if name not in data]
    unknown = [name for name in data if name not in known]
    faults += [f"{name} is no input: {problem.statement.name} has {', '.join(known)}" for name in unknown]
    rows: dict[str, Any] = {}
    constants: dict[str, float] = {}
    wide = precision_of({k: v for k, v in data.items() if k in known})
    for name, v in known.items():
        if name not in data:
            continue
        array, fault = _as_array(v, data[name], wide)
        if not fault and not _is_left_unread(problem, v, array):
            fault = _outside(v, array, problem)
        if fault:
            faults.append(fault)
        elif v in problem.constants:
            constants[name] = float(array)
        else:
            rows[name] = array
    if not faults:
        faults += _lengths(rows)
    if faults:
        raise DataError(f"{problem.name}: " + "; ".join(faults))
    return rows, constants


def check_finite(problem: Problem, rows: Mapping[str, Any]) -> None:
    """`DataError` for the first place that is not finite, of the large features that `checked_data` left unread."""
    faults = [_outside(v, rows[v.name], problem) for v in problem.data if _is_left_unread(problem, v, rows[v.name])]
    if any(faults):
        raise DataError(f"{problem.name}: " + "; ".join(filter(None, faults)))


def _is_left_unread(problem: Problem, v: Variable, array: Any) -> bool:
    return v in problem.multiplied and math.prod(array.shape) * array.dtype.itemsize >= _PARALLEL_BYTES


def sizes_of(problem: Problem, rows: Mapping[str, Any], given: Mapping[str, int] | None = None) -> dict[str, int]:
    """Every size by name, read from shapes or given; `DataError` where they contradict the statement."""
    shapes = tuple((name, tuple(a.shape)) for name, a in rows.items())
    return dict(_sizes(problem, shapes, tuple((given or {}).items())))


@lru_cache(maxsize=64)  # tracing takes a millisecond, as long as a fit of a small table
def _sizes(
    problem: Problem, shapes: tuple[tuple[str, tuple[int, ...]], ...], given: tuple[tuple[str, int], ...]
) -> dict[str, int]:
    statement = problem.statement
    slots = variable_slots(statement)
    symbols = {s.name: s for v in statement.variables for axis in v.axes for s in axis.free_symbols}
    unknown = sorted({name for name, _ in given} - set(symbols))
    if unknown:
        raise DataError(
            f"{problem.name}: no size is called {', '.join(unknown)}; sizes are {', '.join(sorted(symbols))}"
        )
    said = {symbols[name]: int(value) for name, value in given}
    needed = frozenset(s for v in problem.parameters for axis in v.axes for s in axis.free_symbols)
    found: dict[sp.Symbol, Any] = {}

    def probe(arrays: dict[str, Any]) -> int:
        found.update(read_inputs(statement, slots, frozenset(arrays), frozenset(), arrays, said)[1])
        return 0

    try:
        jax.eval_shape(probe, {name: jax.ShapeDtypeStruct(shape, jnp.float32) for name, shape in shapes})
    except InputError as error:
        raise DataError(str(error)) from None
    missing = sorted(s.name for s in needed - set(found))
    if missing:
        raise DataError(
            f"{problem.name}: size {', '.join(missing)} is told by no data: give sizes={{{missing[0]!r}: …}}"
        )
    return {s.name: int(value) for s, value in found.items()}


def initial_parameters(
    problem: Problem, sizes: Mapping[str, int], dtype: Any, seed: int, given: Mapping[str, Any] | None
) -> dict[str, np.ndarray[Any, Any]]:
    """Where training starts: zeros, increasing thresholds; layered weights at random (all equal, they would stay so).

    given: parameter → start, of the parameter's shape; what is left out starts as said.
    """
    weights = [v for v in problem.parameters if v.role == "weight"]
    rng = np.random.default_rng(seed)
    start: dict[str, np.ndarray[Any, Any]] = {}
    for v in problem.parameters:
        shape = tuple(int(axis.xreplace({s: sp.Integer(sizes[s.name]) for s in axis.free_symbols})) for axis in v.axes)
        if given is not None and v.name in given:
            start[v.name] = np.asarray(given[v.name], dtype)
            if start[v.name].shape != shape:
                raise DataError(f"{problem.name}: init {v.name} has shape {start[v.name].shape}: required {shape}")
        elif v.domain is Domain.INCREASING:
            start[v.name] = (np.arange(shape[-1]) - (shape[-1] - 1) / 2).astype(dtype) * np.ones(shape, dtype)
        elif v.role == "weight" and len(weights) > 1:
            fan_in = shape[-1] if shape else 1  # Glorot and Bengio 2010, (12), with the fan-in alone
            start[v.name] = (rng.normal(size=shape) / np.sqrt(fan_in)).astype(dtype)
        else:
            start[v.name] = np.zeros(shape, dtype)
    unknown = sorted(set(given or {}) - set(start))
    if unknown:
        raise DataError(f"{problem.name}: init has {', '.join(unknown)}; parameters are {', '.join(start)}")
    return start


def _dtype(value: Any) -> Any:
    return getattr(value, "dtype", None) or np.asarray(value).dtype


def _wanted(v: Variable) -> str:
    return f"numbers of shape ({', '.join(map(str, v.axes))}{',' * (len(v.axes) == 1)})" if v.axes else "a number"


def _as_array(v: Variable, value: Any, wide: Any) -> tuple[Any, str]:
    try:
        array = value if hasattr(value, "dtype") and hasattr(value, "shape") else np.asarray(value)
    except ValueError as error:
        return None, f"{v.name}: {error}; required {_wanted(v)}"
    if array.dtype not in _FLOATS:
        if not np.issubdtype(array.dtype, np.integer) and array.dtype != np.bool_:
            return (
                None,
                f"{v.name} has dtype {array.dtype}: required {_wanted(v)}; encode text and dates as numbers first",
            )
        array = np.asarray(array).astype(wide)
    if len(array.shape) != len(v.axes):
        return None, f"{v.name} has shape {tuple(array.shape)}: required {_wanted(v)}"
    if v.axes and array.shape[0] == 0:
        return None, f"{v.name} has no rows: required at least one"
    return array, ""


def _outside(v: Variable, array: Any, problem: Problem) -> str:
    """What is wrong with the values, with the first place where it is; "" where nothing is."""
    if v.axes and array.shape[0] == 0:
        return ""
    seen: set[float] = set()
    for (start, block), total in zip(_chunks(array), _totals(array), strict=True):
        if not np.isfinite(total) and not (finite := np.isfinite(block)).all():
            at = tuple(int(k) for k in np.argwhere(~finite)[0]) if block.ndim else ()
            where = str([start + at[0], *at[1:]]) if at else ""
            return f"{v.name}{where} is {block[at]}: every value has to be finite"
        good = _in_domain(v.domain, block)
        if not good.all():
            row = int(np.argwhere(~good)[0][0]) if good.ndim else 0
            value, where = (block[row], f"[{start + row}]") if block.ndim else (block, "")
            return f"{v.name}{where} is {value}: required {v.domain.condition(v.name)}"
        if v.role == "label" and v.domain in (Domain.BINARY, Domain.SIGNS):
            seen |= set(np.unique(block).tolist())
        if v.domain is Domain.ONE_HOT and v.role == "label":
            seen |= set(np.unique(np.argmax(block, axis=-1)).tolist())
    one_class = v.role == "label" and v.domain in (Domain.BINARY, Domain.SIGNS, Domain.ONE_HOT) and len(seen) == 1
    if one_class:
        return f"{v.name} has one class only ({seen.pop():g}): with one class there is nothing to tell apart"
    if v.role == "sample weight" and not any(block.any() for _, block in _chunks(array)):
        return f"{v.name} is zero everywhere: at least one sample has to count"
    return ""


def _in_domain(domain: Domain, block: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    match domain:
        case Domain.BINARY:
            return np.asarray((block == 0) | (block == 1))
        case Domain.SIGNS:
            return np.asarray(np.abs(block) == 1)
        case Domain.ONE_HOT:
            return np.asarray(((block == 0) | (block == 1)).all(axis=-1) & (block.sum(axis=-1) == 1))
        case Domain.NONNEGATIVE:
            return np.asarray(block >= 0)
        case Domain.POSITIVE:
            return np.asarray(block > 0)
        case _:
            return np.ones((), bool)


def _chunks(array: Any) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    if not array.shape:
        yield 0, np.asarray(array)
        return
    if isinstance(array, jax.Array) and array.dtype in (np.float32, np.float64) and _is_on_one_cpu(array):
        array = np.from_dlpack(array)  # type: ignore[arg-type]  # the same memory, where a slice of a JAX array or `asarray` is a copy
    for start in range(0, array.shape[0], _CHUNK):
        block = np.asarray(array[start : start + _CHUNK])
        yield start, block.astype(np.float32) if block.dtype == ml_dtypes.bfloat16 else block


def _totals(array: Any) -> Iterator[Any]:
    """The sum of each chunk: one number that is finite is quicker to look at than all. It may overflow."""

    def total(block: np.ndarray[Any, Any]) -> Any:
        with np.errstate(over="ignore", invalid="ignore"):
            return block.sum()

    views = isinstance(array, np.ndarray) and array.dtype in (np.float32, np.float64)
    if not views or array.nbytes < _PARALLEL_BYTES:
        return (total(block) for _, block in _chunks(array))
    with ThreadPoolExecutor() as pool:  # NumPy sums without the interpreter's lock: each core reads a share
        return pool.map(lambda chunk: total(chunk[1]), _chunks(array))


def _is_on_one_cpu(array: jax.Array) -> bool:
    devices = array.devices()
    return len(devices) == 1 and next(iter(devices)).platform == "cpu"


def _lengths(rows: Mapping[str, Any]) -> list[str]:
    lengths = {name: a.shape[0] for name, a in rows.items()}
    if len(set(lengths.values())) <= 1:
        return []
    return [
        f"rows differ: {', '.join(f'{name} has {count}' for name, count in lengths.items())}; required as many in each"
    ]
