r"""Means that nobody defines: \bar{x} beside x_i is the mean of the x_i.

A name under a bar is read so where it has no index and the name below the bar is data with one for the sample. Where
the document says so, in words or by a formula, that is what it means; where it doesn't, it is only what is usual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import names_in
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import walk
from derivations.notes.parsing.parser import Document

__all__ = ["Mean", "means_of"]

_BARRED = re.compile(r"\\(?:bar|overline)\{(\\?[A-Za-z]+)\}")
_WORDS = r"\b(mean|average)s?\b|均值|平均|средн|media\b|Mittel|moyenne|trung bình|평균"
_OTHER = r"augment|append|extended|homogeneous|增广|mở rộng"


@dataclass(frozen=True)
class Mean:
    """A name and what it is the mean of; is_stated: whether the document says so."""

    key: str
    of: str
    is_stated: bool


def means_of(document: Document, signature: Signature) -> Iterator[Mean]:
    """The names under a bar that are means of the samples."""
    sample = signature.sample
    if sample is None or signature.says(_OTHER):
        return
    members = [m for f in document.formulas for c in f.chains for m in c.members if m is not None]
    refs = list(names_in(members, signature.habits))
    indexed = {ref.key for ref in refs if ref.indices}
    given, summed = _heads(document, signature)
    for key in sorted({ref.key for ref in refs} - indexed):
        found = _BARRED.fullmatch(key)
        if found is None or signature.axes.get(found[1], ())[:1] != (sample,) or found[1] not in indexed:
            continue
        if key not in given or key in summed:
            yield Mean(key, found[1], key in summed or signature.says(_WORDS))


def _heads(document: Document, signature: Signature) -> tuple[set[str], set[str]]:
    """(names that an array written out is given to, names that a sum is given to)."""
    given, summed = set(), set()
    for step in document.steps:
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            continue
        head = head_of(step.left.node, signature)
        parts = list(walk(step.right.node))
        if head is not None and any(isinstance(p, ast.BigOperator) for p in parts):
            summed.add(head.ref.key)
        elif head is not None and any(isinstance(p, ast.Matrix | ast.Listing) for p in parts):
            given.add(head.ref.key)
    return given, summed
