r"""Places whose term stands beside the sum of all others: they may be none of those that it runs over.

J = -\log \sigma(u_o^T v) - \sum_{k=1}^K \log \sigma(-u_k^T v)     o may be no k: u_o is added, and not among u_1 … u_K
L = -z_c + \log \sum_k e^{z_k}                                     c is one of the k: its term is no term of the sum
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from derivations.atoms import atoms_of, free_symbols, peel

__all__ = ["places_beside_sums"]


def places_beside_sums(exprs: Iterable[sp.Expr]) -> set[sp.Symbol]:
    """The letters at which arrays stand in a term that is added to a sum over the same arrays."""
    found: set[sp.Symbol] = set()
    for whole in exprs:
        for added in atoms_of(whole, sp.Add):
            totals = [f for term in added.args for f in sp.Mul.make_args(term) if isinstance(f, sp.Sum)]
            others = [term for term in added.args if not any(f in totals for f in sp.Mul.make_args(term))]
            for total in totals:
                found |= {s for other in others for s in _beside(total, other)} & free_symbols(whole)
    return found


def _beside(total: sp.Expr, other: sp.Expr) -> Iterable[sp.Symbol]:
    body, k, _, _ = peel(total)
    summed = {(a.base, at) for a in atoms_of(body, sp.Indexed) for at, index in enumerate(a.indices) if index == k}
    told = {s for d in atoms_of(body, sp.KroneckerDelta) for s in d.free_symbols}
    for entry in atoms_of(other, sp.Indexed):
        for at, index in enumerate(entry.indices):
            if (entry.base, at) in summed and isinstance(index, sp.Symbol) and index not in told:
                yield index
