"""What a check of notes says of notes of our own: verdicts, effects, definitions, and what it refuses to say."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from derivations import equation
from derivations.kernels import BudgetExceededError, charge, deadline, separate_budget
from derivations.notes import checking
from derivations.notes.following import Trace
from derivations.notes.interpreting.naming import Choices
from derivations.notes.library import check_equation, check_files, check_notes
from derivations.notes.parsing.parser import read_text
from derivations.notes.reading import Reading

EXAMPLES = Path(__file__).parent / "examples"


def verdicts(name: str) -> list[str]:
    (report,) = check_files([EXAMPLES / name]).files
    assert report.error is None
    return [step.verdict for step in report.steps]


@pytest.mark.parametrize(
    ("name", "refuted", "proved"),
    [("logistic.md", 1, 4), ("softmax.md", 0, 5), ("squares_zh.md", 1, 2), ("matrix.md", 0, 2), ("redefined.md", 1, 2)],
)
def test_examples(name: str, refuted: int, proved: int) -> None:
    found = verdicts(name)
    assert found.count("refuted") == refuted, found
    assert found.count("proved") == proved, found
    assert not {"undecided", "unsupported", "inconsistent"} & set(found), found


def test_a_name_defined_again_is_a_conflict_and_holds_from_there_on() -> None:
    assert verdicts("redefined.md") == ["definition", "proved", "conflict", "proved", "refuted"]


@pytest.mark.parametrize(
    ("first", "second", "claim", "verdict", "older"),
    [
        (r"\frac12 (a - y)^2", "(a - y)^2", r"\frac{dC}{da} = a - y", "supported", True),
        (r"\frac12 (a - y)^2", "(a - y)^2", r"\frac{dC}{da} = 2 (a - y)", "proved", False),
        (r"\frac12 (a - y)^2", "(a - y)^2", r"\frac{dC}{da} = 3 (a - y)", "refuted", False),
        ("a y", "-a y", r"\frac{\partial C}{\partial a} = y", "supported", True),
        ("a y", "-a y", r"2 C = 2 a y", "supported", True),
        ("a y", "-a y", r"\frac{\partial C}{\partial a} = 2 y", "refuted", False),
    ],
)
def test_what_holds_by_an_older_definition_is_supported_and_names_it(
    first: str, second: str, claim: str, verdict: str, older: bool
) -> None:
    step = check_equation(claim, given=f"Let $C = {first}$.\n\nNow take $C = {second}$.")
    assert step.verdict == verdict
    assert ("C as defined in line 1, not in line 3" in step.conditions) == older


def test_what_a_section_defines_anew_does_not_hold_there_by_the_definition_of_another() -> None:
    older, newer = r"Here $\hat y = w x$.", r"Here $\hat y = \sigma(w x)$."
    claim = r"$$\frac{\partial \hat y}{\partial w} = x$$"
    assert check_notes(f"{older}\n\n{newer}\n\n{claim}").steps[-1].verdict == "supported"
    assert check_notes(f"## One\n\n{older}\n\n## Two\n\n{newer}\n\n{claim}").steps[-1].verdict == "undecided"


def test_a_solution_of_what_was_set_to_zero_defines_nothing() -> None:
    steps = check_notes(
        r"""Let $S = \sum_{i=1}^n (y_i - b - w x_i)^2$.

$$\frac{\partial S}{\partial b} = -2\sum_{i=1}^n (y_i - b - w x_i) = 0$$

so

$$b = \frac1n \sum_{i=1}^n (y_i - w x_i)$$

The other derivative is

$$\frac{\partial S}{\partial w} = -2\sum_{i=1}^n x_i (y_i - b - w x_i), \qquad \frac{\partial b}{\partial w} = 0.$$
"""
    ).steps
    assert [step.verdict for step in steps] == ["definition", "proved", "definition", "proved", "proved", "proved"]


def test_effects_follow_the_truth_of_a_chain() -> None:
    steps = check_notes(
        r"""$L = (a - y)^2$.

