"""The terminals of the grammar, what had to be mended to get them, and the bounds on both."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_LENGTH = 30_000
MAX_TOKENS = 10_000
MAX_PREFIXES = 20
MAX_WORK = 200_000


@dataclass(frozen=True, slots=True)
class Token:
    """A terminal of the grammar; `note` is a font, a bracket's side, or what stands over a relation."""

    kind: str
    text: str
    start: int
    end: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mend:
    """Something read otherwise than TeX would: the offset, what is written, what it was read as."""

    start: int
    end: int
    written: str
    read_as: str


@dataclass(slots=True)
class Lexed:
    tokens: list[Token] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)
