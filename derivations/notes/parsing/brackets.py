r"""Which bracket closes which, what each bar means, and where words and wide spaces divide.

Brackets are matched inside their braces and never across a row that begins with a relation, so that a stray bracket
spoils its own row and no more. A bar is absolute value, norm or "given" by what stands beside it: after an operand,
with no bar open and none to come, it is "given" (`P(y|x)`, `p\|q`). `<a, b>` set tight is an inner product.
What can't be matched stays unmatched, and the grammar refuses it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.crossed import uncrossed
from derivations.notes.parsing.tex import Unreadable
from derivations.notes.parsing.tokens import Token

MAX_DEPTH = 40
STRAY = "stray"

_STRICT = {"RBRACE": "LBRACE", "END": "BEGIN", "ROPT": "LOPT"}
_OPENERS = frozenset(("LBRACE", "BEGIN", "LOPT", "OPEN"))
_CLOSERS = frozenset(("RBRACE", "END", "ROPT", "CLOSE"))
_OPERAND_END = frozenset(("NUMBER", "SYMBOL", "TEXT", "DOTS", "CLOSE", "RBRACE", "END", "PRIME", "BANG"))
OPERAND_START = frozenset(
    str.split(
        "NUMBER SYMBOL TEXT DOTS OPEN LBRACE BEGIN FRAC BINOM SQRT ACCENT BRACED STACKED FUNCTION BIG PARTIAL NABLA"
    )
)


@dataclass(frozen=True, slots=True)
class Paired:
    """The tokens with bars, words and spaces decided; `partner` is the matching bracket's index, -1 for none."""

    tokens: list[Token]
    partner: list[int]


def pair(tokens: Sequence[Token]) -> Paired:
    """Decide what the lexer left open; Unreadable for braces that don't match and for excessive depth."""
    decided = uncrossed(_angles(_bars(_single_bars(_words(_unsided(tokens))))), _match)
    divided = _spaces(decided, _match(decided))
    partner = _match(divided)
    _placeholders(divided, partner)
    for here, token in enumerate(divided):
        if partner[here] < 0 and token.kind in ("OPEN", "CLOSE"):
            divided[here] = replace(token, note=STRAY)
    return Paired(divided, partner)


def _unsided(tokens: Sequence[Token]) -> list[Token]:
    r"""The tokens with each \lvert or \rvert that has no partner as a mere bar: p(y \lvert x)."""
    partner = _match(tokens)
    sided = [token.kind in ("OPEN", "CLOSE") and token.text in ("|", r"\|") for token in tokens]
    alone = (is_bar and partner[here] < 0 and not tokens[here].note for here, is_bar in enumerate(sided))
    return [replace(t, kind="BAR") if is_alone else t for t, is_alone in zip(tokens, alone, strict=True)]


def _placeholders(tokens: list[Token], partner: Sequence[int]) -> None:
    r"""An operator at the edge of a script (`x_{i\cdot}`, `x_{*1}`) stands for an index."""
    for here, token in enumerate(tokens):
        script = token.kind == "LBRACE" and here and tokens[here - 1].kind in ("SUB", "SUP")
        if script and partner[here] > here + 2:
            for edge in (here + 1, partner[here] - 1):
                if tokens[edge].kind == "TIMES":
                    tokens[edge] = replace(tokens[edge], kind="SYMBOL")


def _match(tokens: Sequence[Token]) -> list[int]:
    partner = [-1] * len(tokens)
    stack: list[int] = []
    for here, token in enumerate(tokens):
        if token.kind in _OPENERS:
            stack.append(here)
            if len(stack) > 4 * MAX_DEPTH:
                raise Unreadable(f"brackets nested deeper than {MAX_DEPTH}", token.start)
        elif token.kind == "CLOSE":
            opener = _opener(tokens, stack, token)
            if opener is not None:
                while stack[-1] != opener:
                    stack.pop()
                stack.pop()
                partner[opener], partner[here] = here, opener
        elif token.kind in _STRICT:
            while stack and tokens[stack[-1]].kind == "OPEN":
                stack.pop()
            if not stack or tokens[stack[-1]].kind != _STRICT[token.kind]:
                raise Unreadable(f"{token.text!r} closes nothing here", token.start)
            opener = stack.pop()
            if token.kind == "END" and token.text != tokens[opener].text:
                raise Unreadable(f"\\end{{{token.text}}} where {tokens[opener].text} is open", token.start)
            partner[opener], partner[here] = here, opener
        elif token.kind == "ROW" and _begins_with_relation(tokens, here + 1):
            while stack and tokens[stack[-1]].kind == "OPEN":
                stack.pop()
    left = [index for index in stack if tokens[index].kind != "OPEN"]
    if left:
        raise Unreadable(f"{tokens[left[0]].text!r} is never closed", tokens[left[0]].start)
    depth = 0
    for here, token in enumerate(tokens):
        if partner[here] >= 0:
            depth += 1 if partner[here] > here else -1
            if depth > MAX_DEPTH:
                raise Unreadable(f"brackets nested deeper than {MAX_DEPTH}", token.start)
    return partner


