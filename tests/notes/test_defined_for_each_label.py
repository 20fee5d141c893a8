r"""A loss that is defined for y = 1 and for y = 0: no conflict, and the one formula for both follows."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

WORDS = r"""
If $y = 1$, then $L = -\log p$. If $y = 0$, then $L = -\log(1 - p)$. Together $L = RIGHT$.
"""
BEHIND = r"""
$$\mathrm{Cost}(h_\theta(x), y) = -\log(h_\theta(x)) \quad \text{if } y = 1$$
$$\mathrm{Cost}(h_\theta(x), y) = -\log(1 - h_\theta(x)) \quad \text{if } y = 0$$
$$\mathrm{Cost}(h_\theta(x), y) = RIGHT$$
"""
ITEMS = r"""
- 当 $y=1$ 时，$\mathcal{L}(\hat y, y) = -\log \hat y$
- 当 $y=0$ 时，$\mathcal{L}(\hat y, y) = -\log(1 - \hat y)$

合起来：$\mathcal{L}(\hat y, y) = RIGHT$
"""
CHANCE = r"""
If $y = 1$ then $p(y|x) = h$, and if $y = 0$ then $p(y|x) = 1 - h$. So $p(y|x) = RIGHT$.
"""
INDEXED = r"""
For $y_i = 1$ we have $\ell_i = -\log p_i$. For $y_i = 0$ we have $\ell_i = -\log(1 - p_i)$. So $\ell_i = RIGHT$.
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (WORDS, r"-y \log p - (1 - y) \log(1 - p)", r"-y \log p + (1 - y) \log(1 - p)"),
        (WORDS, r"-[y \log p + (1 - y) \log(1 - p)]", r"-[(1 - y) \log p + y \log(1 - p)]"),
        (
            BEHIND,
            r"-y \log(h_\theta(x)) - (1 - y) \log(1 - h_\theta(x))",
            r"y \log(h_\theta(x)) - (1 - y) \log(1 - h_\theta(x))",
        ),
        (ITEMS, r"-y \log \hat y - (1 - y) \log(1 - \hat y)", r"-y \log \hat y - (1 - y) \log \hat y"),
        (CHANCE, "h^y (1 - h)^{1 - y}", "h^{1 - y} (1 - h)^y"),
        (INDEXED, r"-y_i \log p_i - (1 - y_i) \log(1 - p_i)", r"-y_i \log p_i - (1 + y_i) \log(1 - p_i)"),
    ],
)
def test_a_formula_for_both_labels_follows_from_that_of_each(text, right, wrong):
    found = verdicts(text.replace("RIGHT", right))
    assert found[-1] == "proved"
    assert set(found[:-1]) == {"definition"}
    assert verdicts(text.replace("RIGHT", wrong))[-1] not in ("proved", "supported")


@pytest.mark.parametrize(
    ("value", "loss", "verdict"),
    [
        ("1", r"-\log \hat y", "proved"),
        ("0", r"-\log(1 - \hat y)", "proved"),
        ("1", r"-\log(1 - \hat y)", "conflict"),
        ("0", r"\log(1 - \hat y)", "conflict"),
    ],
)
def test_what_is_said_of_one_label_is_checked_where_the_loss_is_known(value, loss, verdict):
    text = r"$$L(\hat y, y) = -(y \log \hat y + (1 - y) \log(1 - \hat y))$$"
    assert verdicts(rf"{text} If $y = {value}$: $L(\hat y, y) = {loss}$.")[-1] == verdict


def test_a_loss_of_one_label_gives_way_to_that_of_any():
    text = (
        r"For $y = 1$ the loss is $L = -\log p$. In general $L = -y \log p - (1 - y) \log(1 - p)$, and $p = \sigma(z)$."
    )
    assert verdicts(text + r" So $\frac{\partial L}{\partial z} = p - y$.")[-1] == "proved"
    assert verdicts(text + r" So $\frac{\partial L}{\partial z} = y - p$.")[-1] == "refuted"


def test_what_follows_is_of_both_labels():
    text = WORDS.replace("RIGHT", r"-y \log p - (1 - y) \log(1 - p)")
    assert verdicts(text + r"$$\frac{\partial L}{\partial p} = \frac{p - y}{p (1 - p)}$$")[-1] == "proved"
    assert verdicts(text + r"$$\frac{\partial L}{\partial p} = \frac{1}{1 - p}$$")[-1] != "proved"
    assert verdicts(text + r"For $y = 0$: $$\frac{\partial L}{\partial p} = \frac{1}{1 - p}$$")[-1] == "proved"


def test_a_name_that_is_defined_twice_for_the_same_label_is_a_conflict():
    assert verdicts(r"If $y = 1$: $L = -\log p$. If $y = 1$: $L = -2 \log p$.")[-1] in ("conflict", "refuted")
