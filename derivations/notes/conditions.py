r"""Conditions under which a note claims a step: i = j, k \ne l, y = 1, as written beside it or before it.

Beside it: a case of `cases`, "if i = j", an equation of indices after a comma. Before it: in the last heading or the
prose just before the formula. What stands beside a step is part of the claim; what stands before it is only tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.notes import ast
from derivations.notes.ast import Node, walk
from derivations.notes.claims import Claim
from derivations.notes.names import UnsupportedNoteError, read_name
from derivations.notes.parser import Document, Step
from derivations.notes.scope import Scope
from derivations.notes.signature import LABELS, Signature, base_letter

__all__ = ["Case", "cases_written", "is_condition"]

_PAIR = re.compile(r"(?<![A-Za-z\\])([a-z])\s*(=|==|\\neq?\b|\\not\s*=|!=|≠)\s*([a-z])(?![A-Za-z(^_{])")
_LABEL = re.compile(r"(?<![A-Za-z\\])([yt])(?:_i|_\{i\}|\^i|\^\{\(?i\)?\})?\s*=\s*([01])(?!\d)")
_NEAR = 220


@dataclass(frozen=True)
class Case:
    """left = right, or left ≠ right, of two indices; or a label and its value."""

    left: str
    right: str
    is_equal: bool

    def __str__(self) -> str:
        return f"{self.left} {'=' if self.is_equal else '≠'} {self.right}"

    @classmethod
    def of_node(cls, node: Node) -> Case | None:
        """The condition that a cell of `cases` states."""
        from derivations.notes.render import render

        found = list(_in_words(re.sub(r"\\text\{([^{}]*)\}|[{}]|\\left|\\right|\\ ", r"\1", render(node))))
        return found[0] if found else None

    def applied(self, claim: Claim) -> Claim:
        """The claim under this condition."""
        if self.right.isdigit():
            names = {s for s in claim.speaker.domains if base_letter(s.name) == self.left}
            fixed = tuple((s.name, int(self.right)) for s in sorted(names, key=str))
            return replace(claim, fixed=fixed)
        a, b = claim.speaker.index(self.left), claim.speaker.index(self.right)
        if not {a, b} <= (claim.speaker.met.keys()):
            return claim
        if self.is_equal:
            return replace(claim, equal=((b, a),))
        return replace(claim, distinct=((a, b),))


def _in_words(text: str) -> Iterator[Case]:
    for found in _PAIR.finditer(text):
        if found[1] != found[3]:
            yield Case(found[1], found[3], found[2] in ("=", "=="))
    for found in _LABEL.finditer(text):
        yield Case(found[1], found[2], True)


def cases_written(document: Document, step: Step) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """(conditions beside a step, conditions in the heading and the prose before it, the nearest first)."""
    from derivations.notes.render import render_chain

    formula = document.formulas[step.formula]
    beside: list[Case] = []
    for position in (step.chain + 1, step.chain, step.chain - 1):
        if 0 <= position < len(formula.chains):
            chain = formula.chains[position]
            beside += _in_words(chain.words)
            if position != step.chain and len(chain.relations) == 1:
                beside += list(_in_words(render_chain(replace(chain, words=""))))[:1] if _short(chain) else []
    for member in formula.chains[step.chain].members:
        if isinstance(member, ast.Listing):
            for item in member.items:
                if isinstance(item, ast.Text):
                    beside += _in_words(item.words)
    context = formula.context
    before = list(_in_words(context.before[-_NEAR:]))[::-1]
    after = list(_in_words(context.after[:60]))
    headings = [case for heading in reversed(context.headings) for case in _in_words(heading)]
    implied = [*before, *headings, *after]
    first = [c for c in dict.fromkeys(beside)]
    return tuple(first[:2]), tuple(c for c in dict.fromkeys(implied) if c not in first)[:4]


def _short(chain: ast.Chain) -> bool:
    return all(isinstance(m, ast.Symbol) for m in chain.members)


def is_condition(left: Node, right: Node, signature: Signature, scope: Scope) -> bool:
    """Whether an equation states a condition: i = j, y = 1, x_0 = 1, or a value for something that has none."""
    if not isinstance(left, ast.Symbol):
        return False
    try:
        ref = read_name(left, signature.habits)
    except UnsupportedNoteError:
        return False
    is_index = len(ref.key) == 1 and ref.key in "ijklcmnpqrst" and not ref.indices
    if is_index and isinstance(right, ast.Symbol) and len(right.name) == 1 and not right.superscripts:
        return not scope.of(ref.key) and right.name in "ijklcmnpqrst"
    numeric = all(not isinstance(n, ast.Symbol) for n in walk(right)) and not any(
        isinstance(n, ast.BigOperator | ast.Matrix) for n in walk(right)
    )
    if not numeric:
        return isinstance(right, ast.Listing)
    letter = base_letter(ref.key)
    if is_index or letter in LABELS or letter in ("x", "a", "p", "z") or not scope.of(ref.key):
        return True
    return False


_ = sp
