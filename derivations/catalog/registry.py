"""Names of the catalogue: `family.claim`, such as `logistic_regression.z`.

A family is a module that exports `DERIVATIONS`; it is imported when one of its names is first asked
for, so that a proof of one family does not build the others.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from functools import cache

from ..statement import Derivation

__all__ = ["UnknownNameError", "derivations", "families", "find"]

_FAMILIES = (
    "linear_regression",
    "regularization",
    "maximum_likelihood",
    "logistic_regression",
    "squared_error_on_sigmoid",
    "softmax_regression",
    "ordinal_regression",
    "neural_network",
)


class UnknownNameError(LookupError):
    """No family or derivation has this name; the message lists the nearest ones."""


def families() -> tuple[str, ...]:
    """The families of the catalogue, in the order in which they are read.

    >>> families()[0]
    'linear_regression'
    """
    return _FAMILIES


def derivations(family: str | None = None) -> tuple[Derivation, ...]:
    """The derivations of one family, or of all.

    >>> derivations("logistic_regression")[0].name
    'logistic_regression.sigmoid_derivative'
    """
    if family is None:
        return tuple(d for name in _FAMILIES for d in _load(name))
    if family not in _FAMILIES:
        raise UnknownNameError(_unknown(family, _FAMILIES))
    return _load(family)


def find(name: str) -> Derivation:
    """The derivation of this full name.

    >>> find("logistic_regression.z").title
    'dC/dz = σ(z) − y'
    """
    family = name.partition(".")[0]
    candidates = _load(family) if family in _FAMILIES else ()
    for derivation in candidates:
        if derivation.name == name:
            return derivation
    known = candidates or derivations()
    raise UnknownNameError(_unknown(name, (*_FAMILIES, *(d.name for d in known))))


@cache
def _load(family: str) -> tuple[Derivation, ...]:
    module = importlib.import_module(f"{__package__}.{family}")
    found: tuple[Derivation, ...] = module.DERIVATIONS
    return found


def _unknown(name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.4)
    hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
    return f"the catalogue has no {name!r}{hint}"
