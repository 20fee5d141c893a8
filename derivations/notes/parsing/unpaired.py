r"""What a side may say whose brackets don't pair: with one bracket more, or one less.

    \log(1 - h(x^{(i)}) x_j        \log(1 - h(x^{(i)})) x_j, or \log(1 - h(x^{(i)}) x_j)
    (h(x^{(i)})) - y^{(i)}) x_j    (h(x^{(i)}) - y^{(i)}) x_j

A bracket that opens may close at the end of what it stands in, behind a bracket that closes before that, or before a
sign; one that closes nothing is left out, or another before it is. Which of these is meant isn't known, so no step is
proved or refuted by one: it is supported where it holds by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.brackets import STRAY
from derivations.notes.parsing.tokens import Token

__all__ = ["paired_otherwise"]

_MOST_STRAYS = 2
_MOST = 8  # readings of a side
_INNER = frozenset(("RBRACE", "END", "ROPT"))
_OUTER = frozenset(("LBRACE", "BEGIN", "LOPT"))


def paired_otherwise(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens with every bracket paired, in each way of doing so with a bracket for every stray one."""
    strays = sum(token.note == STRAY for token in tokens)
    found: list[list[Token]] = [list(tokens)] if strays <= _MOST_STRAYS else []
    for _ in range(strays):
        found = [other for own in found for other in _with_first_paired(own)]
    return found[:_MOST]


def _with_first_paired(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens without their first stray bracket: closed in each place, or left out."""
    at = next(place for place, token in enumerate(tokens) if token.note == STRAY)
    stray = tokens[at]
    if stray.kind == "CLOSE":
        yield tokens[:at] + tokens[at + 1 :]
        for place in _closing_before(tokens, at):
            yield [replace(t, note="") if t is stray else t for here, t in enumerate(tokens) if here != place]
        return
    closer = words.PAIRS.get(stray.text)
    if closer is None or stray.text == "|":
        return
    opened = [*tokens[:at], replace(stray, note=""), *tokens[at + 1 :]]
    for place in _closing_places(tokens, at):
        mark = Token("CLOSE", closer, tokens[place - 1].end, tokens[place - 1].end)
        yield [*opened[:place], mark, *opened[place:]]
    yield tokens[:at] + tokens[at + 1 :]


def _closing_before(tokens: Sequence[Token], at: int) -> Iterator[int]:
    """The places of brackets before a stray one that close as it does, in what it stands in, the last first."""
    depth = 0
    for place in range(at - 1, -1, -1):
        token = tokens[place]
        depth += (token.kind in _INNER) - (token.kind in _OUTER)
        if depth < 0:
            return
        if depth == 0 and token.kind == "CLOSE" and token.text == tokens[at].text and place + 1 < at:
            yield place


def _closing_places(tokens: Sequence[Token], at: int) -> Iterator[int]:
    """The places at which what opens there may close: the end of what it stands in, behind brackets, before signs."""
    depth = 0
    behind: list[int] = []
    end = len(tokens)
    for place in range(at + 1, len(tokens)):
        token = tokens[place]
        depth += (token.kind in _OUTER) - (token.kind in _INNER)
        if depth < 0:
            end = place
            break
        if depth == 0 and token.kind == "CLOSE" and token.note != STRAY:
            behind.append(place + 1)
        elif depth == 0 and token.kind == "SIGN" and tokens[place - 1].kind not in _OUTER | {"OPEN", "CLOSE"}:
            behind.append(place)
    yield end
    yield from (place for place in reversed(behind) if place != end)
