r"""a = σ(z), z = w x + b beside \hat y = σ(w x + b): a loss of \hat y is one of a."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

UNIT = r"""$z = w^T x + b$, $a = \sigma(z)$ and
$L(\hat{y}, y) = -(y \log(\hat{y}) + (1-y) \log(1 - \hat{y}))$ with $\hat{y} = \sigma(w^T x + b)$. """


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


def test_a_derivative_by_the_other_name_is_taken() -> None:
    chain = r"""$$\frac{dL}{da} = -\frac{y}{a} + \frac{1-y}{1-a}$$
$$\frac{dL}{dz} = \frac{dL}{da} \frac{da}{dz} = a - y$$ $$\frac{dL}{dw} = \frac{dL}{dz} \frac{dz}{dw} = (a-y) x$$"""
    assert verdicts(UNIT + chain) == ["proved"] * 5
    assert verdicts(UNIT + r"$$\frac{dL}{da} = \frac{y}{a} - \frac{1-y}{1-a}$$") == ["refuted"]


@pytest.mark.parametrize(
    ("value", "loss"),
    [("w x + 2b", r"(\hat{y} - y)^2"), ("w x + b", r"\hat{y} + z^2")],
)
def test_another_value_or_another_path_leaves_it_open(value: str, loss: str) -> None:
    text = rf"$z = w x + b$, $a = \sigma(z)$, $\hat{{y}} = \sigma({value})$, $L = {loss}$. "
    slope = r"2(\hat{y} - y)" if "y)^2" in loss else "1"
    assert verdicts(text + rf"$$\frac{{dL}}{{da}} = {slope}$$")[-1] not in ("proved", "supported", "refuted")
