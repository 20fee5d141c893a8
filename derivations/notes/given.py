r"""What the words around a formula give, and nothing before it says: "with A x^* = b", "where \theta satisfies …".

    with A x^* = b:   x_{k+1} - x^* = (I - \alpha A)(x_k - x^*)        false for any b, and true of that one

Such an equation is no claim. What is refuted, and is of all the names in it, may rest on it: it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import labels_in
from derivations.notes.parsing.parser import Document
from derivations.notes.report import StepRecord

__all__ = ["less_what_is_given"]

_GIVEN = re.compile(
    r"\b(with|where|such that|satisf\w+|given|since|because|as|solves?|assum\w+|suppos\w+|if|let|mit|wobei|donde)\b"
    r"[^.$\\]{0,30}[$\\(\[\s]*$|(满足|其中|使得|因为|由于|假设)[^。$\\]{0,15}[$\\(\[\s]*$",
    re.I,
)


def less_what_is_given(document: Document, records: Sequence[StepRecord]) -> list[StepRecord]:
    """The records, refuted only where the words before them give no equation of the same names."""
    given: list[tuple[int, frozenset[sp.Symbol]]] = []
    found: list[StepRecord] = []
    for step, record in zip(document.steps, records, strict=False):  # the last may not be wanted
        equation = None if record.claim is None else record.claim.equation
        if equation is None:
            found.append(record)
            continue
        labels = labels_in(equation.left) | labels_in(equation.right)
        before = document.formulas[step.formula].context.before
        if record.verdict == "undecided" and len(labels) > 1 and _GIVEN.search(before):
            given.append((record.line, labels))
        whole = labels.union(*(labels_in(d.value) for d in equation.definitions))
        line = next((line for line, names in given if names <= whole), None)
        if record.verdict == "refuted" and line is not None:
            reason = f"the words give an equation of the names in it in line {line}"
            record = replace(record, verdict="undecided", witness=None, reason=reason)
        found.append(record)
    return found
