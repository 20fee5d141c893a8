r"""What pages write by hand: equation numbers, asides, conditions of a row, steps of an iteration, marks in names."""

import pytest

from derivations.notes.library import check_notes

SOFTMAX = r"Let $a_i = \frac{e^{z_i}}{\sum_i e^{z_i}}$. "
NUMBERED = (
    r"Let $z = w_0 + w_1 x_1$. $$\frac{dz}{dw_0} = 1 (1)$$ $$\frac{dz}{dx_1} = w_1 (2)$$ $$\frac{dz}{dw_1} = RIGHT$$"
)
ASIDE = r"""Let $z = w x + b$.

$$\frac{d}{dw} \log\sigma(z)$$
$$= \frac{d}{dw} \log\sigma(z), \ z = w x + b$$
$$= RIGHT$$
"""
MARKED = r"""
$$h1\_in = x1 * w1 + b1$$
$$h1\_out = \frac{1}{1 + e^{-h1\_in}}$$
$$\frac{\partial h1\_out}{\partial w1} = RIGHT$$
"""


def last(text):
    return [s.verdict for s in check_notes(text).steps][-1]


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        (NUMBERED, "x_1 (3)", "proved"),
        (NUMBERED, "x_1 (4)", "refuted"),  # not the next number: a factor
        (NUMBERED, "2 x_1 (3)", "refuted"),
        (ASIDE, r"(1 - \sigma(z)) x", "proved"),
        (ASIDE, r"\sigma(z) x", "refuted"),
        (MARKED, r"h1\_out (1 - h1\_out) x1", "proved"),
        (MARKED, r"h1\_out (1 + h1\_out) x1", "refuted"),
        (MARKED, r"h1\_in (1 - h1\_out) x1", "refuted"),
    ],
)
def test_marks_beside_what_is_claimed(text, right, verdict):
    assert last(text.replace("RIGHT", right)) == verdict


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\frac{e^{z_i} \sum_i e^{z_i} - e^{z_i} e^{z_j}}{(\sum_i e^{z_i})^2}", "proved"),
        (r"\frac{e^{z_i} \sum_i e^{z_i} + e^{z_i} e^{z_j}}{(\sum_i e^{z_i})^2}", "refuted"),
    ],
)
def test_a_letter_before_its_sum_is_another_one(right, verdict):
    step = rf"$$\frac{{\partial}}{{\partial z_j}} \frac{{e^{{z_i}}}}{{\sum_i e^{{z_i}}}} = {right}$$"
    assert last(f"{SOFTMAX}当 $i = j$ 时，导数为：\n{step}") == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$w^{t+1} = w^t - \frac{\eta}{\sigma^t} g^t$", "definition"),
        (r"$\theta^{1} = \theta^{0} - \eta \nabla L(\theta^{0})$", "definition"),
        (r"$\eta^t = \eta / \sqrt{t + 1}$", "definition"),
        (r"$x^3 = x^2 + x$", "refuted"),
        (r"Let $Y = w x + b$. Then $\log(Y) = w x + b$", "conflict"),
        (r"Let $a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$. When $i \ne j$, $$a_j - 0 = a_j - y_j$$", "definition"),
        (r"Let $a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$. When $i \ne j$, $$a_j = a_j - 2 y_j$$", "undecided"),
    ],
)
def test_what_says_how_values_follow_is_no_claim(text, verdict):
    assert last(text) == verdict


def test_a_row_of_one_size_is_not_refuted_by_another():
    text = r"""$$\begin{aligned} p_1 &= \frac{e^{z_1}}{\sum_{c=1}^C e^{z_c}} \\
    &= \frac{e^{z_1}}{e^{z_1} + e^{z_2}}, & \text{when} C = SIZE \end{aligned}$$"""
    found = check_notes(text.replace("SIZE", "2")).steps
    assert "refuted" not in [s.verdict for s in found]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$z_i, i = 1, 2, \dots, C$", "definition"),
        (
            r"Let $L = y^2$. $\nabla L = (\frac{\partial L}{\partial w_1}, \dots, \frac{\partial L}{\partial w_n})$",
            "definition",
        ),
        (r"Let $a^{(i)} = w x^{(i)}$. Now $z^{(1)} = v a^{(1)} + b$", "definition"),
        (r"Let $a^{(i)} = w x^{(i)}$. Now $a^{(1)} = 2 w x^{(1)}$", "refuted"),
        (r"Let $J = \frac1m \sum_i (w x_i - y_i)^2$. $\frac{\partial J}{\partial w} = 2(w - 5)$", "undecided"),
        (r"Let $J = \frac1m \sum_i (w x_i - y_i)^2$. $\frac{\partial J}{\partial w} = 2 w$", "refuted"),
    ],
)
def test_what_says_what_there_is_is_no_claim(text, verdict):
    assert last(text) == verdict


@pytest.mark.parametrize("behind", [False, True])
def test_a_jacobian_with_all_its_entries(behind: bool) -> None:
    """p_1 is the first of p_i in a matrix, too, where it stands five times."""
    softmax = r"$p_i=\frac{e^{z_i}}{\sum_{j=1}^3e^{z_j}}$"
    rows = (r"p_1(1-p_1)&-p_1p_2&-p_1p_3", r"-p_2p_1&p_2(1-p_2)&-p_2p_3", r"-p_3p_1&-p_3p_2&p_3(1-p_3)")
    entries = r"\begin{bmatrix}" + r"\\".join(rows) + r"\end{bmatrix}"
    claim = rf"$$\frac{{\partial p}}{{\partial z}} = {entries} = \operatorname{{diag}}(p) - pp^T$$"
    text = f"We have {claim} where {softmax}." if behind else f"With {softmax} we have {claim}"
    found = [step.verdict for step in check_notes(text).steps if "bmatrix" in step.left + step.right]
    assert found == ["proved", "proved"]
    wrong = check_notes(text.replace("&-p_1p_2", "&p_1p_2"))
    assert [step.verdict for step in wrong.steps if "bmatrix" in step.left + step.right] == ["refuted", "refuted"]