$$\frac{dL}{da} = a - y = -y + a = 2 (a - y)$$
"""
    ).steps
    assert [step.effect for step in steps[1:]] == ["introduces_error", "inherits_error", "repairs_error"]
    assert [step.verdict for step in steps[1:]] == ["refuted", "proved", "refuted"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\sigma'(z) = \sigma(z)(1 - \sigma(z))",
        r"\frac{d}{dz} \sigma(z) = \frac{e^{-z}}{(1 + e^{-z})^2}",
        r"\frac{d}{dx} \log(1 + e^x) = \sigma(x)",
        r"1 - \tanh^2(z) = \frac{d \tanh(z)}{dz}",
        r"\sum_{k \neq i} a_k = \sum_k a_k - a_i",
        r"\log \frac{1}{1 + e^{-x}} = -\log(1 + e^{-x})",
    ],
)
def test_identities(latex: str) -> None:
    step = check_equation(latex)
    assert step.verdict == "proved", step


@pytest.mark.parametrize(
    "latex",
    [
        r"\sigma'(z) = \sigma(z)(1 + \sigma(z))",
        r"\frac{d}{dz} \sigma(z) = -\frac{e^{-z}}{(1 + e^{-z})^2}",
        r"\log \frac{1}{1 + e^{-x}} = \log(1 + e^{-x})",
    ],
)
def test_false_identities_have_a_witness(latex: str) -> None:
    step = check_equation(latex)
    assert step.verdict == "refuted"
    assert step.witness is not None


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial h}{\partial \theta_j} = h (1 - h) x_j",  # h has no definition: it may be σ
        r"f(x) = g(x)",
        r"A = B C",
        r"\sum_{i=1}^n x_i = n \bar{x}",
        r"\theta_{t+1} = \theta_t - \eta g",
        r"y = 1",
        r"i = j",
    ],
)
def test_what_nothing_defines_is_not_refuted(latex: str) -> None:
    assert check_equation(latex).verdict not in ("refuted", "conflict")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\ln f(x)}{\partial w} = \frac{\ln f(x)}{\partial w}",  # no ∂ above
        r"x = \begin{bmatrix} 1 \\ 2 \end{bmatrix}^{-1}",
        r"a^{b}^{c} = a",
        r"\int_0^1 x = \frac12",
    ],
)
def test_what_is_not_understood_is_never_proved(latex: str) -> None:
    assert check_equation(latex).verdict in ("unsupported", "definition", "undecided")


def test_the_condition_that_labels_sum_to_one_must_be_written() -> None:
    before = r"$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$, $L = -\sum_{k=1}^K y_k \log p_k$, "
    after = r" $\frac{\partial L}{\partial z_l} = p_l - y_l$"
    without, written = (check_notes(before + words + after).steps[-1] for words in ("", "one-hot labels,"))
    assert (without.verdict, written.verdict) == ("supported", "proved")
    assert any("one-hot" in c or "= 1" in c for c in written.conditions)


def test_given_definitions() -> None:
    given = r"$L = \frac12 (a - y)^2$ and $a = \sigma(z)$"
    assert check_equation(r"\frac{\partial L}{\partial z} = (a - y) a (1 - a)", given=given).verdict == "proved"
    assert check_equation(r"\frac{\partial L}{\partial z} = (a - y)", given=given).verdict == "refuted"


def test_json_is_the_same_in_two_runs() -> None:
    first, second = (json.dumps(check_files([EXAMPLES / "softmax.md"]).as_json()) for _ in range(2))
    assert first == second
    step = json.loads(first)["files"][0]["steps"][0]
    assert {"formula", "relation", "line", "verdict", "witness", "effect", "diagnosis", "suggestion"} <= set(step)


def test_a_file_that_cannot_be_read_is_an_error_of_that_file_only(tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_bytes(b"\xff\xfe\x00")
    report = check_files([broken, EXAMPLES / "redefined.md", tmp_path / "missing.md"])
    assert [bool(file.error) for file in report.files] == [True, False, True]


def test_checking_does_not_load_jax() -> None:
    program = (
        "import sys; from derivations.notes.library import check_equation; "
        r"check_equation(r'\sigma(0) = \frac12'); sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    "latex",
    [
        r"x^{x^{x^{x^{x^{x^{x}}}}}} = 1 + x^{9^{9^{9^9}}}",
        r"\sum_{i=1}^{999999999} \frac{1}{i + x_i} = 1",
        r"\prod_{i=1}^{99999} (1 + x_i) = \sum_{i=1}^{99999} x_i",
        "+".join(["x"] * 3000) + " = y",
        "(" * 300 + "x" + ")" * 300 + " = y",
        r"\frac{1}{" * 60 + "x" + "}" * 60 + " = y",
    ],
)
def test_hostile_formulas_end(latex: str) -> None:
    report = check_notes(f"$$\n{latex}\n$$\n\n$\\sigma'(z) = \\sigma(z)(1 - \\sigma(z))$")
    assert report.steps[-1].verdict == "proved"


def test_a_comment_can_ask_to_ignore_a_formula() -> None:
    steps = check_notes("<!-- verify: ignore -->\n$1 = 2$ but not $1 + 1 = 3$").steps
    assert [step.verdict for step in steps] == ["definition", "refuted"]


def test_labels_that_sum_to_one_are_an_assumption() -> None:
    note = r"$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$ and $\sum_{k} y_k = 1$"
    assert check_notes(note).steps[-1].verdict in ("definition", "proved", "supported")


def test_the_right_side_is_where_the_report_says_that_it_is() -> None:
    for path in (EXAMPLES / "softmax.md", EXAMPLES / "logistic.md"):
        lines = path.read_text(encoding="utf-8").split("\n")
        for step in check_files([path]).steps:
            assert step.line == step.end_line
            assert lines[step.line - 1][step.column - 1 : step.end_column - 1] == step.right
            assert step.right.count("{") == step.right.count("}")


def test_no_budget_lasts_longer_than_the_deadline_around_it() -> None:
    with deadline(0.0), separate_budget(10**6, 60.0), pytest.raises(BudgetExceededError, match="clock"):
        charge(1_000)


def test_a_formula_that_runs_out_of_time_is_undecided_and_the_next_is_checked() -> None:
    hard = r"\left(" + " + ".join(f"x_{{{n}}}" for n in range(9)) + r"\right)^{9}"
    started = time.perf_counter()
    steps = check_notes(rf"$${hard} \cdot {hard} = {hard} + 1 = {hard} \cdot 2$$ and $1 + 1 = 2$").steps
    assert time.perf_counter() - started < 30
    assert steps[-1].verdict == "proved"


def test_what_is_decided_once_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = equation._decided
    monkeypatch.setattr(equation, "_decided", lambda *args: asked.append(args[0]) or original(*args))
    check_notes(r"$\sigma'(z) = \sigma(z) (1 - \sigma(z))$ and again $\sigma'(z) = \sigma(z) (1 - \sigma(z))$")
    assert len(asked) == 1


NOTE_OF_CHOICES = r"""Let $a = 2 b$, where $u$ and $v$ are vectors of one size.

