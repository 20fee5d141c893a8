r"""Logistic regression as many hands write it: \phi and \pi as functions, samples as columns, odds, dots, conditions.

Every right step is proved or supported, and one with a planted mistake never is.
"""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


def last(text: str) -> str:
    return verdicts(text)[-1]


PHI = r"""
The likelihood is $$L(w) = \prod_{i=1}^n \phi(z_i)^{y_i} (1 - \phi(z_i))^{1 - y_i}$$ so that
$$\log L(w) = \sum_{i=1}^n [y_i \log \phi(z_i) + (1 - y_i) \log(1 - \phi(z_i))]$$
where $\phi(z) = \frac{1}{1 + e^{-z}}$ and $z = w^T x$.
"""
PI = r"""
Let $P(Y=1|x) = \frac{\exp(w \cdot x)}{1 + \exp(w \cdot x)}$, $P(Y=1|x) = \pi(x)$ and $P(Y=0|x) = 1 - \pi(x)$, with
$$L(w) = \sum_{i=1}^N [y_i \log \pi(x_i) + (1 - y_i) \log(1 - \pi(x_i))]$$
$$\frac{\partial L}{\partial w} = RIGHT$$
"""


def test_a_letter_said_to_be_a_function_is_one_before_that_is_said():
    assert verdicts(PHI)[1] == "proved"
    assert verdicts(PHI.replace(r"y_i \log \phi", r"2 y_i \log \phi"))[1] != "proved"


@pytest.mark.parametrize(
    ("right", "verdict"),
    [(r"\sum_{i=1}^N (y_i - \pi(x_i)) x_i", "proved"), (r"\sum_{i=1}^N (\pi(x_i) - y_i) x_i", "refuted")],
)
def test_pi_with_an_argument_is_no_number(right, verdict):
    assert last(PI.replace("RIGHT", right)) == verdict


def test_pi_by_itself_is_the_number():
    assert last(r"$f(x) = 2 \pi x$. So $f'(x) = 2 \pi$.") == "proved"
    assert last(r"$f(x) = 2 \pi x$. So $f'(1) = 6.28 x$.") != "proved"


SCALARS = r"""
$\pi(x) = \frac{\exp(\beta_0 + \beta_1 x)}{1 + \exp(\beta_0 + \beta_1 x)}$, and with $\pi_i = \pi(x_i)$
$$l(\beta_0, \beta_1) = \sum_{i=1}^n \{y_i \log \pi_i + (1 - y_i) \log(1 - \pi_i)\}$$ $$LEFT = RIGHT$$
"""


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\frac{\partial l}{\partial \beta_0}", r"\sum_{i=1}^n (y_i - \pi_i)", r"\sum_{i=1}^n (y_i - \pi_i) x_i"),
        (r"\frac{\partial l}{\partial \beta_1}", r"\sum_{i=1}^n (y_i - \pi_i) x_i", r"\sum_{i=1}^n (y_i + \pi_i) x_i"),
        (
            r"\frac{\partial^2 l}{\partial \beta_1^2}",
            r"-\sum_{i=1}^n \pi_i (1 - \pi_i) x_i^2",
            r"\sum_{i=1}^n \pi_i (1 - \pi_i) x_i^2",
        ),
    ],
)
def test_probabilities_called_pi(left, right, wrong):
    assert last(SCALARS.replace("LEFT", left).replace("RIGHT", right)) == "proved"
    assert last(SCALARS.replace("LEFT", left).replace("RIGHT", wrong)) == "refuted"


COLUMNS = r"""
$$Z = w^T X + b$$ $$A = \sigma(Z)$$
$$J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))$$ $$LEFT = RIGHT$$
"""
SAMPLES = r"""
$$z^{(i)} = w^T x^{(i)} + b$$ $$a^{(i)} = \sigma(z^{(i)})$$
$$J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))$$ $$LEFT = RIGHT$$
"""
W, B, W1 = (rf"\frac{{\partial J}}{{\partial {name}}}" for name in ("w", "b", "w_1"))


