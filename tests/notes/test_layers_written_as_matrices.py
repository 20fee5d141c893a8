r"""Networks in matrices whose brackets are transposed: (a^{[1]})^\top, rows of a bracket, δ that is no function."""

import pytest

from derivations.notes.library import check_notes

NETWORK = r"""
$$z^{[1]} = W^{[1]} x + b^{[1]}, \quad a^{[1]} = \sigma(z^{[1]}), \quad z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}$$
$$\hat{y} = \sigma(z^{[2]}), \quad L = -(y \log \hat{y} + (1 - y) \log(1 - \hat{y}))$$
Let $\delta^{[2]} = \frac{\partial L}{\partial z^{[2]}}$. Then $\delta^{[2]} = \hat{y} - y$ and
$$\frac{\partial L}{\partial W^{[2]}} = \delta^{[2]} \left(a^{[1]}\right)^\top$$
$$\delta^{[1]} = \frac{\partial L}{\partial z^{[1]}}$$
$$\delta^{[1]} = \left(W^{[2]}\right)^\top \delta^{[2]} \odot a^{[1]} \odot (1 - a^{[1]})$$
$$\frac{\partial L}{\partial W^{[1]}} = \delta^{[1]} x^\top$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


def test_a_network_in_matrices_holds():
    found = verdicts(NETWORK)
    assert "refuted" not in found
    assert found.count("proved") >= 3


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"= \hat{y} - y$", r"= y - \hat{y}$"),
        (r"\odot a^{[1]} \odot (1 - a^{[1]})", r"\odot (1 - a^{[1]})"),
        (r"= \delta^{[1]} x^\top", r"= 2 \delta^{[1]} x^\top"),
    ],
)
def test_a_fault_in_it_is_refuted(right, wrong):
    assert right in NETWORK
    assert {"refuted", "conflict"} & set(verdicts(NETWORK.replace(right, wrong)))


def test_an_entry_of_a_bracket():
    text = r"""Let $\hat y = X w$, $L = \|y - Xw\|^2$ and $\hat y_i = x_i^\top w$. Then $(Xw)_i = x_i^\top w$,
$(X w)_i = 2 x_i^\top w$, $(\hat y - y)_i = x_i^\top w - y_i$ and $(\hat y - y)_i = x_i^\top w + y_i$."""
    assert verdicts(text)[-4:] == ["proved", "refuted", "proved", "refuted"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"= \delta^{[1]} x^\top", r"= x \left(\delta^{[1]}\right)^\top"),
        (r"= \delta^{[2]} \left(a^{[1]}\right)^\top", r"= \delta^{[2]} a^{[1]}"),
        (r"= \left(W^{[2]}\right)^\top \delta^{[2]}", r"= W^{[2]} \delta^{[2]}"),
    ],
)
def test_a_transpose_is_not_proved_away_where_matrices_are_read_as_numbers(right, wrong):
    step = next(s for s in check_notes(NETWORK.replace(right, wrong)).steps if s.right.startswith(wrong[2:]))
    assert step.verdict not in ("proved", "definition")


def test_a_product_of_columns_may_be_taken_entry_by_entry():
    text = (
        NETWORK + r"""$$\left( -\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}} \right) \hat{y} (1-\hat{y}) = \hat{y} - y$$"""
    )
    assert "refuted" not in verdicts(text)
