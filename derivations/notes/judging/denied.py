r"""Equations that the text itself denies, and partial derivatives that it tells apart from total ones.

"the derivative is not" f'(x) = e^{2x}, "a common mistake is" f'(x) = e^{2x}      nobody says that it holds
\frac{dz}{dx} = \frac{\partial z}{\partial x} + \frac{\partial z}{\partial y} \frac{dy}{dx}      two derivatives by x

Both are left open: what is denied isn't claimed, and a name's own definition would be put into a partial derivative.
"""

from __future__ import annotations

import re

from derivations.notes.judging.excuses import Excuse, Suspect, left_open
from derivations.notes.judging.systems import Systems

__all__ = ["Denied"]

_OPENING = r"\s*:?[\s$\\(\[]*$"
_DENIED_BEFORE = re.compile(
    r"(\b(is|are|does|do)(n't| not)( simply| just)?( equal)?( to)?"
    r"|\bnot (true|correct|right|the case) that"
    r"|\b(wrong|incorrect|false|a mistake) to (write|say|claim|conclude)( that)?"
    r"|\b(common|frequent|typical|usual) (mistake|error) is( to (write|say|claim))?( that)?"
    r"|\b(might|may|could) (think|believe|guess)( that)?|\btempt(ed|ing) to (think|believe|write|say)( that)?)"
    + _OPENING,
    re.I,
)
_DENIED_BEHIND = re.compile(
    r"^[\s$\\)\].,;]*(but |and |however,? )?(this|that|which) (is|would be) "
    r"(wrong|incorrect|false|not (true|correct))\b",
    re.I,
)
_TOTAL = re.compile(r"\\d?frac\s*\{\s*(?:d|\\mathrm\{d\})\s*(\w+)\s*\}\s*\{\s*(?:d|\\mathrm\{d\})\s*(\w+)\s*\}")
_PARTIAL = re.compile(r"\\d?frac\s*\{\s*\\partial\s*(\w+)\s*\}\s*\{\s*\\partial\s*(\w+)\s*\}")


class Denied(Systems):
    """The part of a reading that knows what the text denies, and which derivatives it tells apart."""

    def _denied(self, suspect: Suspect) -> Excuse | None:
        """The words at the formula say that it doesn't hold."""
        if suspect.begins and (_DENIED_BEFORE.search(suspect.before) or _DENIED_BEHIND.search(suspect.after)):
            return left_open("the text says that it doesn't hold")
        return None

    def _told_apart(self, suspect: Suspect) -> Excuse | None:
        r"""A formula with both dz/dx and ∂z/∂x: the second holds fixed what the first doesn't."""
        here = [s for s in self.document.steps if s.formula == suspect.step.formula]
        written = " ".join(side.latex for s in here for side in (s.left, s.right) if side is not None)
        both = {*_TOTAL.findall(written)} & {*_PARTIAL.findall(written)}
        own = f"{suspect.own.latex} {suspect.step.right.latex if suspect.step.right is not None else ''}"
        if both & {*_PARTIAL.findall(own)}:
            return left_open("a partial derivative, which the formula tells apart from the total one")
        return None
