r"""Parts of a document as documents of their own: the section that a step stands in, and its formula alone.

Long notes use a letter for one thing in one section and for another in the next: x is a sample of X in the model, and
any vector in x^\top y = y^\top x. What a step says is then read better by itself. A part has only the definitions that
stand in it, so little is proved there; but what is, holds as it is written there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derivations.notes.parsing.parser import Document, Side, Step

__all__ = ["parts_around"]


def parts_around(document: Document, step: Step) -> Iterator[tuple[Document, str, Step]]:
    """(a part of the document, its text, the step in it), the larger part first."""
    here = document.formulas[step.formula]
    headings = here.context.headings
    first = last = step.formula
    while first and document.formulas[first - 1].context.headings == headings:
        first -= 1
    while last + 1 < len(document.formulas) and document.formulas[last + 1].context.headings == headings:
        last += 1
    for begin, end in dict.fromkeys([(first, last), (step.formula, step.formula)]):
        if end - begin + 1 < len(document.formulas):
            yield from _part(document, step, begin, end)


def _part(document: Document, step: Step, first: int, last: int) -> Iterator[tuple[Document, str, Step]]:
    def moved(side: Side | None) -> Side | None:
        return None if side is None else replace(side, formula=side.formula - first)

    formulas = tuple(replace(f, index=f.index - first) for f in document.formulas[first : last + 1])
    steps = []
    found = None
    for other in document.steps:
        begins_within = other.left is None or other.left.formula >= first
        if first <= other.formula <= last and begins_within:
            own = replace(other, formula=other.formula - first, left=moved(other.left), right=moved(other.right))
            steps.append(own)
            found = own if other is step else found
    if found is not None:
        source = formulas[0].source.excerpt.source.text
        text = source[formulas[0].source.context_start : formulas[-1].source.end]
        yield Document(formulas, tuple(steps), document.code, document.comments), text, found
