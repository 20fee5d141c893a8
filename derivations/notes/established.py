r"""A step under the notation that the rest of its document establishes.

A wrong index makes two things of one letter: in \sum_i (h(x_i) - y_j) x_{ij} labels run over features, and then nothing
in the document can be read. What its letters run over is therefore taken from all formulas but the side at hand:

    J = \sum_i (h(x_i) - y_i)^2,    ∂J/∂w_j = 2\sum_i (h(x_i) - y_j) x_{ij}      y runs over samples, and y_j is none

or from those before it, as who reads it knows them: what is written as matrices further on says nothing of it yet.
So read, a step may be refuted, if all that was held or defined before it still is and it holds with one index, sign
or factor put right: what was misread would not. It is never proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derivations.notes.interpreting.naming import Choices
from derivations.notes.interpreting.signature import Signature
from derivations.notes.judging.slips import is_near_miss
from derivations.notes.parsing.parser import Document, Side, Step
from derivations.notes.reading import Reading
from derivations.notes.report import HELD, StepRecord

__all__ = ["MOST_OPEN", "refuted_by_the_rest"]

MOST_OPEN = 4  # steps of a document that are read so: where more are open, its notation isn't understood
_SECONDS = 1.0


def refuted_by_the_rest(
    document: Document, step: Step, before: Sequence[StepRecord], sign: Callable[[Document], Signature], seed: int
) -> StepRecord | None:
    """The record of a step that is false where its letters mean what they mean elsewhere; None where it may hold."""
    if step.right is None:
        return None
    for part in (_without(document, step.right), _until(document, step.right)):
        records = Reading(document, sign(part), Choices(), seed, seconds=_SECONDS).run(until=step)
        kept = all(
            new.verdict in HELD or new.verdict == old.verdict
            for old, new in zip(before, records[:-1], strict=False)
            if old.verdict in (*HELD, "definition")
        )
        found = records[-1]
        equation = None if found.claim is None else found.claim.equation
        if not kept or found.verdict != "refuted" or found.witness is None or equation is None:
            continue
        if is_near_miss(equation, seed):
            return found
    return None


def _until(document: Document, side: Side) -> Document:
    """The document up to the formula of a side."""
    steps = tuple(s for s in document.steps if s.formula <= side.formula)
    return replace(document, formulas=document.formulas[: side.formula + 1], steps=steps)


def _without(document: Document, side: Side) -> Document:
    """The document without a side: neither as a member of its chain nor in a step."""
    formula = document.formulas[side.formula]
    chain = formula.chains[side.chain]
    members = tuple(None if place == side.member else m for place, m in enumerate(chain.members))
    chains = tuple(
        replace(c, members=members) if place == side.chain else c for place, c in enumerate(formula.reading.chains)
    )
    other = replace(formula, reading=replace(formula.reading, chains=chains))
    formulas = tuple(other if f is formula else f for f in document.formulas)
    steps = tuple(s for s in document.steps if side not in (s.left, s.right))
    return replace(document, formulas=formulas, steps=steps)
