r"""Tables from files: a matrix of numbers, and one column that is to be predicted.

CSV needs nothing but Python, `.npz` NumPy, Parquet pyarrow (extra `data`). Every fault is one `TableError` that says
the file, the column, the first row that is wrong, and what to do. The target may be text (classes); features are
numbers.

Left out: guessing how text, dates or gaps should become numbers.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numeric.training.checkpoint import read_npz

__all__ = ["Table", "TableError", "read_table"]

Array = np.ndarray[Any, Any]


class TableError(ValueError):
    """A file that is no table of numbers, in one line: where, what, what to do."""


@dataclass(frozen=True)
class Table:
    """names: of the features. features: (rows, len(names)) float. target: (rows,), numbers or text, or None."""

    names: tuple[str, ...]
    features: Array
    target: Array | None


def read_table(path: Path, target: str | None, names: Sequence[str] | None = None) -> Table:
    """The table in a CSV (with a header), Parquet or npz file.

    target: the column to predict. names: the columns that are features; by default all others.
    An npz file has one array for each column, or matrices, whose columns are called `name[0]`, `name[1]`, ….

    Raises `TableError`.
    """
    readers = {".csv": _read_csv, ".parquet": _read_parquet, ".npz": _read_npz}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path}: what is a {path.suffix or 'file without ending'}? Required .csv, .parquet or .npz")
    if not path.is_file():
        raise TableError(f"{path}: no such file")
    columns = reader(path)
    if not columns:
        raise TableError(f"{path}: has no columns")
    for wanted in (*([target] if target else []), *(names or [])):
        if wanted not in columns:
            near = difflib.get_close_matches(wanted, columns, n=1)
            hint = f"; nearest: {near[0]}" if near else ""
            raise TableError(f"{path}: no column {wanted!r}; it has {', '.join(list(columns)[:12])}{hint}")
    chosen = tuple(names) if names is not None else tuple(name for name in columns if name != target)
    if target in chosen:
        raise TableError(f"{path}: target {target!r} is among the features: it would be predicted from itself")
    if not chosen:
        raise TableError(f"{path}: has no column beside {target!r}: nothing to predict from")
    lengths = {len(a) for a in columns.values()}
    if lengths == {0}:
        raise TableError(f"{path}: has no rows")
    if len(lengths) > 1:
        said = ", ".join(f"{name} has {len(a)}" for name, a in list(columns.items())[:4])
        raise TableError(f"{path}: columns differ in their rows: {said}")
    features = np.stack([_numbers(path, name, columns[name]) for name in chosen], axis=1)
    return Table(chosen, features, None if target is None else _target(path, target, columns[target]))


def _read_csv(path: Path) -> dict[str, Array]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            body = [row for row in rows if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path}: cannot be read as CSV: {error}") from None
    if len(set(header)) != len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise TableError(f"{path}: two columns are called {twice!r}")
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise TableError(f"{path}:{number}: has {len(row)} fields: the header has {len(header)}")
    return {name: np.array([row[k] for row in body], dtype=object) for k, name in enumerate(header)}


def _read_parquet(path: Path) -> dict[str, Array]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise TableError(f"{path}: Parquet needs pyarrow: pip install 'gradproof[data]'") from None
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:
        raise TableError(f"{path}: cannot be read as Parquet: {error}") from None
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _read_npz(path: Path) -> dict[str, Array]:
    try:
        arrays = read_npz(path)
    except ValueError as error:
        raise TableError(f"{path}: cannot be read as npz: {error}") from None
    columns: dict[str, Array] = {}
    for name, array in arrays.items():
        if array.ndim == 1:
            columns[name] = array
        elif array.ndim == 2:
            columns |= {f"{name}[{k}]": array[:, k] for k in range(array.shape[1])}
        else:
            raise TableError(f"{path}: {name} has shape {array.shape}: required a column or a matrix")
    return columns


def _refuse_kind(path: Path, name: str, column: Array) -> None:
    """Complex numbers and dates: NumPy would make numbers of them, by leaving out what isn't one."""
    if column.dtype.kind in "cMm":
        raise TableError(f"{path}: column {name!r} holds {column.dtype}: required real numbers; encode it first")


def _numbers(path: Path, name: str, column: Array) -> Array:
    _refuse_kind(path, name, column)
    if column.dtype.kind in "fiub":
        values = column.astype(np.float32 if column.dtype == np.float32 else np.float64)
    else:
        values = np.empty(len(column))
        for row, entry in enumerate(column):
            try:
                values[row] = float(entry)
            except (TypeError, ValueError):
                raise TableError(
                    f"{path}: column {name!r}, row {row + 1} is {entry!r}: required a number; encode text as numbers, "
                    "or leave the column out with --features"
                ) from None
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        found = values[wrong[0]]
        raise TableError(f"{path}: column {name!r}, row {wrong[0] + 1} is {found}: fill gaps or drop rows first")
    return values


def _target(path: Path, name: str, column: Array) -> Array:
    """Numbers where every entry is one, else text."""
    _refuse_kind(path, name, column)
    gaps = [row for row, entry in enumerate(column) if entry is None or entry == ""]
    if gaps:
        raise TableError(f"{path}: target {name!r}, row {gaps[0] + 1} is empty: drop such rows first")
    try:
        values = column.astype(np.float64)
    except (TypeError, ValueError):
        return column.astype(str)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise TableError(f"{path}: target {name!r}, row {row + 1} is {values[row]}: drop such rows first")
    return np.asarray(values)
