r"""What is reached is given a name behind it: ∂E/∂o = o - t ≡ \delta."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


NET = r"""
$h_j = \sigma(a_j)$, $a_j = \sum_i w_{ji} x_i$, $o_k = \sum_j v_{kj} h_j$ and $E = \frac12 \sum_k (o_k - t_k)^2$.

$$\frac{\partial E}{\partial o_k} = o_k - t_k SIGN \delta_k$$
$$\frac{\partial E}{\partial h_j} = \sum_k RIGHT v_{kj}$$
"""


@pytest.mark.parametrize("sign", [r"\equiv", r"\triangleq", "=:", ":=", r"\eqqcolon"])
def test_a_name_for_what_was_reached(sign: str) -> None:
    text = NET.replace("SIGN", sign)
    assert verdicts(text.replace("RIGHT", r"\delta_k"))[-3:] == ["proved", "definition", "proved"]
    assert verdicts(text.replace("RIGHT", r"-\delta_k"))[-1] == "refuted"


def test_a_name_that_has_a_value_gets_none() -> None:
    text = NET.replace("SIGN", r"\equiv").replace(r"\delta_k$$", "h_k$$").replace("RIGHT", "(o_k - t_k)")
    assert verdicts(text)[-1] == "proved"


def test_a_name_by_itself() -> None:
    text = r"$L = \frac12 (w x - y)^2$ and $(w x - y) x =: g$. So $\frac{dL}{dw} = RIGHT$."
    assert verdicts(text.replace("RIGHT", "g"))[1:] == ["definition", "proved"]
    assert verdicts(text.replace("RIGHT", "2 g"))[1:] == ["definition", "refuted"]