def _opener(tokens: Sequence[Token], stack: Sequence[int], closer: Token) -> int | None:
    """The opening bracket that this one closes, or None."""
    interval: int | None = None
    for count, index in enumerate(reversed(stack)):
        opener = tokens[index]
        if opener.kind != "OPEN" or count > MAX_DEPTH:
            return interval
        if closer.note == "right" or opener.note == "left":
            if closer.note == "right" and opener.note == "left":
                return index
            if opener.note == "left":
                return interval
        elif words.PAIRS.get(opener.text) == closer.text:
            return index
        elif count == 0 and opener.text in "([" and closer.text in ")]":
            interval = index
    return interval


def _begins_with_relation(tokens: Sequence[Token], here: int) -> bool:
    while here < len(tokens) and tokens[here].kind in ("AMP", "SPACE"):
        here += 1
    return here < len(tokens) and tokens[here].kind in ("REL", "CONNECTIVE")


def _words(tokens: list[Token]) -> list[Token]:
    r"""\text with one word is a name, words beside an operator an operand, other words divide; \arg\min is one."""
    merged: list[Token] = []
    for token in tokens:
        previous = merged[-1] if merged else None
        if previous is not None and token.kind == "BIG" and previous.text == "arg" and token.text in ("min", "max"):
            merged[-1] = Token("BIG", f"arg{token.text}", previous.start, token.end)
        elif (
            previous is not None
            and previous.kind == "SPACE"
            and token.kind == "BIG"
            and len(merged) > 1
            and merged[-2].text == "arg"
        ):
            merged[-2:] = [Token("BIG", f"arg{token.text}", merged[-2].start, token.end)]
        else:
            merged.append(token)
    beside = frozenset(("TIMES", "SIGN", "REL"))
    result: list[Token] = []
    for here, token in enumerate(merged):
        if token.kind == "WORDS":
            text = token.text.strip()
            following = next((other.kind for other in merged[here + 1 :] if other.kind != "SPACE"), "")
            previous_kind = next((other.kind for other in reversed(result) if other.kind not in ("SPACE", "AMP")), "")
            first = re.split(r"[\s,.:;(]", text.lower(), maxsplit=1)[0] if text else ""
            if first in words.CONDITION_WORDS:
                pass
            elif re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text):
                token = _named(token, text)
            elif previous_kind in beside or following in beside - {"SIGN"} | {"SUB", "SUP", "OPEN"}:
                token = replace(token, kind="TEXT")
        result.append(token)
    return result


def _named(token: Token, text: str) -> Token:
    if text in words.FUNCTIONS:
        return replace(token, kind="FUNCTION", text=words.FUNCTIONS[text])
    if text in words.BIG_OPERATORS:
        return replace(token, kind="BIG", text=words.BIG_OPERATORS[text])
    return replace(token, kind="SYMBOL", text=text, note="text")


def _single_bars(tokens: Sequence[Token]) -> list[Token]:
    r"""The tokens with two bars in a row apart where the first of them closes: those between u and v in |u||v|."""
    result: list[Token] = []
    open_bars: list[Counter[str]] = [Counter()]
    for token in tokens:
        if token.kind in _OPENERS:
            open_bars.append(Counter())
        elif token.kind in _CLOSERS and len(open_bars) > 1:
            open_bars.pop()
        elif token.kind in ("AMP", "ROW"):
            open_bars[-1].clear()
        is_bar = token.kind == "BAR"
        if is_bar and token.note and open_bars[-1][token.note] % 2:
            middle = (token.start + token.end) // 2
            halves = (token.start, middle), (middle, token.end)
            result += [Token("BAR", token.note, start, end) for start, end in halves]
        else:
            open_bars[-1][token.text] += is_bar
            result.append(token)
    return result


