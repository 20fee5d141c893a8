r"""x^n where n x^{n - 1} stands beside it: a power, and no sample or layer."""

import pytest

from derivations.notes.library import check_notes


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\frac{d}{dx} x^n = n x^{n-1}$", "proved"),
        (r"If $f(x) = x^n$, then $f'(x) = n x^{n-1}$", "proved"),
        (r"$\frac{d}{dw} w^k = k \cdot w^{k - 1}$", "proved"),
        (r"$\frac{d}{dx} x^n = n x^{n-1}$, and never $\frac{d}{dx} x^n = x^{n-1}$", "refuted"),
        (r"$\frac{d}{dx} x^n = n x^{n-1}$, and never $\frac{d}{dx} x^n = n x^n$", "refuted"),
        (r"$\frac{d}{dx} x^n = x^{n-1}$", "unsupported"),
    ],
)
def test_the_power_rule(text: str, verdict: str) -> None:
    assert check_notes(text).steps[-1].verdict == verdict


@pytest.mark.parametrize(("slope", "verdicts"), [("x^n", ("proved", "supported")), ("2 x^n", ("refuted",))])
def test_raised_samples_stay_samples(slope: str, verdicts: tuple[str, ...]) -> None:
    text = (
        r"$E = \sum_{n=1}^N \frac12 (w x^n - y^n)^2$ and "
        rf"$$\frac{{\partial E}}{{\partial w}} = \sum_{{n=1}}^N (w x^n - y^n) {slope}$$"
    )
    assert check_notes(text).steps[-1].verdict in verdicts


@pytest.mark.parametrize(("last", "held"), [("a^{l-1}_k", True), ("a^l_k", False)])
def test_raised_layers_stay_layers(last: str, held: bool) -> None:
    text = (
        rf"$z^l_j = \sum_k w^l_{{jk}} a^{{l-1}}_k + b^l_j$. $$\frac{{\partial z^l_j}}{{\partial w^l_{{jk}}}} = {last}$$"
    )
    assert (check_notes(text).steps[-1].verdict in ("proved", "supported")) is held
