"""verify: the judge: evidence, certificates, reports, and the command line.

`check_gradient` is re-exported, and loaded when it is first used: the command line
imports this package, and answers `--help` without SymPy or JAX.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .gradient_check import GradientCheck, check_gradient

__all__ = ["GradientCheck", "check_gradient"]

_HOME = {"GradientCheck": "gradient_check", "check_gradient": "gradient_check"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
