"""Names without a definition that a derivative leaves as they are: supported, and refuted or left open otherwise."""

import pytest

from derivations.notes.library import check_notes

RMS = r"""
We have $$r=\sqrt{\frac1n\sum_{i=1}^n x_i^2+\epsilon},\qquad u_i=g_i\frac{x_i}{r}$$

and so
"""
TEMPERED = r"""
With logits $z$ and a temperature $\tau>0$,

$$p_i=\frac{\exp(z_i/\tau)}{\sum_j\exp(z_j/\tau)}$$
"""


def last(text: str) -> tuple[str, str]:
    step = check_notes(text).steps[-1]
    return step.verdict, step.reason or ""


@pytest.mark.parametrize(
    ("before", "claim", "name"),
    [
        (RMS, r"\frac{\partial u_i}{\partial x_j}=\frac{g_i}{r}\left(\delta_{ij}-\frac{x_ix_j}{nr^2}\right)", "g"),
        (TEMPERED, r"\frac{\partial p_i}{\partial\tau}=-\frac{p_i}{\tau^2}\left(z_i-\sum_j p_jz_j\right)", "z"),
    ],
)
def test_a_coefficient_is_held_fixed(before: str, claim: str, name: str) -> None:
    verdict, reason = last(before + f"\n$$ {claim} $$\n")
    assert verdict == "supported"
    assert f"{name} doesn't depend on" in reason


@pytest.mark.parametrize(
    ("before", "claim"),
    [
        (RMS, r"\frac{\partial u_i}{\partial x_j}=\frac{g_i}{r}\left(\delta_{ij}+\frac{x_ix_j}{nr^2}\right)"),
        (RMS, r"\frac{\partial u_i}{\partial x_j}=\frac{g_i}{r}\left(\delta_{ij}-\frac{x_ix_j}{r^2}\right)"),
        (TEMPERED, r"\frac{\partial p_i}{\partial\tau}=-\frac{p_i}{\tau}\left(z_i-\sum_j p_jz_j\right)"),
        (TEMPERED, r"\frac{\partial p_i}{\partial\tau}=-\frac{p_i}{\tau^2}\left(z_i+\sum_j p_jz_j\right)"),
    ],
)
def test_a_wrong_derivative_is_never_held(before: str, claim: str) -> None:
    assert last(before + f"\n$$ {claim} $$\n")[0] in ("refuted", "undecided")


def test_what_is_nothing_but_the_name_depends_on_something() -> None:
    verdict, _ = last(r"$L = \frac12 (z - y)^2$, so $\frac{\partial L}{\partial w} = 0 \cdot z$.")
    assert verdict not in ("proved", "supported")


def test_a_matrix_less_a_number_refutes_nothing() -> None:
    r"""Where the samples make a matrix of x, x^T x - (u^T x)^2 is a matrix less a number: x is one vector there."""
    steps = check_notes(r"""
We maximise $u^\top Su$ subject to $u^\top u=1$, with

$$S=\frac1n\sum_{i=1}^n(x_i-\bar x)(x_i-\bar x)^\top$$

$$u^\top Su=\lambda u^\top u=\lambda$$

$$\|x-uu^\top x\|^2=x^\top x-2x^\top uu^\top x+x^\top uu^\top uu^\top x=x^\top x-(u^\top x)^2$$
""").steps
    assert "refuted" not in [s.verdict for s in steps]


RETURNS = r"The reward is $R(s_t, a_t)$, and $U(\theta)=\sum_{\tau}P(\tau;\theta)R(\tau)$."


def test_what_is_written_without_the_variable_is_held_fixed() -> None:
    r"""Beside P(\tau; \theta), R(\tau) does not hang on \theta."""
    claim = r"\nabla_{\theta}U(\theta)=\sum_{\tau}\nabla_{\theta}P(\tau;\theta)R(\tau)"
    claim += r"=\sum_{\tau}P(\tau;\theta)\nabla_{\theta}\log P(\tau;\theta)R(\tau)"
    verdict, reason = last(f"{RETURNS}\n\n$${claim}$$\n")
    assert verdict == "supported"
    assert r"R doesn't depend on \theta" in reason


def test_a_lost_probability_is_never_held() -> None:
    claim = r"\nabla_\theta \sum_\tau P(\tau;\theta) R(\tau) = \sum_\tau R(\tau) \nabla_\theta \log P(\tau;\theta)"
    assert last(f"$${claim}$$")[0] not in ("proved", "supported")
    assert last(f"{RETURNS}\n\n$${claim}$$\n")[0] not in ("proved", "supported")


def test_a_lost_term_of_a_product_is_never_held() -> None:
    claim = r"\frac{\partial (uv)}{\partial x} = v \frac{\partial u}{\partial x}"
    assert last(rf"With $u' = \frac{{\partial u}}{{\partial x}}$: $${claim}$$")[0] not in ("proved", "supported")
