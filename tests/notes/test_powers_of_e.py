"""Powers of Euler's number whose last letter is a time: e^{at} is no transposed a."""

from __future__ import annotations

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


def test_a_time_in_an_exponent_is_no_transpose():
    text = "$$y(t) = c e^{kt}$$\n\n$$\\frac{dy}{dt} = %s$$\n"
    assert verdicts(text % "k y") == ["definition", "proved"]
    assert verdicts(text % "k^2 y") == ["definition", "refuted"]


def test_what_cannot_be_read_is_no_crash():
    """A name beside e^{kt} had ended the whole run."""
    assert verdicts("It grows no faster than\n\n$$f(t) \\le M e^{kt}$$\n") == ["definition"]
    assert verdicts("It grows no faster than\n\n$$f(t) \\le M e^{(k) t}$$\n") == ["definition"]


def test_transposed_errors_are_read_as_before():
    text = "With $e = y - Xw$ we have\n\n$$e^\\top e = \\|y - Xw\\|^2$$\n"
    assert verdicts(text) == ["definition", "proved"]
