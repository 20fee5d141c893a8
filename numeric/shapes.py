"""Sizes read from the shapes of arrays, and the one error that names every fault of an input.

A variable with axes (n, K − 1) and an array of shape (10, 3) say n = 10 and K = 4. Each size must
be told the same by all arrays, and be at least what the statement admits (n ≥ 1, K ≥ 2).

Left out: conversion. Labels come as floats, as the formula uses them; an integer array is refused
rather than cast, since nothing says in which precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp

from derivations.domain import Domain
from derivations.ranges import linear_parts
from derivations.statement import Statement

__all__ = ["InputError", "Slot", "read_inputs", "variable_slots"]


class InputError(ValueError):
    """Arrays that don't fit the statement; the message names each fault: what was given, what is required."""


@dataclass(frozen=True)
class Slot:
    """An input of a compiled function: its name, the SymPy object it stands for, the lengths of its axes.

    lowers: the index of the first entry of each axis (1 for a variable).
    """

    name: str
    key: sp.Expr
    axes: tuple[sp.Expr, ...]
    lowers: tuple[sp.Expr, ...]
    domain: Domain | None = None

    @property
    def shape_text(self) -> str:
        inner = ", ".join(str(a) for a in self.axes)
        return f"({inner},)" if len(self.axes) == 1 else f"({inner})"


def variable_slots(statement: Statement) -> tuple[Slot, ...]:
    """One slot per variable of the statement, in its order."""
    return tuple(
        Slot(v.name, v.base if v.axes else v.label, v.axes, (sp.S.One,) * len(v.axes), v.domain)
        for v in statement.variables
    )


def read_inputs(
    statement: Statement,
    slots: Iterable[Slot],
    required: frozenset[str],
    needed_sizes: frozenset[sp.Symbol],
    inputs: Mapping[str, Any],
    given_sizes: Mapping[sp.Symbol, Any],
) -> tuple[dict[str, jax.Array], dict[sp.Symbol, Any]]:
    """(arrays by name, sizes); raises `InputError` naming every fault at once.

    given_sizes: sizes that are said rather than read; they need not be integers known when compiling.
    """
    by_name = {slot.name: slot for slot in slots}
    faults = [f"{name} is missing: required, of shape {by_name[name].shape_text}" for name in required - set(inputs)]
    faults += [
        f"{name} is not an input: {statement.name} has {', '.join(by_name)}" for name in set(inputs) - set(by_name)
    ]
    arrays: dict[str, jax.Array] = {}
    for name, slot in by_name.items():
        if name in inputs:
            array, fault = _as_array(slot, inputs[name])
            if fault:
                faults.append(fault)
            else:
                arrays[name] = array
    sizes, size_faults = _read_sizes(statement, [by_name[name] for name in arrays], arrays, given_sizes)
    faults += size_faults
    if not faults:
        for symbol in sorted(needed_sizes - set(sizes), key=str):
            telling = [slot.name for slot in by_name.values() if any(symbol in a.free_symbols for a in slot.axes)]
            faults.append(f"size {symbol} cannot be read from {', '.join(arrays) or 'no array'}: pass one of {telling}")
    if faults:
        raise InputError(f"{statement.name}: " + "; ".join(sorted(faults)))
    return arrays, sizes


def _as_array(slot: Slot, value: Any) -> tuple[Any, str]:
    required = f"required a float array of shape {slot.shape_text}"
    try:
        array = jnp.asarray(value)
    except (TypeError, ValueError):
        return None, f"{slot.name} is a {type(value).__name__}: {required}"
    if not jnp.issubdtype(array.dtype, jnp.floating):
        return None, f"{slot.name} has dtype {array.dtype}: {required}; convert it, {slot.name}.astype('float32')"
    if array.ndim != len(slot.axes):
        return None, f"{slot.name} has shape {array.shape}: {required}"
    return array, ""


def _read_sizes(
    statement: Statement,
    slots: list[Slot],
    arrays: Mapping[str, jax.Array],
    given_sizes: Mapping[sp.Symbol, Any],
) -> tuple[dict[sp.Symbol, Any], list[str]]:
    sizes: dict[sp.Symbol, Any] = dict(given_sizes)
    origin = dict.fromkeys(sizes, "the size given")
    faults: list[str] = []
    for slot in slots:
        for axis, length in zip(slot.axes, arrays[slot.name].shape, strict=True):
            solved = _solve_axis(axis, length)
            if solved is not None and solved[0] not in sizes:
                symbol, value = solved
                sizes[symbol], origin[symbol] = value, slot.name
                least = dict(statement.minimum).get(symbol, 1)
                if value < least:
                    what = "no data" if value == 0 else f"{symbol} = {value}"
                    given = f"{slot.name} has shape {arrays[slot.name].shape}: {what}"
                    faults.append(f"{given}; required {slot.shape_text} with {symbol} ≥ {least}")
    for slot in slots:
        known = [_known_length(axis, sizes) for axis in slot.axes]
        shape = arrays[slot.name].shape
        wrong = [
            axis
            for axis, expected, length in zip(slot.axes, known, shape, strict=True)
            if expected is not None and expected != length
        ]
        if wrong:
            where = sorted({s for axis in wrong for s in axis.free_symbols}, key=str)
            reason = ", ".join(f"{s} = {sizes[s]} (from {origin[s]})" for s in where)
            faults.append(
                f"{slot.name} has shape {shape}: required {slot.shape_text}" + (f" with {reason}" if reason else "")
            )
    return sizes, faults


def _known_length(axis: sp.Expr, sizes: Mapping[sp.Symbol, Any]) -> int | None:
    """The length that the sizes imply; None where one of them is not a number while compiling."""
    if not all(isinstance(sizes.get(s), int) for s in axis.free_symbols):
        return None
    return int(axis.xreplace({s: sp.Integer(sizes[s]) for s in axis.free_symbols}))


def _solve_axis(axis: sp.Expr, length: int) -> tuple[sp.Symbol, int] | None:
    """(K, 4) for the axis K − 1 of length 3; None where it doesn't determine one size."""
    parts = linear_parts(axis)
    if parts is None or len(parts[0]) != 1:
        return None
    (symbol, coefficient), constant = next(iter(parts[0].items())), parts[1]
    value, remainder = divmod(length - constant, coefficient)
    return (symbol, value) if remainder == 0 else None
