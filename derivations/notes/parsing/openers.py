"""What opens a region of a note: a formula, a code block, a comment, a heading; in Markdown, and in TeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from derivations.notes.parsing.macros import DEFINITION

__all__ = ["CLOSERS", "NAMES", "PATTERNS", "TAGS", "Syntax"]

Syntax = Literal["markdown", "tex"]

_ENVIRONMENTS = str.split(
    "equation align aligned alignat alignedat flalign gather gathered split eqnarray multline displaymath math "
    "cases array matrix pmatrix bmatrix vmatrix Vmatrix"
)
TAGS = r"katex|math|mathjax|latex|tex|equation"

_OPENERS = {
    "fence": r"^[ \t>]*(?:[-*+][ \t]+|\d{1,3}[.)][ \t]+)?(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$",
    "comment": r"<!--",
    "tag": rf"\{{\{{[<%][ \t]*(?:{TAGS})\b(?P<hugo>[^}}\n]*)[>%]\}}\}}"
    rf"|\{{%-?[ \t]*(?P<liquid>{TAGS})\b[^%\n]*%\}}|\[(?P<tagged>latex|tex|math)\]",
    "lost": r"^[ \t>]*\[[ \t]*$",
    "script": r"<script\b[^>\n]*math/tex[^>\n]*>",
    "directive": r"^(?P<margin>[ \t]*)\.\.[ \t]+math::[ \t]*(?P<oneline>[^\n]*)$",
    "role": r":math:`",
    "heading": r"^[ ]{0,3}(?P<level>#{1,6})(?!#)[ \t]*(?P<title>[^\n]*)$",
    "dollartick": r"\$`",
    "code": r"`+",
}
_TEX_OPENERS = {
    "percent": r"(?<!\\)%[^\n]*",
    "verbatim": r"\\begin\{(?P<verb>verbatim|lstlisting|minted|comment)\*?\}",
}
_SHARED_OPENERS = {
    "section": r"\\(?P<depth>chapter|(?:sub){0,2}section|paragraph)\*?\{(?P<name>[^{}\n]*)\}",
    "definition": DEFINITION.pattern,
    "environment": r"\\begin\{(?P<env>" + "|".join(_ENVIRONMENTS) + r")(?P<star>\*?)\}",
    "double": r"\$\$",
    "single": r"\$",
}
CLOSERS = {
    "doubled_display": r"(?<!\\)\\\\\]",
    "doubled_inline": r"(?<!\\)\\\\\)",
    "display": r"(?<!\\)\\\]",
    "inline": r"(?<!\\)\\\)",
}
_BACKSLASHED = {
    "markdown": {"doubled_display": r"\\\\\[", "doubled_inline": r"\\\\\(", "display": r"\\\[", "inline": r"\\\("},
    "tex": {"linebreak": r"\\\\", "display": r"\\\[", "inline": r"\\\("},
}


def _pattern(syntax: Syntax) -> re.Pattern[str]:
    own = _OPENERS if syntax == "markdown" else _TEX_OPENERS
    parts = own | _SHARED_OPENERS | _BACKSLASHED[syntax] | {"escape": r"\\[\s\S]"}
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items()), re.M)


PATTERNS: Mapping[Syntax, re.Pattern[str]] = {"markdown": _pattern("markdown"), "tex": _pattern("tex")}
NAMES: Mapping[Syntax, tuple[str, ...]] = {
    syntax: (
        *(_OPENERS if syntax == "markdown" else _TEX_OPENERS),
        *_SHARED_OPENERS,
        *_BACKSLASHED[syntax],
        "escape",
    )
    for syntax in ("markdown", "tex")
}
