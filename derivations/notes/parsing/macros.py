r"""A document's own commands: \newcommand, \def, \DeclareMathOperator, expanded within bounds.

Expansion works on tokens, as TeX does, so that nothing is glued together by accident; a token that comes from a
body stands at the place of the call, a token of an argument at its own place. Both the number of expansions and the
number of tokens of a formula are bounded, so a macro that calls itself is a reason, not a hang.

A few commands are so often used without their definition (they live in an author's private preamble) that they have
a customary meaning here: `CUSTOMARY`. Using one is recorded as a mend. Left out: \let, catcodes, delimited
parameters of \def, counters, conditionals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derivations.notes.parsing.tex import TexToken, Unreadable, tex_tokens

MAX_EXPANSIONS = 2_000
MAX_TOKENS = 40_000

DEFINITION = re.compile(
    r"\\(?:(?P<new>(?:re|provide)?newcommand|DeclarePairedDelimiter|DeclareMathOperator)\*?(?![A-Za-z])|(?P<def>[egx]?def)(?=\s*\\))"
)
_NAME = re.compile(r"\s*\{?\s*\\([A-Za-z]+|[^A-Za-z\s])\s*\}?")
_COUNT = re.compile(r"\s*\[\s*([0-9])\s*\]")
_PARAMETERS = re.compile(r"((?:#[1-9])*)\s*(?=\{)")


@dataclass(frozen=True, slots=True)
class Macro:
    """A command with `arity` arguments, the first of them optional where `default` isn't None."""

    name: str
    arity: int
    body: str
    default: str | None = None


def _customary(name: str, arity: int, body: str) -> tuple[str, Macro]:
    return name, Macro(name, arity, body)


CUSTOMARY: Mapping[str, Macro] = dict(
    [
        _customary("R", 0, r"\mathbb{R}"),
        _customary("N", 0, r"\mathbb{N}"),
        _customary("E", 0, r"\mathbb{E}"),
        _customary("norm", 1, r"\left\|#1\right\|"),
        _customary("abs", 1, r"\left|#1\right|"),
        _customary("par", 1, r"\left(#1\right)"),
        _customary("paren", 1, r"\left(#1\right)"),
        _customary("parens", 1, r"\left(#1\right)"),
        _customary("pqty", 1, r"\left(#1\right)"),
        _customary("bqty", 1, r"\left[#1\right]"),
        _customary("set", 1, r"\left\{#1\right\}"),
        _customary("dv", 2, r"\frac{d #1}{d #2}"),
        _customary("pdv", 2, r"\frac{\partial #1}{\partial #2}"),
        _customary("dd", 0, r"\mathrm{d}"),
        *[_customary(name, 0, r"\mathrm{d}") for name in ("diff", "d", "rmd", "dif")],
        _customary("part", 0, r"\partial"),  # of editors that know the commands of a wiki's formulas
        _customary("isin", 0, r"\in"),
        _customary("infin", 0, r"\infty"),
        _customary("grad", 0, r"\nabla"),
        *[_customary(name, 2, r"\frac{\partial #1}{\partial #2}") for name in ("pd", "pderiv")],
        _customary("argmax", 0, r"\operatorname{argmax}"),
        _customary("argmin", 0, r"\operatorname{argmin}"),
        *[
            _customary(name, 0, rf"\operatorname{{{name}}}")
            for name in ("softmax", "sigmoid", "diag", "tr", "Tr", "sign", "sgn", "relu", "ReLU", "Var", "Cov", "logit")
        ],
    ]
)


def read_definition(text: str, start: int) -> tuple[Macro | None, int]:
    """The definition whose command begins at `start`, and the offset after it; None where its form isn't known."""
    match = DEFINITION.match(text, start)
    assert match is not None
    name = _NAME.match(text, match.end())
    if name is None:
        return None, match.end()
    position, arity, default = name.end(), 0, None
    if match["def"]:
        parameters = _PARAMETERS.match(text, position)
        if parameters is None:
            return None, position
        arity, position = len(parameters[1]) // 2, parameters.end()
    elif match["new"] == "DeclarePairedDelimiter":
        opening, position = _group(text, position)
        closing, position = _group(text, position)
        if opening is None or closing is None:
            return None, position
        return Macro(name[1], 1, rf"\left{opening.strip()}#1\right{closing.strip()}"), position
    else:
        count = _COUNT.match(text, position)
        if count is not None:
            arity, position = int(count[1]), count.end()
            optional = re.compile(r"\s*\[([^\[\]\n]{0,200})\]").match(text, position)
            if optional is not None:
                default, position = optional[1], optional.end()
    body, position = _group(text, position)
    if body is None:
        return None, position
    if match["new"] == "DeclareMathOperator":
        body = rf"\operatorname{{{body}}}"
    return Macro(name[1], arity, body, default), position


