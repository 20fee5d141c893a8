"""Reasons that something is decided by later: words for the reader, with what kind of reason they are.

    Reason("f is not defined here", Why.UNDEFINED, "f")

A reason is its words wherever it is shown. What code decides by is its kind, which goes where the words go and is gone
when other words take their place.
"""

from __future__ import annotations

import enum

__all__ = ["Reason", "Why", "about", "holds_where", "reason_of", "reworded", "why"]


class Why(enum.Enum):
    """Kinds of reasons, each with what it says of a claim."""

    UNDEFINED = "a name in it has no definition"
    NO_VALUE = "a name that one side is, but for a factor or a power, has no value"
    OTHER_NAME = "a name on one side may be one on the other"
    OTHER_ARGUMENTS = "a function is applied to other things than those of which it was defined"
    USUAL_MEAN = "a name is taken for a mean, as is usual"
    TRANSPOSED = "what is transposed is read as a number"
    TURNED = "it holds with the indices of a name exchanged"
    HOLDS_WHERE = "it holds under a condition that nothing states"
    A_PRODUCT = "it holds where what it writes as f * g or H[p] is a product"
    ELSEWHERE = "it holds at all places but one"
    NO_VALUE_THERE = "a side has no value where the text says that a name lies"
    OF_INDEX = "a function is of an index"
    RIGHT_CLASS = "an index on one side only may be the class whose label is 1"
    SUMS_TO_ONE = "it holds where probabilities sum to 1"
    OTHER_SIGMA = "σ was said to be another function than the logistic one"
    ONE_SAMPLE = "it may be said of one sample, where a sum over all is defined"
    ROUNDED = "how far its numbers are rounded isn't known"
    UNDEFINED_POINT = "a term is undefined under the side conditions of the others"


class Reason(str):
    """Words and why they are said; name: what they are about, where it is one name."""

    why: Why
    name: str

    def __new__(cls, words: str, why: Why, name: str = "") -> Reason:
        found = super().__new__(cls, words)
        found.why, found.name = why, name
        return found

    def __getnewargs__(self) -> tuple[str, Why, str]:  # type: ignore[override]  # reports are copied and sent
        return str(self), self.why, self.name


def why(reason: str | None) -> Why | None:
    """What kind of reason it is; None for words alone.

    >>> why(holds_where("x > 0")), why("x > 0")
    (<Why.HOLDS_WHERE: 'it holds under a condition that nothing states'>, None)
    """
    return reason.why if isinstance(reason, Reason) else None


def about(reason: str | None) -> str:
    """The name that a reason is about; empty where it is about none, or more than one."""
    return reason.name if isinstance(reason, Reason) else ""


def reworded(reason: str | None, words: str) -> str:
    """Other words for the same reason."""
    return Reason(words, reason.why, reason.name) if isinstance(reason, Reason) else words


def holds_where(condition: str) -> str:
    """What holds under a condition that nothing states."""
    return Reason(f"holds where {condition}", Why.HOLDS_WHERE)


def reason_of(error: Exception) -> str:
    """What an error says, with the kind of reason that it was raised for."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Reason) else str(error)
