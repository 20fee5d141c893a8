r"""Equations that were set to zero, solved together: what follows from them is proved, and a slip of it refuted."""

import pytest

from derivations.notes.library import check_notes

LINE = r"$$S(a, b) = \sum_{i=1}^n (y_i - a - b x_i)^2$$ "
SLOPES = (
    LINE
    + r"$$\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)$$ "
    + r"$$\frac{\partial S}{\partial b} = -2 \sum_{i=1}^n x_i (y_i - a - b x_i)$$ Setting the derivatives to zero: "
)
ESTIMATES = (
    r"$$S(\beta_0, \beta_1) = \sum_{i=1}^n (y_i - \beta_0 - \beta_1 x_i)^2$$ The least squares estimates solve "
    r"$$\frac{\partial S}{\partial \beta_0} = -2 \sum_{i=1}^n (y_i - \beta_0 - \beta_1 x_i)$$ "
    r"$$\frac{\partial S}{\partial \beta_1} = -2 \sum_{i=1}^n x_i (y_i - \beta_0 - \beta_1 x_i)$$ Set to zero, "
    r"$$\sum_{i=1}^n (y_i - \hat\beta_0 - \hat\beta_1 x_i) = 0$$ "
    r"$$\sum_{i=1}^n x_i (y_i - \hat\beta_0 - \hat\beta_1 x_i) = 0$$ "
)
RIGHT = [
    r"\sum_{i=1}^n y_i = n a + b \sum_{i=1}^n x_i",
    r"\sum_{i=1}^n x_i y_i = a \sum_{i=1}^n x_i + b \sum_{i=1}^n x_i^2",
    r"b = \frac{n \sum x_i y_i - \sum x_i \sum y_i}{n \sum x_i^2 - (\sum x_i)^2}",
    r"a = \frac{\sum y_i \sum x_i^2 - \sum x_i \sum x_i y_i}{n \sum x_i^2 - (\sum x_i)^2}",
]
OF_ESTIMATES = [
    r"n \hat\beta_0 + \hat\beta_1 \sum_{i=1}^n x_i = \sum_{i=1}^n y_i",
    r"\hat\beta_0 \sum_{i=1}^n x_i + \hat\beta_1 \sum_{i=1}^n x_i^2 = \sum_{i=1}^n x_i y_i",
    r"\hat\beta_0 = \bar y - \hat\beta_1 \bar x",
    r"\hat\beta_1 (\sum_{i=1}^n x_i^2 - \bar x \sum_{i=1}^n x_i) = \sum_{i=1}^n x_i y_i - \bar y \sum_{i=1}^n x_i",
    r"\hat\beta_1 = \frac{\sum_{i=1}^n (x_i - \bar x) (y_i - \bar y)}{\sum_{i=1}^n (x_i - \bar x)^2}",
]


def last(text: str):
    return check_notes(text).steps[-1]


@pytest.mark.parametrize("equation", RIGHT)
def test_what_follows_from_both_derivatives_is_proved(equation: str) -> None:
    assert last(SLOPES + f"$${equation}$$").verdict == "proved"


@pytest.mark.parametrize("equation", OF_ESTIMATES)
def test_estimates_solve_what_their_parameters_do(equation: str) -> None:
    assert last(ESTIMATES + f"$${equation}$$").verdict in ("proved", "supported")


@pytest.mark.parametrize(
    ("text", "equation"),
    [
        (SLOPES, RIGHT[0].replace("+", "-")),
        (SLOPES, RIGHT[2].replace("- (", "+ (")),
        (SLOPES, r"\frac12 \sum_{i=1}^n y_i = n a + b \sum_{i=1}^n x_i"),
        (ESTIMATES, OF_ESTIMATES[0].replace("+", "-")),
        (ESTIMATES, OF_ESTIMATES[2].replace("-", "+")),
    ],
)
def test_a_slip_is_refuted(text: str, equation: str) -> None:
    step = last(text + f"$${equation}$$")
    assert step.verdict == "refuted"
    assert step.witness is not None


def test_what_is_solved_of_another_model_is_not_refuted() -> None:
    text = (
        SLOPES + r"$$a = \bar y - b \bar x$$ A line through the origin has $$b = \frac{\sum_i x_i y_i}{\sum_i x_i^2}$$"
    )
    assert last(text).verdict in ("definition", "undecided")


def test_nothing_follows_from_one_of_two_equations() -> None:
    text = LINE + r"$$\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i) = 0$$"
    step = last(text + r"$$b = \frac{\sum_i x_i y_i}{\sum_i x_i^2}$$")
    assert step.verdict not in ("proved", "supported", "refuted")


