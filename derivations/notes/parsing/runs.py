r"""Runs of TeX tokens as words: functions and names among adjacent letters, relations and operators among commands.

`ylogp` is y, log, p; `loss` is one name; `wx` is two letters. The rule is a table of function words with at most two
letters on either side, then names: a run of four letters or more with a vowel, or of three capitals. The d of a
differential stands before a name: dMSE is d, MSE.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.tex import TexToken

_SHORT = 2
_TRACE = re.compile(r"tr[A-Z]{1,5}")  # trABC
_OF_LOSSES = frozenset(("loss", "Loss", "cost", "Cost", "error", "Error"))
_WORDLIKE = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")


def split_run(run: str) -> list[tuple[str, str]]:
    """A run of adjacent letters as functions, names and single letters: ylogp is y, log, p; loss is one name."""
    if run in words.NAMES or set(run) & set("._-"):
        return [(run, "SYMBOL")]
    for name, kind in ((words.FUNCTIONS, "FUNCTION"), (words.BIG_OPERATORS, "BIG")):
        if run in name and len(run) > 1:
            return [(name[run], kind)] if len(name[run]) == len(run) else [(run, "SYMBOL")]
    if run[0] == "d" and (run[1:] in _OF_LOSSES or run[1:].isupper() and split_run(run[1:]) == [(run[1:], "SYMBOL")]):
        return [("d", "SYMBOL"), *split_run(run[1:])]
    if _TRACE.fullmatch(run):
        return [(run[:2], "SYMBOL"), *((letter, "SYMBOL") for letter in run[2:])]
    for word in words.FUNCTION_WORDS:
        before, found, after = run.partition(word)
        if found and len(before) <= _SHORT and len(after) <= _SHORT:
            kind = "BIG" if word in words.BIG_OPERATORS else "FUNCTION"
            return [*((letter, "SYMBOL") for letter in before), (word, kind), *((letter, "SYMBOL") for letter in after)]
    if (
        len(run) >= 3
        and _WORDLIKE.fullmatch(run)
        and (run.isupper() or (len(run) >= 4 and set(run.lower()) & set("aeiou")))
    ):
        return [(run, "SYMBOL")]
    return [(letter, "SYMBOL") for letter in run]


def tex_source(tokens: Sequence[TexToken], spaced: bool = False) -> str:
    """The tokens written out again."""
    parts: list[str] = []
    for token in tokens:
        if token.kind == "command":
            plain = {"_": "_", " ": " ", ",": " ", ";": " ", "quad": " ", "$": "$", "%": "%", "&": "&", "#": "#"}
            parts.append(plain.get(token.text, "") if spaced and token.text in plain else f"\\{token.text} ")
        else:
            parts.append(" " if token.kind == "space" else token.text)
    return "".join(parts)


def split_digits(token: TexToken) -> list[TexToken]:
    first = TexToken("digits", token.text[:1], token.start, token.start + 1)
    if len(token.text) == 1:
        return [token]
    return [first, TexToken("digits", token.text[1:], token.start + 1, token.end)]


def spanning(run: Sequence[TexToken]) -> TexToken:
    return TexToken("letter", "".join(token.text for token in run), run[0].start, run[-1].end)


def brace(text: str, at: TexToken, offset: int | None = None) -> TexToken:
    place = at.start if offset is None else offset
    return TexToken("char", text, place, place)


def relation_of(body: Sequence[TexToken]) -> str | None:
    """The relation sign that the tokens are, if they are one."""
    text = "".join(token.text if token.kind == "char" else f"\\{token.text}" for token in body)
    if text in ("=", "<", ">", ":=", "=:"):
        return text
    name = text[1:]
    if text.startswith("\\") and name in words.RELATIONS:
        sign = words.RELATIONS[name]
        return sign if sign in (":=", "=:") else f"\\{sign}"
    if text.startswith("\\") and name in words.CONNECTIVES:
        return f"\\{words.CONNECTIVES[name]}"
    return None


def is_operator(body: Sequence[TexToken]) -> bool:
    r"""Whether the tokens are an operator that takes bounds: \max, \arg\min, \operatorname{argmax}, argmin."""
    wrappers = words.TEXTS | set(words.NAME_FONTS)
    name = "".join(
        token.text
        for token in body
        if token.kind in ("letter", "command") and token.text not in wrappers | words.THIN_SPACES
    )
    return name in words.BIG_OPERATORS


def has_escaped_subscripts(tokens: Sequence[TexToken]) -> bool:
    r"""Whether `\_` is Markdown's escape of a subscript here: it stands before a brace, a digit or one letter."""
    for here, token in enumerate(tokens):
        if token.kind != "command" or token.text != "_" or here + 1 >= len(tokens):
            continue
        following = tokens[here + 1]
        after = tokens[here + 2] if here + 2 < len(tokens) else None
        lone = following.kind == "letter" and not (after and after.kind == "letter" and after.start == following.end)
        if following.text == "{" or following.kind in ("digits", "command") or lone:
            return True
    return False
