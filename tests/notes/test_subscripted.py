"""f_x for the partial derivative of f(x, y) by x, where x is no index."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (r"For $f(x,y)=x^2y+3y$: $f_x=2xy$, $f_y=x^2+3$.", ("2xy", "2xy+y")),
        (r"Let $L(w,b)=(wx+b-y)^2$. $L_w=2(wx+b-y)x$, $L_b=2(wx+b-y)$.", ("b-y)x", "b-y)")),
    ],
)
def test_a_subscript_names_a_derivative(text: str, wrong: tuple[str, str]) -> None:
    assert verdicts(text) == ["definition", "proved", "proved"]
    assert verdicts(text.replace(*wrong)) == ["definition", "refuted", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        r"The losses $L_i$ of the samples have the mean $L = \frac1n\sum_i L_i$.",
        r"Let $f(i) = x_i^2$. $$f_i = 2 x_i$$",
        r"Let $f(w, x) = w x$ and $f_w(x) = \sigma(w x)$.",
        r"Let $E(x) = x^2$ and $E_x[x] = 2 x$.",
    ],
)
def test_an_index_names_none(text: str) -> None:
    assert not {"proved", "supported"} & set(verdicts(text))
