"""What was noticed while a claim was read, by which the verdict on it is tempered.

The speakers of the two sides of one claim share one record: what the one lends, the other's side has, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

__all__ = ["Applied", "Noticed"]

Applied = dict[tuple[str, int], set[tuple[str, ...]]]  # functions, by how many arguments: what each is applied to


@dataclass
class Noticed:
    """What both sides of a claim were read with.

    consulted: the choices between readings that were asked for. doubts: why it can't be refuted, the first thing first.
    partial: 1/u, log u, sign u as written, which are defined for some u only. turned: names whose indices stand the
    other way round. shown: samples that an index names. supplied: samples left out, at which name, and whether that has
    other indices. weighted: numbers with the name of a matrix, before another name. applied: unknown
    functions, whose values are names without what they are applied to.
    """

    consulted: set[str] = field(default_factory=set)
    doubts: list[str] = field(default_factory=list)
    partial: list[sp.Expr] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    shown: set[sp.Symbol] = field(default_factory=set)
    supplied: list[tuple[sp.Symbol, str, bool]] = field(default_factory=list)
    weighted: list[str] = field(default_factory=list)
    applied: Applied = field(default_factory=dict)
    by_entry: bool = False  # u ⊙ v was read as a product of numbers
    averaged: bool = False  # \overline{xy} was read as a mean over the samples
    laid: bool = False  # a column before a matrix was read as a row
    flattened: bool = False  # what is transposed was read as a number
    mended: bool = False  # \frac{-\ln L}{\partial w} was read with the ∂ that it lacks