def _group(text: str, position: int) -> tuple[str | None, int]:
    """The text between the braces at `position`, at most 2000 characters of it, and the offset after them."""
    while position < len(text) and text[position] in " \t\n\r":
        position += 1
    if position >= len(text) or text[position] != "{":
        return None, position
    depth = 0
    for index in range(position, min(len(text), position + 2_000)):
        if text[index] == "\\":
            continue
        if text[index - 1] == "\\" and text[index] in "{}":
            continue
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return text[position + 1 : index], index + 1
    return None, position


@dataclass(frozen=True, slots=True)
class Expansion:
    """The tokens after expansion, and the customary macros that were used without a definition, with the places."""

    tokens: Sequence[TexToken]
    customary: tuple[TexToken, ...]


def expand(tokens: Sequence[TexToken], macros: Mapping[str, Macro]) -> Expansion:
    """The tokens with every macro replaced by its body; Unreadable beyond the bounds."""
    pending = list(reversed(tokens))
    done: list[TexToken] = []
    customary: list[TexToken] = []
    expansions = 0
    while pending:
        token = pending.pop()
        macro = macros.get(token.text) if token.kind == "command" else None
        if macro is None and token.kind == "command" and token.text in CUSTOMARY:
            macro = CUSTOMARY[token.text]
            if macro.arity and not _followed_by_group(pending):
                macro = None
            else:
                customary.append(token)
        if macro is None:
            done.append(token)
            continue
        expansions += 1
        arguments, end = _arguments(token, macro, pending)
        body = list(_substitute(macro, arguments, replace(token, end=end)))
        if expansions > MAX_EXPANSIONS or len(pending) + len(done) + len(body) > MAX_TOKENS:
            raise Unreadable(f"the expansion of \\{token.text} doesn't end within the bounds", token.start)
        pending.extend(reversed(body))
    return Expansion(done, tuple(customary))


def _followed_by_group(pending: Sequence[TexToken]) -> bool:
    following = next((token for token in reversed(pending) if token.kind != "space"), None)
    return following is not None and following.text == "{"


def _arguments(call: TexToken, macro: Macro, pending: list[TexToken]) -> tuple[list[list[TexToken]], int]:
    """The call's arguments, taken off `pending`, and the end of the last."""
    arguments: list[list[TexToken]] = []
    end = call.end
    for number in range(macro.arity):
        while pending and pending[-1].kind == "space":
            pending.pop()
        if number == 0 and macro.default is not None:
            if pending and pending[-1].text == "[":
                argument = _until_closing(pending, "[", "]", call)
            else:
                argument = list(tex_tokens(macro.default, call.start))
            arguments.append(argument)
        elif not pending:
            raise Unreadable(f"\\{call.text} lacks an argument", call.start)
        elif pending[-1].text == "{" and pending[-1].kind == "char":
            arguments.append(_until_closing(pending, "{", "}", call))
        else:
            arguments.append([pending.pop()])
        if arguments[-1]:
            end = max(end, arguments[-1][-1].end)
    return arguments, end


def _until_closing(pending: list[TexToken], opening: str, closing: str, call: TexToken) -> list[TexToken]:
    inside: list[TexToken] = []
    depth = 0
    while pending:
        token = pending.pop()
        if token.kind == "char":
            depth += (token.text == opening) - (token.text == closing)
        if depth == 0:
            return inside[1:]
        inside.append(token)
    raise Unreadable(f"an argument of \\{call.text} is never closed", call.start)


def _substitute(macro: Macro, arguments: Sequence[Sequence[TexToken]], call: TexToken) -> list[TexToken]:
    body: list[TexToken] = []
    parts = iter(tex_tokens(macro.body, 0))
    for part in parts:
        if part.text == "#" and part.kind == "char":
            number = next(parts, None)
            if number is None or not number.text.isdigit() or not 1 <= int(number.text[0]) <= len(arguments):
                raise Unreadable(f"the definition of \\{macro.name} uses an argument that it doesn't have", call.start)
            body.extend(arguments[int(number.text[0]) - 1])
            if number.text[1:]:
                body.append(TexToken("digits", number.text[1:], call.start, call.end))
        else:
            body.append(TexToken(part.kind, part.text, call.start, call.end))
    return body
