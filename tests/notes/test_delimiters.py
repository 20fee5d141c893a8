"""Formulas between the tags of site generators, in fences and backticks, and behind brackets that lost a backslash."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

RIGHT = r"\frac{d}{dz} \sigma(z) = \sigma(z) (1 - \sigma(z))"
WRONG = r"\frac{d}{dz} \sigma(z) = \sigma(z) (1 + \sigma(z))"


@pytest.mark.parametrize(
    "frame",
    [
        "{{< katex >}}\n@\n{{< /katex >}}",
        "{{< katex display=true >}}\n@\n{{< /katex >}}",
        "so {{< katex inline >}}@{{< /katex >}}, and",
        "{{% math %}}\n$$@$$\n{{% /math %}}",
        "{% math %}\n@\n{% endmath %}",
        "so [latex]@[/latex], and",
        "```latex\n@\n```",
        "```tex\n\\begin{align}\n@\n\\end{align}\n```",
        "```{math}\n:label: slope\n@\n```",
        "`$$\n@\n$$`",
        "so\n\n[\n@\n]\n\nand",
    ],
)
def test_a_formula_is_found_in_its_frame(frame):
    assert [s.verdict for s in check_notes(frame.replace("@", RIGHT)).steps] == ["proved"]
    (step,) = check_notes(frame.replace("@", WRONG)).steps
    assert step.verdict == "refuted"
    text = frame.replace("@", WRONG).splitlines()[step.line - 1]
    assert text[step.column - 1 :].startswith(r"\sigma(z) (1 + ")


@pytest.mark.parametrize(
    "text",
    [
        "{{< katex >}} is a tag, and $a = a$ is none.",
        "```latex\n\\documentclass{article}\n```\n\n$a = a$",
        "```latex\nx = y\ny = z\n```\n\n$a = a$",
        '[\n  "a = b",\n  "c"\n]\n\n$a = a$',
        "write `$a = b$` for a formula, as in $a = a$",
        "[latex] without its end, $a = a$",
    ],
)
def test_other_text_is_left_alone(text):
    steps = check_notes(text).steps
    assert [(s.left, s.right) for s in steps] == [("a", "a")]


def test_a_tag_in_a_display_takes_its_environment():
    rows = "\\begin{aligned}\n\\tag{2}\ny &= (x + 1)^2 \\\\\n&= x^2 + 2 x + 1\n\\end{aligned}"
    text = f"{{{{< katex >}}}}\n{rows}\n{{{{< /katex >}}}}"
    assert [s.verdict for s in check_notes(text).steps] == ["definition", "proved"]
