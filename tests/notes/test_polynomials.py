r"""x_n^j of \sum_{j=0}^M w_j x_n^j: a power or an index of features; what holds of both is proved, nothing refuted."""

import pytest

from derivations.notes.library import check_notes

MODEL = r"Let $\hat y_n = \sum_{j=0}^M w_j x_n^j$ and $E = \frac12\sum_{n=1}^N (\hat y_n - t_n)^2$."
CALLED = (
    r"The model is $y(x, w) = \sum_{j=0}^M w_j x^j$ and the error $E(w) = \frac12\sum_{n=1}^N (y(x_n, w) - t_n)^2$."
)


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("model", "claim"),
    [
        (MODEL, r"\frac{\partial \hat y_n}{\partial w_j} = x_n^j"),
        (MODEL, r"\frac{\partial E}{\partial w_j} = \sum_{n=1}^N (\hat y_n - t_n) x_n^j"),
        (MODEL, r"\frac{\partial E}{\partial w_j} = \sum_{n=1}^N (\sum_{k=0}^M w_k x_n^k - t_n) x_n^j"),
        (CALLED, r"\frac{\partial E}{\partial w_j} = \sum_{n=1}^N (y(x_n, w) - t_n) x_n^j"),
    ],
)
def test_slopes_by_coefficients(model: str, claim: str) -> None:
    assert last(f"{model}\n$${claim}$$\n") == "proved"
    left, _, right = claim.partition("=")
    for wrong in (f"{left} = -{right}", f"{left} = 2 {right}"):
        assert last(f"{model}\n$${wrong}$$\n") == "undecided"


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial E}{\partial w_0} = \sum_{n=1}^N (\hat y_n - t_n)",  # x^0 is 1
        r"\frac{\partial E}{\partial w_1} = \sum_{n=1}^N (\hat y_n - t_n) x_n",
        r"\frac{\partial E}{\partial w_2} = \sum_{n=1}^N (\hat y_n - t_n) x_n^2",
        r"\frac{\partial \hat y_n}{\partial x_n} = 0",  # it hangs on x
        r"\frac{\partial \hat y_n}{\partial x_n} = \sum_{j=1}^M j w_j x_n^{j-1}",
        r"\hat y_n = w_0 + \sum_{j=1}^M w_j x_n^j",
        r"\frac{\partial^2 E}{\partial w_j \partial w_k} = \sum_{n=1}^N x_n^{j+k}",
    ],
)
def test_what_only_powers_have_is_left_open(claim: str) -> None:
    assert last(f"{MODEL}\n$${claim}$$\n") in ("undecided", "unsupported")


def test_a_superscript_of_no_such_sum_stays_unread() -> None:
    assert last(f"{MODEL}\n" + r"$$\frac{\partial \hat y_n}{\partial w_m} = x_n^m$$") == "unsupported"
