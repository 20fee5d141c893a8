"""The state of a loop on disk: written whole or not at all, read back to the last bit.

A file is an `.npz` of the state's arrays in the order of its tree, beside a JSON header that says of which problem,
proofs and settings it is. It is written to a temporary file in the same folder and renamed, so that a kill or a full
disk leaves the file before it. Left out: states of other plans, which are refused.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["CheckpointError", "load_state", "read_npz", "save_state", "write_atomically"]


class CheckpointError(ValueError):
    """A checkpoint that cannot be written, read or used for this run."""


def write_atomically(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Calls `write` on a file that takes the place of `path` only when all of it is on disk.

    Raises `CheckpointError` where it can't be written; what was at `path` is then still there.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            write(file)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be written: {error.strerror or error}; what was there is kept") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)  # gone already where it took its place


def read_npz(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of an `.npz` file; `ValueError` where it is none, is cut off, or holds anything but arrays."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError("it is no zip archive, or it is cut off")
        with np.load(path, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(str(error)) from None
    if wrong := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(f"{wrong[0]} in it is no array")
    return arrays


def save_state(path: Path, state: Any, header: dict[str, Any]) -> None:
    """Writes a loop's state."""
    if jax.process_index() != 0:
        return
    found, tree = jax.tree.flatten(state)
    leaves = {f"leaf{k}": np.asarray(leaf) for k, leaf in enumerate(found)}
    text = np.frombuffer(json.dumps({**header, "tree": str(tree)}, sort_keys=True).encode(), np.uint8)
    leaves["header"] = text
    write_atomically(path, lambda file: np.savez(file, **leaves))  # type: ignore[arg-type]


def load_state(path: Path, like: Any, header: dict[str, Any]) -> Any:
    """The state in a file, if there is one, in the structure of `like`; `like` itself where there is no file.

    Raises `CheckpointError` for a file that is no checkpoint, or is one of another run.
    """
    if not path.exists():
        return like
    try:
        file = read_npz(path)
        found = dict(json.loads(bytes(file["header"]).decode()))
        arrays = [file[f"leaf{k}"] for k in range(len(file) - 1)]
    except (TypeError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path}: not a checkpoint ({error}); delete it to begin anew") from None
    wrong = [key for key in header if found.get(key) != header[key]]
    if wrong:
        said = ", ".join(f"{key} is {found.get(key)!r} there and {header[key]!r} here" for key in wrong)
        raise CheckpointError(f"{path}: a checkpoint of another run: {said}; give another file, or delete it")
    leaves, tree = jax.tree.flatten(like)
    if found.get("tree") != str(tree):
        raise CheckpointError(f"{path}: a checkpoint of another version of the program; delete it to begin anew")
    if any(a.shape != leaf.shape or a.dtype != leaf.dtype for a, leaf in zip(arrays, leaves, strict=True)):
        raise CheckpointError(f"{path}: a checkpoint of other data or another number of steps; delete it to begin anew")
    return jax.tree.unflatten(tree, [jnp.asarray(a) for a in arrays])
