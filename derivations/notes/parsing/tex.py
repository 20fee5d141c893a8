"""TeX's own tokens: commands, letters, numbers, spaces and single characters, each with its place.

This is the first of the three passes over a formula (TeX tokens, macro expansion, mathematical tokens). It also
writes the Unicode that people paste into formulas the way TeX does: −, –, σ, ², ≤, ŷ, full-width brackets. It knows
nothing of what a token means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["command", "letter", "digits", "space", "char", "words"]

_GREEK_LOWER = str.split(
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau "
    "upsilon varphi chi psi omega"
)
_GREEK_UPPER = str.split("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega")

UNICODE_COMMANDS: dict[str, str] = {
    **{chr(0x3B1 + index): name for index, name in enumerate(_GREEK_LOWER) if name != "omicron"},
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", _GREEK_UPPER, strict=True)),
    **{"ϵ": "epsilon", "ϑ": "vartheta", "ϕ": "phi", "ϱ": "varrho", "ϖ": "varpi", "ℓ": "ell", "µ": "mu"},
    **{"∑": "sum", "∏": "prod", "∫": "int", "∂": "partial", "∇": "nabla", "∆": "Delta", "∞": "infty"},
    **{"≤": "le", "≥": "ge", "⩽": "le", "⩾": "ge", "≠": "ne", "≈": "approx", "≡": "equiv", "∝": "propto", "∼": "sim"},
    **{"≃": "simeq", "≅": "cong", "≔": "coloneqq", "≜": "triangleq", "≪": "ll", "≫": "gg", "⊂": "subset"},
    **{"⊆": "subseteq", "∈": "in", "∉": "notin", "→": "to", "⟶": "to", "←": "gets", "↦": "mapsto", "⇒": "Rightarrow"},
    **{"⟹": "Rightarrow", "⇔": "Leftrightarrow", "⟺": "Leftrightarrow", "∴": "therefore", "∵": "because"},
    **{"·": "cdot", "⋅": "cdot", "∙": "cdot", "•": "cdot", "×": "times", "÷": "div", "±": "pm", "∓": "mp"},
    **{"∗": "ast", "⊙": "odot", "∘": "circ", "⊗": "otimes", "⊕": "oplus", "∪": "cup", "∩": "cap", "√": "sqrt"},
    **{"…": "ldots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "∥": "|", "‖": "|", "∀": "forall", "∃": "exists"},
    **{"⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle", "⊤": "top", "†": "dagger", "∅": "emptyset"},
    **{"⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "ℝ": "R", "𝔼": "E", "∧": "wedge", "∨": "vee"},
}  # fmt: skip
UNICODE_CHARACTERS = {
    **{"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "－": "-", "＋": "+", "＝": "=", "／": "/", "⁄": "/"},
    **{"（": "(", "）": ")", "［": "[", "］": "]", "｛": "{", "｝": "}", "，": ",", "；": ";", "：": ":"},
    **{"∕": "/", "｜": "|", "∣": "|", "’": "'", "‘": "'", "′": "'", "´": "'", "＊": "*"},
    **{"＜": "<", "＞": ">", "、": ",", "。": "."},
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵀ", "0123456789+-niT", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₘₜ", "0123456789+-ijknmt", strict=True))
_MARKS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}
_SPACES = "\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"

_KINDS: dict[str, Kind] = {
    "space": "space",
    "command": "command",
    "digits": "digits",
    "letter": "letter",
    "words": "words",
}

_TOKEN = re.compile(
    rf"(?P<space>[\s{_SPACES}]+)"
    r"|\\(?P<command>[A-Za-z]+|[\s\S])"
    r"|(?P<comment>%[^\n]*(?:\n[ \t]*)?)"
    r"|(?P<digits>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<letter>[A-Za-z])"
    r"|(?P<entity>&(?:lt|gt|amp|nbsp|space|plus);)"
    r"|(?P<words>[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]+)"
    r"|(?P<char>[\s\S])"
)


class Unreadable(Exception):
    """The formula can't be read: why, and the offset in its LaTeX at which reading stopped."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class TexToken:
    """A token of TeX: a command's name has no backslash; start and end are offsets in the formula's LaTeX."""

    kind: Kind
    text: str
    start: int
    end: int


def tex_tokens(latex: str, offset: int = 0) -> Iterator[TexToken]:
    """The tokens of the text, comments left out, Unicode written as TeX writes it."""
    for match in _TOKEN.finditer(latex):
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        start, end = match.start() + offset, match.end() + offset
        if kind == "comment":
            continue
        if kind == "entity":
            text = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&plus;": "+"}.get(text, " ")
            yield TexToken("space" if text == " " else "char", text, start, end)
        elif kind == "command" and text.isspace():
            yield TexToken("command", " ", start, end)
        elif kind == "char":
            yield from _character(text, start, end)
        else:
            yield TexToken(_KINDS[kind or ""], text, start, end)


def _character(text: str, start: int, end: int) -> Iterator[TexToken]:
    def make(kind: Kind, value: str) -> TexToken:
        return TexToken(kind, value, start, end)

    if text.isascii():
        yield make("char", text)
    elif text in UNICODE_COMMANDS:
        yield make("command", UNICODE_COMMANDS[text])
    elif text in UNICODE_CHARACTERS:
        yield make("char", UNICODE_CHARACTERS[text])
    elif text in _SUPERSCRIPTS or text in _SUBSCRIPTS:
        table, sign = (_SUPERSCRIPTS, "^") if text in _SUPERSCRIPTS else (_SUBSCRIPTS, "_")
        value = table[text]
        yield make("char", sign)
        yield make("digits" if value.isdigit() else "letter" if value.isalpha() else "char", value)
    elif text in _MARKS:
        yield make("char", text)
    else:
        plain = unicodedata.normalize("NFKD", text)
        if len(plain) == 2 and plain[0].isascii() and plain[0].isalpha() and plain[1] in _MARKS:
            yield make("command", _MARKS[plain[1]])
            yield make("char", "{")
            yield make("letter", plain[0])
            yield make("char", "}")
        elif len(plain) == 1 and plain.isascii() and plain.isalnum():
            yield make("digits" if plain.isdigit() else "letter", plain)
        elif len(plain) == 1 and plain in UNICODE_COMMANDS:
            yield make("command", UNICODE_COMMANDS[plain])
        elif len(plain) == 1 and plain in UNICODE_CHARACTERS:
            yield make("char", UNICODE_CHARACTERS[plain])
        else:
            yield make("char", text)
