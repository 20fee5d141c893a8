r"""An index on brackets: (h_\theta(x))_k is h_\theta(x)_k."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


COST = r"""
$$J(\Theta) = -\frac1m \sum_{i=1}^m \sum_{k=1}^K [y_k^{(i)} \log H + (1 - y_k^{(i)}) \log(1 - H)]$$

where $MODEL = \sigma(\Theta_k^T x)$.

$$\frac{\partial J}{\partial \Theta_k} = \frac1m \sum_{i=1}^m (H - y_k^{(i)}) x^{(i)}$$
"""


@pytest.mark.parametrize("outer", ["(F)_k", "[F]_k", r"\left(F\right)_{k}"])
@pytest.mark.parametrize("name", ["h", r"h_\Theta", r"h_{\Theta}"])
def test_one_output_of_a_network(outer: str, name: str) -> None:
    text = COST.replace("MODEL", outer.replace("F", f"{name}(x)"))
    text = text.replace("H", outer.replace("F", f"{name}(x^{{(i)}})").replace("H", "h"))
    assert verdicts(text) == ["definition", "definition", "proved"]
    assert verdicts(text.replace("- y_k^{(i)}) x", "+ y_k^{(i)}) x"))[-1] == "refuted"


def test_brackets_that_are_arguments_stay() -> None:
    text = r"""$\mathrm{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$

$\log \mathrm{softmax}(x)_i = x_i - \log \sum_j e^{x_j}$"""
    assert verdicts(text) == ["proved", "proved"]
