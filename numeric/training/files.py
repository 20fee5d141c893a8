r"""Data larger than memory: rows read from disk while the compiled loop runs.

A `numpy.memmap` (of an `.npy` file: `np.load(path, mmap_mode="r")`) or a `ParquetColumns` in place of an array is
not loaded. The loop asks the host for one block of rows after the other (`jax.pure_callback`), a thread reads the
next one meanwhile, and within a block the one-pass loop over cache-sized blocks runs as it does in memory. So memory
holds two blocks, and every full-batch method works unchanged, to the same numbers.

Left out: minibatches in random order (`sgd`), which would seek for each row.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import numpy as np

from numeric.training.streaming import ArraySource, Blocks, Rows, RowSum, block_rows, row_bytes

__all__ = ["FileSource", "ParquetColumns"]

READ_BYTES = 8 << 20
"""A read's size: large enough for a disk to run at its bandwidth, small beside any memory."""


class ParquetColumns:
    """Columns of a Parquet file as an array: `ParquetColumns("d.parquet", ["a", "b"])` has shape (rows, 2).

    columns: names, for a matrix; one name, for a vector. Rows are decoded in order, as `array[start:stop]` asks;
    asking backwards begins at the first row again. Needs the extra `data` (pyarrow).

    Raises `ValueError` for a file or a column that isn't there, or a column that holds no numbers.
    """

    ndim: int

    def __init__(self, path: str | Path, columns: str | Sequence[str], dtype: Any = np.float32) -> None:
        try:
            from pyarrow import parquet
        except ImportError as error:
            raise ValueError("Parquet needs pyarrow: pip install 'gradproof[data]'") from error
        self.path, self.dtype = Path(path), np.dtype(dtype)
        self.names = [columns] if isinstance(columns, str) else list(columns)
        try:
            self._file = parquet.ParquetFile(self.path)
        except (OSError, ValueError) as error:
            raise ValueError(f"{self.path}: cannot be read as Parquet: {error}") from None
        schema = self._file.schema_arrow
        for name in self.names:
            if name not in schema.names:
                raise ValueError(f"{self.path}: no column {name!r}; it has {', '.join(schema.names)}")
            kind = str(schema.field(name).type)
            if not kind.startswith(("int", "uint", "float", "double", "halffloat", "bool", "decimal")):
                raise ValueError(f"{self.path}: column {name!r} holds {kind}: required numbers; encode it first")
        rows = self._file.metadata.num_rows
        self.shape = (rows,) if isinstance(columns, str) else (rows, len(self.names))
        self.ndim = len(self.shape)
        self._lock = threading.Lock()
        self._at = 0
        self._left: np.ndarray[Any, Any] | None = None
        self._decoded = self._decode()

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice) -> np.ndarray[Any, Any]:
        start, stop, stride = rows.indices(len(self))
        if stride != 1:
            raise IndexError("ParquetColumns are read in order: a slice with step 1")
        with self._lock:
            if start < self._at:
                self._restart()
            parts = []
            while self._at < stop:
                block = next(self._decoded) if self._left is None else self._left
                first, last = max(start - self._at, 0), min(stop - self._at, len(block))
                if last > first:
                    parts.append(block[first:last])
                self._left = block[last:] if last < len(block) else None
                self._at += last
        return np.concatenate(parts) if parts else np.empty((0, *self.shape[1:]), self.dtype)

    def _restart(self) -> None:
        self._at, self._left, self._decoded = 0, None, self._decode()

    def _decode(self) -> Iterator[np.ndarray[Any, Any]]:
        for batch in self._file.iter_batches(batch_size=1 << 14, columns=self.names):
            columns = [_numbers(batch.column(name), self.dtype) for name in self.names]
            yield np.stack(columns, axis=1) if self.ndim == 2 else columns[0]


class FileSource(Blocks):
    """Rows that stay on disk: arrays with a shape, a dtype and slices of rows."""

    def __init__(self, readers: Mapping[str, Any], precision: Any, block_length: int | None = None) -> None:
        self.readers = dict(readers)
        self.dtypes = {name: np.dtype(a.dtype) for name, a in readers.items()}
        self.dtypes = {k: np.dtype(precision) if d == np.float64 else d for k, d in self.dtypes.items()}
        self.count = next(iter(readers.values())).shape[0]
        self.block_length = block_length or block_rows(self.count, row_bytes(readers), READ_BYTES)
        self._ahead: tuple[int, Future[dict[str, np.ndarray[Any, Any]]]] | None = None
        self._last, self._stride = 0, 1
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rows")

    def block(self, arrays: Any, number: Any) -> Rows:
        return dict(jax.pure_callback(self._next, self._shapes(self.block_length), number))

    def tail(self, arrays: Any) -> Rows | None:
        left = self.count % self.block_length
        if left == 0:
            return None
        return dict(jax.pure_callback(self._next, self._shapes(left), self.count // self.block_length))

    def total(self, fn: RowSum, parameters: Any, arrays: Any, stride: Any = 1) -> Any:
        """Σ over blocks from disk of Σ over blocks that fit the cache."""
        return super().total(lambda p, rows: ArraySource.of(rows).total(fn, p, rows), parameters, arrays, stride)

    def _shapes(self, length: int) -> dict[str, jax.ShapeDtypeStruct]:
        return {k: jax.ShapeDtypeStruct((length, *a.shape[1:]), self.dtypes[k]) for k, a in self.readers.items()}

    def _next(self, number: Any) -> dict[str, np.ndarray[Any, Any]]:
        """Block `number`, which has most often been read already; the one that comes after it is begun."""
        wanted = int(number)
        self._stride = wanted - self._last if wanted > self._last else self._stride
        self._last = wanted
        if self._ahead is not None and self._ahead[0] == wanted:
            rows = self._ahead[1].result()
        else:
            rows = self._thread.submit(self._read, wanted).result()
        following = wanted + self._stride if (wanted + self._stride) * self.block_length < self.count else 0
        self._ahead = following, self._thread.submit(self._read, following)
        return rows

    def _read(self, number: int) -> dict[str, np.ndarray[Any, Any]]:
        start = number * self.block_length
        stop = min(start + self.block_length, self.count)
        return {k: np.array(a[start:stop], self.dtypes[k]) for k, a in self.readers.items()}


def _numbers(column: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A column of a batch; what is missing is NaN, which the check of the data then names."""
    values = column.to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype)