def test_nothing_is_zero_that_nobody_set_to_zero() -> None:
    text = SLOPES.replace("Setting the derivatives to zero: ", "")
    assert last(text + r"$$n a + b \sum_{i=1}^n x_i = 2 \sum_{i=1}^n y_i$$").verdict not in ("proved", "supported")


@pytest.mark.parametrize("zero", ["0", r"\mathbf{0}", r"\vec 0", r"\boldsymbol{0}"])
@pytest.mark.parametrize("left", [r"\frac{\partial S}{\partial a}", r"\nabla S(a, b)", r"\nabla S"])
def test_no_loss_is_claimed_to_be_flat(left: str, zero: str) -> None:
    text = LINE + f"The point at which ${left} = {zero}$ is the minimum."
    assert last(text).verdict == "definition"


def test_what_is_no_loss_may_be_claimed_to_be_flat() -> None:
    assert last(r"$z = w x$ $$\frac{\partial z}{\partial w} = 0$$").verdict == "refuted"


@pytest.mark.parametrize(
    ("equation", "verdict"),
    [
        (r"\sum x_i \sum y_i = \left(\sum x_i\right) \left(\sum y_i\right)", "proved"),
        (r"n \sum x_i^2 - \sum x_i \cdot \sum x_i = n \sum x_i^2 - (\sum x_i)^2", "proved"),
        (r"\sum x_i \sum y_i = \sum x_i y_i", "refuted"),
        (r"n \sum x_i y_i - \sum x_i \sum y_i = n \sum x_i (y_i - \bar y)", "proved"),
    ],
)
def test_sums_without_an_index_side_by_side_are_multiplied(equation: str, verdict: str) -> None:
    means = r"Of data $x_i, y_i$, $i = 1, \dots, n$, let $\bar x = \frac1n \sum x_i$, $\bar y = \frac1n \sum y_i$. "
    assert last(means + f"$${equation}$$").verdict == verdict


def test_a_parameter_said_to_be_a_quotient_of_sums_is_one_number() -> None:
    text = LINE + r"$$\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)$$" + f"$${RIGHT[3]}$$"
    assert [s.verdict for s in check_notes(text).steps][:2] == ["definition", "proved"]


@pytest.mark.parametrize("loss", [r"\sum_{i=1}^m (w^T x_i - y_i)^2", r"\sum_{i=1}^m (w x_i - y_i)^2"])
def test_a_density_is_that_of_each_of_two_samples(loss: str) -> None:
    text = rf"We minimise ${loss}$. Let $q(x) = \exp(-(x - \mu)^2)$. $$\prod_{{i=1}}^n q(x_i) = RIGHT$$"
    assert last(text.replace("RIGHT", r"\prod_{i=1}^n \exp(-(x_i - \mu)^2)")).verdict == "proved"
    assert last(text.replace("RIGHT", r"\prod_{i=1}^n \exp((x_i - \mu)^2)")).verdict == "refuted"


def test_vectors_listed_by_their_entries_are_multiplied() -> None:
    text = (
        r"Let $x_i = (x_{i1}, \dots, x_{ip})^T$ and $\beta = (\beta_1, \dots, \beta_p)^T$. "
        r"$$S(\beta) = \sum_{i=1}^n (y_i - x_i^T \beta)^2$$ $$\frac{\partial S}{\partial \beta} = RIGHT$$"
    )
    assert last(text.replace("RIGHT", r"-2 \sum_{i=1}^n x_i (y_i - x_i^T \beta)")).verdict == "proved"
    assert last(text.replace("RIGHT", r"2 \sum_{i=1}^n x_i (y_i - x_i^T \beta)")).verdict == "refuted"


RIDGE = (
    r"$$J(w) = \|X w - y\|^2 + \lambda \|w\|^2$$ $$\nabla_w J = 2 X^T (X w - y) + 2 \lambda w$$ "
    "Setting the gradient to zero: "
)


@pytest.mark.parametrize(
    ("equation", "verdict"),
    [
        (r"X^T X w + \lambda w = X^T y", "proved"),
        (r"(X^T X + \lambda I) w = X^T y", "proved"),
        (r"X^T X \hat w = X^T y - \lambda \hat w", "proved"),
        (r"(X^T X - \lambda I) w = X^T y", "refuted"),
        (r"X^T X \hat w = X^T y + \lambda \hat w", "refuted"),
    ],
)
def test_normal_equations_say_that_a_gradient_is_zero(equation: str, verdict: str) -> None:
    assert last(RIDGE + f"$${equation}$$").verdict == verdict


