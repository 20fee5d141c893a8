r"""A case that a chain goes on in; an index that no silent sum explains."""

import pytest

from derivations.notes.library import check_notes

JACOBIAN = r"""$$\hat{y}_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$$

Then $$\frac{\partial \hat{y}_k}{\partial z_k} = RIGHT$$

"""
LOSS = r"with the loss $L = -\sum_{k=1}^K y_k \log \hat{y}_k$."
CASES = r"""$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$

For $i \neq k$:

$$\frac{\partial p_k}{\partial z_i} = -\frac{e^{z_k} e^{z_i}}{(\sum_j e^{z_j})^2}$$

$$= RIGHT$$

With $\delta_{ki}$ ($i = k$: 1) both are one.
"""
CHAIN = r"""For sample $i$, $\hat y_i = \sigma(z_i)$ with $z_i = w x_i$, and
$L_i = -y_i \log \hat y_i - (1 - y_i) \log(1 - \hat y_i)$. In any case, and in the same way for $J = \sum_{i=1}^n L_i$,

$$\frac{\partial L_i}{\partial w} = RIGHT \frac{\partial \hat y_i}{\partial z_i} \frac{\partial z_i}{\partial w}$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong", "verdict"),
    [
        (JACOBIAN + LOSS, r"\hat{y}_k (1 - \hat{y}_k)", "y_k (1 - y_k)", "undecided"),
        (JACOBIAN, r"\hat{y}_k (1 - \hat{y}_k)", "y_k (1 - y_k)", "undecided"),  # y may be another name of it
        (JACOBIAN + LOSS, r"\hat{y}_k (1 - \hat{y}_k)", "u_k (1 - u_k)", "undecided"),
        (CASES, "-p_k p_i", "-p_i p_i", "refuted"),
        (CHAIN, r"\frac{\partial L_i}{\partial \hat y_i}", r"\frac{\partial L_i}{\partial \hat y_k}", "refuted"),
    ],
)
def test_what_was_meant_is_known_well_enough_to_refute(text: str, right: str, wrong: str, verdict: str) -> None:
    held, spoilt = (list(check_notes(text.replace("RIGHT", side)).steps) for side in (right, wrong))
    found = [b.verdict for a, b in zip(held, spoilt, strict=True) if a.right != b.right]
    assert [a.verdict for a, b in zip(held, spoilt, strict=True) if a.right != b.right] == ["proved"]
    assert found == [verdict]


def test_an_error_without_an_index_beside_those_with_one_refutes_nothing() -> None:
    text = r"""Let $\hat y_i = \hat\beta_0 + \hat\beta_1 x_i$ and $\epsilon = y_i - \hat y_i$, the error.

$$R = \epsilon_1^2 + \epsilon_2^2 + ... + \epsilon_n^2$$

$$\frac{\partial R}{\partial \hat\beta_1} = \sum_{i=1}^n -2 x_i (y_i - \hat\beta_0 - \hat\beta_1 x_i)$$
"""
    assert check_notes(text).steps[-1].verdict != "refuted"


@pytest.mark.parametrize(
    "words",
    [
        "By the Kronecker delta only the term with $k = i$ remains.",
        "크로네커 델타의 성질에 의해 $k = i$인 항만 남습니다.",
        "由于 $\\delta_{ki}$，只剩下 $k = i$ 的项。",
        "Es bleibt nur der Term mit $k = i$ übrig.",
    ],
)
def test_a_term_of_a_sum_that_remains_is_no_case(words):
    given = r"$$\hat{y}_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}, \quad L = -\sum_{k=1}^K y_k \log \hat{y}_k$$ "
    note = rf"{given}{words} $$\sum_{{k=1}}^K y_k \hat{{y}}_i = \hat{{y}}_LETTER \sum_{{k=1}}^K y_k$$"
    assert check_notes(note.replace("LETTER", "i")).steps[-1].verdict == "proved"
    assert check_notes(note.replace("LETTER", "k")).steps[-1].verdict not in ("proved", "supported")


@pytest.mark.parametrize(("sign", "verdict"), [("", "proved"), ("-", "refuted")])
def test_a_sum_over_words(sign, verdict):
    text = r"$$J = \log \sum_{w=1}^V e^{s_w}$$ $$\frac{\partial J}{\partial s_k} = "
    right = sign + r"\frac{e^{s_k}}{\sum_{w=1}^V e^{s_w}}$$"
    assert check_notes(text + right).steps[-1].verdict == verdict


SOFTMAX = r"Let $p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}$ and $L = -\sum_{k=1}^n y_k \log p_k$, one-hot. "


@pytest.mark.parametrize(
    "below",
    [r"k=1, k \neq i", r"k=1; k \ne i", r"\substack{k=1 \\ k \ne i}", r"k=1 \atop k \ne i", r"k \ne i, k=1"],
)  # fmt: skip
def test_an_index_may_be_left_out_of_a_sum_beside_its_bounds(below: str) -> None:
    upper = "^n"
    right = rf"$$y_i p_i + \sum_{{{below}}}{upper} y_k p_i = p_i \sum_{{k=1}}^n y_k$$"
    assert check_notes(SOFTMAX + right).steps[-1].verdict == "proved"
    wrong = rf"$$y_i + \sum_{{{below}}}{upper} y_k p_i = p_i \sum_{{k=1}}^n y_k$$"
    assert check_notes(SOFTMAX + wrong).steps[-1].verdict in ("refuted", "undecided")
