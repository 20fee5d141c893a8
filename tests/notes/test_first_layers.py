r"""Networks whose weights are \Theta^{(1)}, fed with a^{(1)}; and biases that a vector of ones gives to each row."""

import pytest

from derivations.notes.library import check_notes

NETWORK = r"""
$a^{(2)}=\sigma(W^{(1)}a^{(1)})$, $a^{(3)}=\sigma(W^{(2)}a^{(2)})$ and
$J=-\sum_k[y_k\log a^{(3)}_k+(1-y_k)\log(1-a^{(3)}_k)]$. With $\delta^{(3)}=a^{(3)}-y$ and
$\delta^{(2)}=(W^{(2)})^T\delta^{(3)}.*a^{(2)}.*(1-a^{(2)})$

$$\frac{\partial J}{\partial W^{(2)}}=\delta^{(3)}(a^{(2)})^T$$
$$\frac{\partial J}{\partial W^{(1)}}=\delta^{(2)}(a^{(1)})^T$$
"""
BATCH = r"""
$Y=XW+\mathbf 1b^T$ and $L=\frac12\|Y-T\|_F^2$.

$$CLAIM$$
"""


def last(text: str, count: int = 1) -> list[str]:
    return [step.verdict for step in check_notes(text).steps[-count:]]


@pytest.mark.parametrize("weights", ["W", r"\Theta"])
def test_a_network_is_fed_with_what_hangs_on_no_weights(weights: str) -> None:
    text = NETWORK.replace("W^", rf"{weights}^")
    assert last(text, 2) == ["proved", "proved"]
    assert last(text.replace("(1-a^{(2)})", "(1+a^{(2)})"), 2) == ["proved", "refuted"]
    assert last(text.replace(r"\delta^{(2)}(a", r"-\delta^{(2)}(a"))[0] == "refuted"
    assert last(text.replace(r"\delta^{(3)}(a^{(2)})^T", r"\delta^{(3)}(a^{(1)})^T"), 2)[0] == "refuted"


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        (r"\frac{\partial L}{\partial W}=X^T(Y-T)", "X^T(T-Y)"),
        (r"\frac{\partial L}{\partial X}=(Y-T)W^T", "2(Y-T)W^T"),
        (r"\frac{\partial L}{\partial b}=(Y-T)^T\mathbf 1", r"(T-Y)^T\mathbf 1"),
    ],
)
def test_a_bias_for_each_row(claim: str, wrong: str) -> None:
    assert last(BATCH.replace("CLAIM", claim))[0] in ("proved", "supported")
    assert last(BATCH.replace("CLAIM", claim.split("=")[0] + "=" + wrong))[0] not in ("proved", "supported")