@pytest.mark.parametrize("text", [COLUMNS, SAMPLES])
@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (W, r"\frac1m X (A - Y)^T", r"\frac1m X (Y - A)^T"),
        (W, r"\frac1m X (A - Y)^T", r"\frac2m X (A - Y)^T"),
        (B, r"\frac1m \sum_{i=1}^m (a^{(i)} - y^{(i)})", r"\sum_{i=1}^m (a^{(i)} - y^{(i)})"),
    ],
)
def test_samples_that_are_columns(text, left, right, wrong):
    assert last(text.replace("LEFT", left).replace("RIGHT", right)) in HELD
    assert last(text.replace("LEFT", left).replace("RIGHT", wrong)) == "refuted"


def test_entries_by_number_of_samples():
    right = r"\frac1m \sum_{i=1}^m (a^{(i)} - y^{(i)}) x_1^{(i)}"
    assert last(SAMPLES.replace("LEFT", W1).replace("RIGHT", right)) == "proved"
    assert last(SAMPLES.replace("LEFT", W1).replace("RIGHT", right.replace("x_1", "x_2"))) == "refuted"


NEWTON = r"""
With $p_i = \sigma(\beta^T x_i)$ and $\ell(\beta) = \sum_{i=1}^n [y_i \log p_i + (1 - y_i) \log(1 - p_i)]$
$$\frac{\partial^2 \ell}{\partial \beta \partial \beta^T} = SIGN X^T W X$$ WORDS
"""


@pytest.mark.parametrize(
    "words",
    [
        r"where $W = \mathrm{diag}(p_i (1 - p_i))$.",
        r"where $W$ is a diagonal matrix with $W_{ii} = p_i (1 - p_i)$.",
        r"где $W = \operatorname{diag}(p_1 (1 - p_1), \dots, p_n (1 - p_n))$.",
    ],
)
def test_a_matrix_may_be_said_behind_its_use_by_what_was_said_before(words):
    text = NEWTON.replace("WORDS", words)
    assert verdicts(text.replace("SIGN", "-"))[2] == "proved"
    assert verdicts(text.replace("SIGN", ""))[2] == "refuted"


def test_a_diagonal_matrix_called_d():
    text = r"""Let $p = \sigma(X w)$ and $L(w) = -y^T \log p - (1 - y)^T \log(1 - p)$.
    $$\nabla^2 L(w) = X^T D X$$ where $D = \operatorname{diag}(p \odot (1 - p))$."""
    assert verdicts(text)[2] == "proved"
    assert verdicts(text.replace("(1 - p))$.", "p)$."))[2] == "refuted"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\ln \frac{p(y=1|x)}{p(y=0|x)} = w^T x + b$, so $p(y=0|x) = \frac{1}{1 + e^{w^T x + b}}$", "proved"),
        (r"$\ln \frac{p(y=1|x)}{p(y=0|x)} = w^T x + b$, so $p(y=0|x) = \frac{1}{1 + e^{-w^T x - b}}$", "conflict"),
        (r"$P(y=1|x) = \sigma(w^T x)$ and $P(y=-1|x) = \sigma(-w^T x)$", "proved"),
        (r"$P(y=1|x) = \sigma(w^T x)$ and $P(y=-1|x) = \sigma(w^T x)$", "conflict"),
        (r"$P(y=1|x) = a$, $P(y=2|x) = c$ and $P(y=0|x) = 1 - a - c$", "definition"),
    ],
)
def test_of_two_outcomes_one_says_what_the_other_is(text, verdict):
    assert last(text) == verdict


HINGE = r"""
$$J(w, b) = \frac{\lambda}{2} \|w\|^2 + \frac1n \sum_{i=1}^n \max(0, 1 - y_i (w^T x_i + b))$$ $$LEFT = RIGHT$$
"""


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (r"\nabla_w J", r"\lambda w - \frac1n \sum_{i: y_i (w^T x_i + b) < 1} y_i x_i", "proved"),
        (r"\nabla_w J", r"\lambda w - \frac1n \sum_{i: y_i (w^T x_i + b) > 1} y_i x_i", "refuted"),
        (r"\nabla_w J", r"\lambda w + \frac1n \sum_{y_i (w^T x_i + b) < 1} y_i x_i", "refuted"),
        (B, r"-\frac1n \sum_{\{i: y_i (w^T x_i + b) < 1\}} y_i", "proved"),
    ],
)
def test_sums_over_the_samples_that_meet_a_condition(left, right, verdict):
    assert last(HINGE.replace("LEFT", left).replace("RIGHT", right)) == verdict


