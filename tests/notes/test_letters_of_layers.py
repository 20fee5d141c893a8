r"""A layer for each letter: h_j and v_{ji}, o_k and w_{kj}; t_k is what the later layer is compared with."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

NET = r"""
$h_j = f(u_j)$, $u_j = \sum_i v_{ji} x_i$, $o_k = g(s_k)$, $s_k = \sum_j w_{kj} h_j$ and
$E = \frac12 \sum_k (o_k - t_k)^2$.

$$\frac{\partial E}{\partial w_{kj}} = (o_k - t_k) g'(s_k) h_j$$
$$\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k) g'(s_k) w_{kj}$$
$$\frac{\partial E}{\partial v_{ji}} = \left( \sum_k (o_k - t_k) g'(s_k) w_{kj} \right) f'(u_j) x_i$$

With $\delta_k = (o_k - t_k) g'(s_k)$ and $\delta_j = f'(u_j) \sum_k \delta_k w_{kj}$ it is
$$\frac{\partial E}{\partial v_{ji}} = \delta_j x_i$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if "partial" in step.left]


def test_each_gradient_is_proved() -> None:
    assert verdicts(NET) == ["proved"] * 4


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("g'(s_k) h_j", "g'(s_k) x_j", 0),
        ("g'(s_k) h_j", "h_j", 0),
        (r"= \sum_k (o_k - t_k) g'(s_k) w_{kj}", r"= (o_k - t_k) g'(s_k) w_{kj}", 1),
        (r"g'(s_k) w_{kj} \right)", r"g'(s_k) w_{jk} \right)", 2),
    ],
)
def test_a_wrong_letter_or_a_lost_sum_is_refuted(right: str, wrong: str, place: int) -> None:
    found = verdicts(NET.replace(right, wrong, 1))
    assert found[place] != "proved" and (wrong == "h_j" or found[place] == "refuted")


def test_what_words_call_diagonal_is_no_size() -> None:
    text = r"""$\ell(w) = -\sum_{n=1}^N ( t_n \ln y_n + (1 - t_n) \ln(1 - y_n) )$ with $y_n = \sigma(w^T \phi_n)$.
$$\nabla \ell(w) = \sum_{n=1}^N (t_n - y_n) \phi_n$$
Below, the diagonal of the Hessian $\sum_{n=1}^N y_n (1 - y_n) \phi_n \phi_n^T$ is taken."""
    assert check_notes(text).steps[-1].verdict == "refuted"


def test_the_units_that_a_unit_feeds_are_no_refutation() -> None:
    text = r"""$n_j = \sum_i w_{ij} o_i$, $o_j = \sigma(n_j)$, $E = \frac12 \sum_j (t_j - o_j)^2$.
$$\frac{\partial E}{\partial w_{ij}} = (o_j - t_j) o_j (1 - o_j) o_i$$
For hidden units
$$\frac{\partial E}{\partial n_j} = \left( \sum_k w_{jk} \delta_k \right) o_j (1 - o_j)$$"""
    assert verdicts(text) == ["supported", "undecided"]
    assert verdicts(text.replace("(o_j - t_j) o_j (1", "(t_j - o_j) o_j (1"))[0] not in ("proved", "supported")


def test_a_name_of_both_layers_is_told_apart_behind_its_derivative() -> None:
    both = NET.replace(r"\delta_k = (o", r"\delta_k = \frac{\partial E}{\partial s_k} = (o")
    both = both.replace(r"\delta_j = f", r"\delta_j = \frac{\partial E}{\partial u_j} = f")
    found = [step.verdict for step in check_notes(both).steps if step.verdict != "definition"]
    assert found == ["proved"] * 6
    wrong = both.replace(r"= f'(u_j) \sum_k \delta_k w_{kj}", r"= \sum_k \delta_k w_{kj}")
    assert [step.verdict for step in check_notes(wrong).steps][-2] not in ("proved", "supported")
