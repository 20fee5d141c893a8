r"""Braces that only group, set across brackets: [\sum_i {(h_i - y_i)^2 + \lambda \sum_j {\theta_j^2]}}.

TeX sets them as it sets any others, and a reader sees the brackets alone: such braces go, where more brackets match
without them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivations.notes.parsing.tokens import Token

__all__ = ["uncrossed"]

_TAKES = frozenset(("SUB", "SUP", "FRAC", "BINOM", "SQRT", "ACCENT", "BRACED", "STACKED", "ROPT"))
_MOST = 8


def uncrossed(tokens: list[Token], match: Callable[[Sequence[Token]], list[int]]) -> list[Token]:
    """The tokens less the grouping braces that keep brackets from matching."""
    for _ in range(_MOST):
        partner = match(tokens)
        lost = [here for here, t in enumerate(tokens) if t.kind in ("OPEN", "CLOSE") and partner[here] < 0]
        if len(lost) < 2:
            return tokens
        for here in sorted({brace for one in lost for brace in _around(tokens, partner, one)}):
            if not _only_groups(tokens, partner, here):
                continue
            less = [t for place, t in enumerate(tokens) if place not in (here, partner[here])]
            left = sum(t.kind in ("OPEN", "CLOSE") and p < 0 for t, p in zip(less, match(less), strict=True))
            if left < len(lost):
                tokens = less
                break
        else:
            return tokens
    return tokens


def _around(tokens: Sequence[Token], partner: Sequence[int], here: int) -> list[int]:
    """The braces that enclose a place."""
    return [at for at in range(here) if tokens[at].kind == "LBRACE" and partner[at] > here]


def _only_groups(tokens: Sequence[Token], partner: Sequence[int], here: int) -> bool:
    """Whether braces are no argument, and carry no script."""
    behind = tokens[partner[here] + 1].kind if partner[here] + 1 < len(tokens) else ""
    if behind in ("SUB", "SUP", "PRIME") or any(t.kind == "OVER" for t in tokens[here : partner[here]]):
        return False
    before = here - 1
    while before >= 0 and tokens[before].kind == "SPACE":
        before -= 1
    if before < 0:
        return True
    if tokens[before].kind in _TAKES:
        return False
    first = partner[before] if tokens[before].kind == "RBRACE" else before  # the other argument of a fraction
    return first == 0 or tokens[first - 1].kind not in ("FRAC", "BINOM")