def test_a_likelihood_in_two_parts():
    text = r"""$$\ell = \sum_{i: y_i = 1} \log p_i + \sum_{i': y_{i'} = 0} \log(1 - p_{i'})$$
    $$\ell = \sum_{i=1}^n [y_i \log p_i + (1 - y_i) \log(1 - p_i)]$$"""
    assert last(text) == "proved"
    assert last(text.replace("= 0}", "= 1}")) in ("refuted", "conflict")


DOTS = r"$z = \theta_0 + \theta_1 x_1 + \theta_2 x_2 + \dots$ and $h = \sigma(z)$, so $LEFT = RIGHT$"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (r"\frac{\partial z}{\partial \theta_0}", "1", "proved"),
        (r"\frac{\partial z}{\partial \theta_j}", "x_j", "proved"),
        (r"\frac{\partial h}{\partial \theta_j}", "h (1 - h) x_j", "proved"),
        (r"\frac{\partial h}{\partial \theta_j}", "h (1 + h) x_j", "refuted"),
    ],
)
def test_dots_that_no_term_ends(left, right, verdict):
    assert last(DOTS.replace("LEFT", left).replace("RIGHT", right)) == verdict
    if left.endswith("_j}"):
        other = DOTS.replace(r"\theta_0 + ", "").replace(r"\dots", r"\cdots + b")
        assert last(other.replace("LEFT", left).replace("RIGHT", right)) == verdict


def test_a_series_without_an_end_is_no_sum_over_entries():
    assert last(r"$\frac{1}{1^2} + \frac{1}{2^2} + \frac{1}{3^2} + \dots = \frac{\pi^2}{6}$") == "unsupported"


def test_a_slope_by_any_of_the_weights_that_are_written():
    text = r"$z = w_1 x_1 + w_2 x_2 + w_3 x_3 + b$, so $\frac{\partial z}{\partial w_j} = RIGHT$"
    assert last(text.replace("RIGHT", "x_j")) == "supported"
    assert last(text.replace("RIGHT", "-x_j")) == "refuted"
    assert last(text.replace("RIGHT", "x_1")) not in HELD


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$f(x) = \frac{1}{1 + e^{-x}}$ and $(\ln f(x))' = 1 - f(x)$", "proved"),
        (r"$f(x) = \frac{1}{1 + e^{-x}}$ and $(\ln f(x))' = 1 + f(x)$", "refuted"),
        (r"$\tanh'(x) = \text{sech}^2(x)$", "proved"),
        (r"$\tanh'(x) = -\text{sech}^2(x)$", "refuted"),
    ],
)
def test_primes_on_brackets_and_the_secant(text, verdict):
    assert last(text) == verdict


def test_the_logistic_model_is_known_from_the_cross_entropy():
    text = r"""
    $$J(\theta) = -\frac1m \sum_{i=1}^m [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))]$$
    $$\frac{\partial J}{\partial \theta_j} = \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)} FACTOR$$"""
    assert last(text.replace("FACTOR", "")) == "supported"
    assert last(text.replace("FACTOR", r"\cdot 3")) not in HELD


def test_a_derivative_without_its_first_sign():
    text = r"$L = w^2$, and $\frac{-\ln L}{\partial w} = RIGHT$"
    assert last(text.replace("RIGHT", r"-\frac{2}{w}")) == "supported"
    assert last(text.replace("RIGHT", r"\frac{2}{w}")) == "undecided"
    assert last(r"$\frac{1}{\partial w} = 2$") == "unsupported"


@pytest.mark.parametrize(("right", "verdict"), [("-x_i^T", "proved"), ("x_i^T", "conflict")])
def test_a_logit_that_has_a_name_says_what_the_probability_is(right, verdict):
    text = r"$\text{logit}(p_i) = \ln \frac{p_i}{1 - p_i} = x_i^T \beta$, so $p_i = \frac{1}{1 + e^{RIGHT \beta}}$."
    assert last(text.replace("RIGHT", right)) == verdict


@pytest.mark.parametrize(("right", "verdict"), [("s^T u", "proved"), ("2 s^T u", "refuted")])
def test_a_letter_that_ends_a_chain_is_what_the_chain_is(right, verdict):
    text = rf"Let $\sum_{{j=1}}^k u_j s_j = s^T u = c$. Then $s_i (u_i - c) = s_i (u_i - {right})$."
    assert last(text) == verdict