def _bars(tokens: list[Token]) -> list[Token]:
    """Each bar as an opening or a closing bracket, or as the separator `|`."""
    frames: list[list[int]] = [[]]
    groups: list[list[int]] = []
    for here, token in enumerate(tokens):
        if token.kind in _OPENERS:
            frames.append([])
        elif token.kind in _CLOSERS or token.kind in ("AMP", "ROW"):
            if frames[-1]:
                groups.append(frames[-1])
            frames[-1] = []
            if token.kind in _CLOSERS and len(frames) > 1:
                frames.pop()
        elif token.kind == "BAR":
            frames[-1].append(here)
    groups.extend(frame for frame in frames if frame)
    for group in groups:
        _decide_bars(tokens, group)
    return tokens


def _decide_bars(tokens: list[Token], bars: Sequence[int]) -> None:
    remaining = {style: sum(tokens[bar].text == style for bar in bars) for style in ("|", r"\|")}
    opened: list[int] = []
    for bar in bars:
        style = tokens[bar].text
        remaining[style] -= 1
        before, after = _beside(tokens, bar, -1), _beside(tokens, bar, 1)
        following = tokens[after].kind if after < len(tokens) else ""
        script = before > 0 and tokens[before - 1].kind in ("SUB", "SUP")
        placeholder = bool(opened) and before == opened[-1] + 1 and tokens[before].kind == "TIMES"
        after_operand = before >= 0 and (script or placeholder or tokens[before].kind in _OPERAND_END)
        if opened and tokens[opened[-1]].text == style and after_operand:
            opened.pop()
            tokens[bar] = replace(tokens[bar], kind="CLOSE", note="bar")
        elif following == "SUB" and after_operand:
            tokens[bar] = replace(tokens[bar], kind="SYMBOL")
        elif not after_operand or (remaining[style] % 2 and following in OPERAND_START | {"SIGN"}):
            opened.append(bar)
            tokens[bar] = replace(tokens[bar], kind="OPEN", note="bar")
        else:
            tokens[bar] = replace(tokens[bar], kind="SEP")


def _beside(tokens: Sequence[Token], here: int, step: int) -> int:
    """The index of the next token in a direction that isn't a space."""
    here += step
    while 0 <= here < len(tokens) and tokens[here].kind == "SPACE":
        here += step
    return here


def _angles(tokens: list[Token]) -> list[Token]:
    """`<a, b>` with nothing between the signs and what they enclose, and a comma inside: an inner product."""
    opened: int | None = None
    comma = False
    depth = 0
    for here, token in enumerate(tokens):
        if token.kind in _OPENERS or token.kind in _CLOSERS:
            depth += 1 if token.kind in _OPENERS else -1
        if token.kind == "SEP" and token.text == "," and depth == 0:
            comma = True
        elif token.kind in ("REL", "ROW", "AMP") or depth < 0:
            tight_after = here + 1 < len(tokens) and tokens[here + 1].start == token.end
            tight_before = here > 0 and tokens[here - 1].end == token.start
            if token.text == "<" and tight_after:
                opened, comma, depth = here, False, 0
            elif token.text == ">" and opened is not None and comma and depth == 0 and tight_before:
                tokens[opened] = replace(tokens[opened], kind="OPEN", text=r"\langle")
                tokens[here] = replace(token, kind="CLOSE", text=r"\rangle")
                opened = None
            else:
                opened = None
    return tokens


def _spaces(tokens: Sequence[Token], partner: Sequence[int]) -> list[Token]:
    """Inside brackets a wide space between operands is a separator and others are nothing; outside they stay."""
    result: list[Token] = []
    depth = 0
    for here, token in enumerate(tokens):
        if token.kind == "SPACE" and depth:
            before = result[-1].kind if result else ""
            after = tokens[here + 1].kind if here + 1 < len(tokens) else ""
            if token.text == "wide" and before in _OPERAND_END and after in OPERAND_START:
                result.append(replace(token, kind="SEP", text=r"\quad"))
            continue
        ends = token.kind in ("AMP", "ROW", "END")
        while ends and depth and result and result[-1].kind == "SEP" and result[-1].text in ",.;:":
            result.pop()
        transparent = not depth and token.kind in ("BEGIN", "END") and token.text in words.LAYOUT_ENVIRONMENTS
        if partner[here] >= 0 and not transparent:
            depth += 1 if partner[here] > here else -1
        result.append(token)
    return result
