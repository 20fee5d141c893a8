r"""Vectors of length one: u^T x / u^T u = u^T x, \lambda u^T u = \lambda.

A text says it pages before, by u^T u = 1 or \|u\| = 1, or in words.
"""

from __future__ import annotations

import re
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_symbols
from derivations.equation import Equation, is_provable
from derivations.kernels import str_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import holds_where
from derivations.verdict import Status, Verdict

__all__ = ["of_length_one"]

_WORDS = (
    r"\bunit[- ](length|vector|norm)|单位向量|單位向量|单位长度|単位ベクトル|단위 ?벡터"
    r"|единичн\w+ вектор|Einheitsvektor|vec(teur|tor|tores) unita?i?r\w+"
)


def of_length_one(equation: Equation, signature: Signature, seed: int) -> Verdict | None:
    """What an equation is that holds where a vector in it has length one, if the text says that one has.

    Supported where a formula says it of that vector; left open where the words say it of some vector.
    """
    totals = atoms_of(equation.left, sp.Sum) | atoms_of(equation.right, sp.Sum)
    squared = {label for total in totals if (label := _squared(total)) is not None}
    for label in sorted(squared, key=str_of):
        is_stated = signature.says(_stated(label.name))
        left, right = (_of_length_one(side, label) for side in (equation.left, equation.right))
        if left.is_Number and right.is_Number or not (is_stated or signature.says(_WORDS)):
            continue  # u^T u = 1 says so itself
        if is_provable(replace(equation, left=left, right=right), seed, OPERATIONS, SECONDS):
            status = Status.SUPPORTED if is_stated else Status.UNDECIDED
            return Verdict(status, "length", reason=holds_where(f"{label} has length 1"))
    return None


def _stated(name: str) -> str:
    r"""A pattern of \|u\| = 1 and u^T u = 1."""
    vector = rf"(?:\\\w+\s*\{{\s*)*{re.escape(name)}(?![A-Za-z])\s*\}}*\s*"
    norm = r"(?:\\right|\\[bB]igg?)?\s*(?:\\\||\\[rR]?[vV]ert|\|)\s*(?:_\s*\{?2\}?)?\s*(?:\^\s*\{?2\}?)?"
    square = r"\^\s*\{?\s*(?:\\top|T|\\intercal)\s*\}?\s*"
    return rf"(?<![A-Za-z])(?:{vector}{norm}|{vector}{square}{vector})\s*=\s*1(?![\d.])"


def _squared(total: sp.Sum) -> sp.Symbol | None:
    """The u of Σ_k c u_k², c without k."""
    index = total.limits[0][0]
    square = [f for f in sp.Mul.make_args(total.function) if index in free_symbols(f)]
    if len(total.limits) != 1 or len(square) != 1 or not isinstance(square[0], sp.Pow) or square[0].exp != 2:
        return None
    base = square[0].base
    return base.base.label if isinstance(base, sp.Indexed) and base.indices == (index,) else None


def _of_length_one(side: sp.Expr, label: sp.Symbol) -> sp.Expr:
    """A side with c for each Σ_k c u_k²."""
    ones = {}
    for total in atoms_of(side, sp.Sum):
        if _squared(total) == label:
            index = total.limits[0][0]
            ones[total] = sp.Mul(*(f for f in sp.Mul.make_args(total.function) if index not in free_symbols(f)))
    return side.xreplace(ones)