def test_a_gradient_said_again_near_zero_is_a_claim_about_it() -> None:
    text = (
        r"The minimum is where $\frac{\partial R}{\partial \beta} = 0$. $$R(\beta) = (y - X \beta)^T (y - X \beta)$$ "
        r"$$\frac{\partial R}{\partial \beta} = \frac{\partial}{\partial \beta} ((y - X \beta)^T (y - X \beta))$$ "
        r"$$\frac{\partial R}{\partial \beta} = RIGHT$$"
    )
    good = [s.verdict for s in check_notes(text.replace("RIGHT", r"-2 X^T (y - X \beta)")).steps]
    assert good == ["definition", "definition", "proved", "proved"]
    assert last(text.replace("RIGHT", r"2 X^T (y - X \beta)")).verdict == "refuted"


MODEL = r"The model is $y_i = \beta_0 + \beta_1 x_i + \varepsilon_i$. "


@pytest.mark.parametrize("sign", ["-", "+"])
def test_the_noise_of_a_model_is_what_it_leaves(sign: str) -> None:
    text = MODEL + rf"$$R = \sum_{{i=1}}^n \varepsilon_i^2 = \sum_{{i=1}}^n (y_i - \beta_0 {sign} \beta_1 x_i)^2$$"
    assert last(text).verdict == ("proved" if sign == "-" else "refuted")


def test_the_noise_of_a_model_of_vectors_is_what_it_leaves() -> None:
    text = (
        r"$$y = X \beta + \varepsilon$$ $$R = \varepsilon^T \varepsilon$$ $$\frac{\partial R}{\partial \beta} = RIGHT$$"
    )
    assert last(text.replace("RIGHT", r"-2 X^T (y - X \beta)")).verdict == "proved"
    assert last(text.replace("RIGHT", r"2 X^T (y - X \beta)")).verdict == "refuted"


def test_what_a_document_says_of_its_noise_itself_comes_first() -> None:
    text = (
        MODEL + r"Let $\varepsilon_i = y_i - \hat y_i$ with $\hat y_i = a + b x_i$. $$\sum_i \varepsilon_i^2 = RIGHT$$"
    )
    assert last(text.replace("RIGHT", r"\sum_i (y_i - a - b x_i)^2")).verdict == "proved"


def test_a_covariance_is_a_number_of_all_data() -> None:
    text = (
        r"Let $s_x^2 = \frac1n \sum_{i=1}^n (x_i - \bar x)^2$ and "
        r"$s_{xy} = \frac1n \sum_{i=1}^n (x_i - \bar x)(y_i - \bar y)$. "
        r"$$\sum_{i=1}^n (x_i - \bar x) y_i = n RIGHT$$"
    )
    assert last(text.replace("RIGHT", "s_{xy}")).verdict in ("proved", "supported")
    assert last(text.replace("RIGHT", "s_x^2")).verdict not in ("proved", "supported")


def test_bars_around_a_capital_letter_may_be_a_determinant() -> None:
    assert last(r"We use $|\sigma^2 V| = (\sigma^2)^n |V|$.").verdict not in ("proved", "supported", "refuted")
    assert last(r"We use $|2 z| = 3 |z|$.").verdict == "refuted"


def test_a_likelihood_at_an_estimate_is_not_that_at_any_parameter() -> None:
    text = (
        r"$$p(y | \mu, \sigma^2) = \left(\frac{1}{2 \pi \sigma^2}\right)^{n/2} "
        r"\exp\left[-\frac{1}{2 \sigma^2} \sum_{i=1}^n (y_i - \mu)^2\right]$$ "
        r"$$\mathrm{LL}(\mu, \sigma^2) = \log p(y | \mu, \sigma^2)$$ $$\hat\mu = \frac1n \sum_{i=1}^n y_i$$ "
        r"$$\frac{\mathrm{d} \mathrm{LL}(\hat\mu, \sigma^2)}{\mathrm{d} \sigma^2} = "
        r"-\frac{n}{2 \sigma^2} + \frac{1}{2 (\sigma^2)^2} \sum_{i=1}^n (y_i - \hat\mu)^2$$"
    )
    assert last(text).verdict != "refuted"


def test_what_has_none_of_the_parameters_is_not_solved_for_them() -> None:
    text = SLOPES + r"$$a = \bar y - b \bar x$$ " + "That is a line. " * 12
    text += r"$$\sum_{i=1}^n (x_i - \bar x)^2 = \sum_{i=1}^n x_i^2 - n \bar x^2$$"
    assert last(text).verdict in ("proved", "supported")
    assert last(text.replace("- n", "+ n")).verdict in ("refuted", "undecided")