$$\frac{\partial a}{\partial b} = 2, \quad u^T v = \sum_{k=1}^{d} u_k v_k, \quad u v^T = v^T u$$

$$S = \sum_i y_i + b, \quad \frac{\partial S}{\partial b} = 1, \quad a^2 = 4 b^2, \quad u^T u = \sum_{k=1}^{d} u_k^2$$
"""


def test_a_reading_that_takes_over_from_others_finds_what_it_finds_by_itself() -> None:
    document = read_text(NOTE_OF_CHOICES)
    signature = checking._signed(document, NOTE_OF_CHOICES, frozenset())
    traces: list[Trace] = []
    for choices in (Choices(), *Choices().others({"reach", "shared", "rows"})):
        readings = [Reading(document, signature, choices, 0) for _ in range(2)]
        by_itself, led = readings[0].run(), readings[1].traced(others=traces)
        assert [s.as_json() for s in led.records] == [s.as_json() for s in by_itself]
        assert readings[0].step_consulted == readings[1].step_consulted
        traces.append(led)
    assert {s.verdict for s in traces[0].records} > {"definition", "proved"}
    assert any(traces[-1].steps[0] is trace.steps[0] for trace in traces[:-1]), "nothing was taken over"


@pytest.mark.parametrize("comment", ["assume y in {0,1}", "assume y in {0, 1}"])
def test_a_comment_states_an_assumption(comment: str) -> None:
    note = r"$y_i^2 = y_i$"
    assert check_notes(note).steps[0].verdict == "refuted"
    assert check_notes(f"<!-- verify: {comment} -->\n\n{note}").steps[0].verdict == "proved"


def test_a_comment_states_that_labels_are_signs() -> None:
    note = "<!-- verify: assume y in {-1, 1} -->\n\n$y_i^3 = y_i$"
    assert check_notes(note).steps[0].verdict == "proved"
