r"""Values in three rows, below, within and above a band, and derivatives of names of several letters."""

import pytest

from derivations.notes.library import check_notes

HUBER = r"""
$$L(r) = \begin{cases} \frac12 r^2 & |r| \le \delta \\ \delta |r| - \frac12 \delta^2 & \text{else}\end{cases}$$
"""
IN_THREE = r"""$$L(y, f) = \begin{cases} \frac12 (y-f)^2 & \text{if } |y-f| \le \delta
\\ \delta (y-f) - \frac12 \delta^2 & \text{if } y-f > \delta
\\ -\delta (y-f) - \frac12 \delta^2 & \text{if } y-f < -\delta\end{cases}$$
"""
CLIPPED = r"$$g(x) = \begin{cases} 0 & x < 0 \\ x & 0 \le x \le 1 \\ 1 & x > 1\end{cases}$$"
HINGE = r"Let $L = \max(0, 1 - y w^\top x)$. "


def of_rows(slope: str, *rows: str) -> str:
    return rf"$${slope} = \begin{{cases}} " + r" \\ ".join(rows) + r" \end{cases}$$"


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ((r"r & |r| \le \delta", r"\delta & r > \delta", r"-\delta & r < -\delta"), "proved"),
        ((r"-\delta & r < -\delta", r"r & -\delta \le r \le \delta", r"\delta & r > \delta"), "proved"),
        ((r"\delta & r > \delta", r"-\delta & r < -\delta", r"r & \text{otherwise}"), "proved"),
        ((r"r & |r| < \delta", r"\delta & \delta < r", r"-\delta & \text{otherwise}"), "proved"),
        ((r"r & -\delta \le r \le \delta", r"\delta \operatorname{sign}(r) & \text{otherwise}"), "proved"),
        ((r"r & |r| \le \delta", r"-\delta & r > \delta", r"\delta & r < -\delta"), "refuted"),
        ((r"r & |r| \le \delta", r"\delta & r > \delta", r"\delta & r < -\delta"), "refuted"),
        ((r"2r & |r| \le \delta", r"\delta & r > \delta", r"-\delta & r < -\delta"), "refuted"),
    ],
)
def test_the_slope_of_a_huber_loss_has_three_rows(rows: tuple[str, ...], verdict: str) -> None:
    assert check_notes(HUBER + of_rows(r"\frac{\partial L}{\partial r}", *rows)).steps[-1].verdict == verdict


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ((r"-(y-f) & |y-f| \le \delta", r"-\delta & y-f > \delta", r"\delta & y-f < -\delta"), "proved"),
        ((r"f-y & |f-y| \le \delta", r"-\delta & f-y < -\delta", r"\delta & f-y > \delta"), "proved"),
        ((r"y-f & |y-f| \le \delta", r"-\delta & y-f > \delta", r"\delta & y-f < -\delta"), "refuted"),
    ],
)
def test_a_loss_may_be_defined_in_three_rows(rows: tuple[str, ...], verdict: str) -> None:
    assert check_notes(IN_THREE + of_rows(r"\frac{\partial L}{\partial f}", *rows)).steps[-1].verdict == verdict


@pytest.mark.parametrize(("within", "verdict"), [("1", "proved"), ("x", "refuted")])
def test_a_band_may_have_numbers_for_its_ends(within: str, verdict: str) -> None:
    rows = ("0 & x < 0", rf"{within} & 0 \le x \le 1", "0 & x > 1")
    assert check_notes(CLIPPED + of_rows("g'(x)", *rows)).steps[-1].verdict == verdict


@pytest.mark.parametrize(
    "rows",
    [
        ("0 & x < -c", "1 & x < c", r"0 & \text{otherwise}"),  # the first that holds, which is another thing
        ("0 & x < 0", "1 & x < 1", r"0 & \text{otherwise}"),
        (r"x & |x| \le 2", "1 & x > 1", "-1 & x < -1"),  # they overlap
        (r"x & |x| \le a - b", "1 & x > a - b", "-1 & x < b - a"),  # may be empty
    ],
)
def test_rows_about_no_band_are_left_open(rows: tuple[str, ...]) -> None:
    text = of_rows("g(x)", *rows) + of_rows("g'(x)", "0 & x < 0", r"1 & 0 \le x \le 1", "0 & x > 1")
    assert check_notes(text).steps[-1].verdict not in ("proved", "refuted")


@pytest.mark.parametrize(("rows", "verdict"), [(("-y x", "0"), "proved"), (("0", "-y x"), "refuted")])
def test_two_conditions_may_be_written_differently(rows: tuple[str, str], verdict: str) -> None:
    inside, outside = rows
    cases = of_rows(r"\nabla_w L", rf"{inside} & 1 - y w^\top x > 0", rf"{outside} & y w^\top x \ge 1")
    assert check_notes(HINGE + cases).steps[-1].verdict == verdict


@pytest.mark.parametrize("name", ["MSE", "SSE", "CE", "loss"])
@pytest.mark.parametrize(("sign", "verdict"), [("-", "proved"), ("", "refuted")])
def test_the_d_of_a_differential_stands_before_a_name(name: str, sign: str, verdict: str) -> None:
    text = rf"$${name} = (y - a x)^2$$ so $$\frac{{d{name}}}{{da}} = {sign}2 (y - a x) x$$"
    assert check_notes(text).steps[-1].verdict == verdict
