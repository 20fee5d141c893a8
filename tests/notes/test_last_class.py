r"""The last of K classes as a reference: its probability is not that of the others, k = 1, …, K - 1."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

CHANCES = r"""
For the classes $k = 1, \dots, K-1$,
$$P(y = k \mid x) = \frac{e^{w_k^\top x}}{1 + \sum_{j=1}^{K-1} e^{w_j^\top x}}$$
%s
$$\log \frac{P(y = k \mid x)}{P(y = K \mid x)} = %s$$
"""
SHARES = r"""
$$p_k = \frac{e^{z_k}}{1 + \sum_{j=1}^{K-1} e^{z_j}}$$
%s
$$\log \frac{p_k}{p_K} = %s$$
"""
OF_THE_LAST = (
    (CHANCES, r"$$P(y = K \mid x) = \frac{1}{1 + \sum_{j=1}^{K-1} e^{w_j^\top x}}$$", r"w_k^\top x"),
    (CHANCES, r"$$P(y = K \mid x) = 1 - \sum_{k=1}^{K-1} P(y = k \mid x)$$", r"w_k^\top x"),
    (SHARES, r"$$p_K = \frac{1}{1 + \sum_{j=1}^{K-1} e^{z_j}}$$", "z_k"),
    (SHARES, r"$$p_K = 1 - \sum_{k=1}^{K-1} p_k$$", "z_k"),
)
ALL_CLASSES = r"""
$$P(y = k \mid x) = \frac{e^{w_k^\top x}}{\sum_{j=1}^{K} e^{w_j^\top x}}$$
$$\log \frac{P(y = k \mid x)}{P(y = K \mid x)} = %s$$
"""


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(("note", "said", "ratio"), OF_THE_LAST)
def test_the_last_class_is_what_is_said_of_it(note: str, said: str, ratio: str) -> None:
    assert last(note % (said, ratio)) == "proved"
    assert last(note % (said, f"-{ratio}")) == "refuted"


@pytest.mark.parametrize(("note", "ratio"), [(CHANCES, r"w_k^\top x"), (SHARES, "z_k"), (SHARES, "z_k - z_K")])
def test_without_a_word_of_the_last_class_nothing_is_certain_of_it(note: str, ratio: str) -> None:
    assert last(note % ("", ratio)) not in ("proved", "refuted")


def test_the_last_of_all_classes_is_one_of_them() -> None:
    """It was taken for another index than that of w_K, and the ratio was refuted."""
    assert last(ALL_CLASSES % r"(w_k - w_K)^\top x") == "proved"
    assert last(ALL_CLASSES % r"(w_K - w_k)^\top x") == "refuted"


def test_log_odds_say_what_the_chances_are() -> None:
    note = r"""
$$\ln \frac{P(Y=k|X)}{P(Y=K|X)} = \beta_k X, \quad k < K$$
$$P(Y=k|X) = %s$$
$$P(Y=K|X) = \frac{1}{1 + \sum_{j=1}^{K-1} e^{\beta_j X}}$$
$$P(Y=k|X) = %s$$
"""
    right, solved = r"P(Y=K|X) e^{\beta_k X}", r"\frac{e^{\beta_k X}}{1 + \sum_{j=1}^{K-1} e^{\beta_j X}}"
    assert {check_notes(note % (right, solved)).steps[k].verdict for k in (2, 4)} <= {"proved", "supported"}
    assert check_notes(note % (right.replace("{", "{-"), solved)).steps[2].verdict == "conflict"
    assert last(note % (right, solved.replace("{e^{", "{e^{-"))) == "conflict"
