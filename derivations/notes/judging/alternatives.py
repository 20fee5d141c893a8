r"""Values for one thing or another, in the rows of one formula.

    \delta &= f'(s)(y - z) \\
           &= y(1 - y)(y - z) \text{ for sigmoid} \\
           &= (1 - y^2)(y - z) \text{ for tanh}

The last row is no other form of the one above it: each is what \delta is for its own f.
"""

from __future__ import annotations

import re

from derivations.notes.judging.denied import Denied
from derivations.notes.judging.excuses import Excuse, Suspect, left_open

__all__ = ["Alternatives"]

_ROW = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\newline|\\cr\b")
_ALTERNATIVE = re.compile(
    r"(?:\b(?:for|if|when|with|using|in case of)\b|\()(?:\s|\\[,;:! ]|~|\\q?quad|\b(?:the|a|an)\b)*\W{0,2}"
    r"(sigmoid|logistic|tanh|(?:leaky )?ReLU|ELU|softplus|softmax|identity|linear|MSE|L1|L2|hinge"
    r"|(?:binary )?cross[- ]entropy|regression|(?:binary |multi-?class )?classification)\b",
    re.I,
)


class Alternatives(Denied):
    """The part of a reading that tells rows for different things apart."""

    def _of_something_else(self, suspect: Suspect) -> Excuse | None:
        """A row that says for what it holds, behind a row that says so of something else."""
        own, other = suspect.own, suspect.step.right
        if other is None or own.node is None or other.node is None or own.formula != other.formula:
            return None
        latex = self.document.formulas[own.formula].latex
        first, second = (_alternative(latex, node.span.end) for node in (own.node, other.node))
        return None if None in (first, second) or first == second else left_open(f"{second} is not {first}")


def _alternative(latex: str, end: int) -> str | None:
    """What the rest of a row says that it is for: sigmoid."""
    behind = _ROW.split(latex[end:], maxsplit=1)[0]
    found = _ALTERNATIVE.search(behind)
    return None if found is None else found[1].lower()
