"""Which derivations a command line names: entries of the catalogue, families, or a file of the user's own.

A file is Python that its user wrote and asks us to run, like a test module; it defines
`DERIVATIONS`. Nothing that is read from a note ever comes this way.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

from derivations.catalog import derivations, families, find
from derivations.statement import Derivation

__all__ = ["SourceError", "load_file", "select"]


class SourceError(ValueError):
    """A name or a file that cannot be used, in one line: what, where, what to do."""


def select(names: Iterable[str]) -> list[Derivation]:
    """The derivations that the names stand for, in order, each once; all of the catalogue for no names."""
    names = list(names)
    if not names:
        return list(derivations())
    chosen: dict[str, Derivation] = {}
    for name in names:
        for derivation in _of(name):
            if chosen.setdefault(derivation.name, derivation) != derivation:
                raise SourceError(f"{name}: another derivation is called {derivation.name}; rename one")
    return list(chosen.values())


def _of(name: str) -> tuple[Derivation, ...]:
    if name.endswith(".py"):
        return load_file(Path(name))
    if name in families():
        return derivations(name)
    try:
        return (find(name),)
    except LookupError as error:
        raise SourceError(str(error.args[0])) from None


def load_file(path: Path) -> tuple[Derivation, ...]:
    """The `DERIVATIONS` of a Python file.

    Raises `SourceError` when there is no such file, it does not run, or it defines no derivations.
    """
    if not path.is_file():
        raise SourceError(f"{path}: no such file; give a Python file that defines DERIVATIONS")
    spec = importlib.util.spec_from_file_location(f"gradproof_user_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SourceError(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = _line_in(path, error)
        raise SourceError(f"{path}{line}: {type(error).__name__}: {error}") from error
    found = getattr(module, "DERIVATIONS", None)
    if not isinstance(found, tuple | list) or not found or not all(isinstance(d, Derivation) for d in found):
        raise SourceError(f"{path}: defines no DERIVATIONS; set DERIVATIONS = (Derivation(…), …) or derive(…)")
    names = [d.name for d in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SourceError(f"{path}: two derivations are called {twice}; rename one")
    return tuple(found)


def _line_in(path: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    line, step = 0, error.__traceback__
    while step is not None:
        if Path(step.tb_frame.f_code.co_filename) == path.absolute() or step.tb_frame.f_code.co_filename == str(path):
            line = step.tb_lineno
        step = step.tb_next
    return f":{line}" if line else ""
