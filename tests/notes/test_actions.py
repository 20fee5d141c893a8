"""Actions a and b as indices of a softmax over preferences, and the letters a and b where they are something else."""

import pytest

from derivations.notes.library import check_notes

SOFTMAX = r"""
There are actions $a$ with preferences $\theta_a$. The policy is $$\pi(a)=\frac{e^{\theta_a}}{\sum_b e^{\theta_b}}$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial\pi(b)}{\partial\theta_a}=\pi(b)(\mathbb{1}[a=b]-\pi(a))", "proved"),
        (r"\frac{\partial\pi(b)}{\partial\theta_a}=\pi(b)(\mathbb{1}[a=b]+\pi(a))", "refuted"),
        (r"\frac{\partial\pi(b)}{\partial\theta_a}=\pi(a)(1-\pi(b))", "refuted"),
        (r"\frac{\partial\log\pi(b)}{\partial\theta_a}=\mathbb{1}[a=b]-\pi(a)", "proved"),
        (r"\frac{\partial\log\pi(b)}{\partial\theta_a}=\mathbb{1}[a=b]-\pi(b)", "refuted"),
    ],
)
def test_an_action_is_an_index(claim: str, verdict: str) -> None:
    assert check_notes(SOFTMAX + f"\n$$ {claim} $$\n").steps[-1].verdict == verdict


def test_the_chain_of_a_bandit() -> None:
    text = r"""
With $J=\sum_b\pi(b)r(b)$,

$$\frac{\partial J}{\partial\theta_a}=\sum_b r(b)\frac{\partial\pi(b)}{\partial\theta_a}
=\sum_b r(b)\pi(b)(\mathbb{1}[a=b]-\pi(a))=\pi(a)(r(a)-J)$$
"""
    assert [s.verdict for s in check_notes(SOFTMAX + text).steps[-3:]] == ["supported", "proved", "proved"]
    wrong = text.replace("(r(a)-J)", "(r(a)+J)")
    assert check_notes(SOFTMAX + wrong).steps[-1].verdict in ("refuted", "undecided")


def test_a_policy_of_states_is_left_as_it_is() -> None:
    text = r"""
$$\pi_\theta(a\mid s)=\frac{e^{\theta_{s,a}}}{\sum_b e^{\theta_{s,b}}}$$

$$\frac{\partial\log\pi_\theta(a\mid s)}{\partial\theta_{s,b}}=\mathbb{1}[a=b]-\pi_\theta(b\mid s)$$
"""
    assert check_notes(text).steps[-1].verdict not in ("refuted", "conflict")


def test_a_bias_is_no_action() -> None:
    text = r"""
With $z_i=w x_i+b$ and $a_i=\sigma(z_i)$,

$$L=\sum_i\frac12(z_i-y_i)^2,\qquad \frac{\partial L}{\partial b}=\sum_i(z_i-y_i)$$

$$p_k=\frac{e^{\theta_k}}{\sum_b e^{\theta_b}}$$
"""
    assert [s.verdict for s in check_notes(text).steps if "partial" in s.left] == ["proved"]
