"""Where the formulas of a file are: delimiters, exact places, what is not a formula, hostile files."""

import json
import time
from pathlib import Path

import pytest

from derivations.notes.parsing.document import read_source, scan, scan_notebook
from derivations.notes.parsing.regions import NoteError
from derivations.notes.parsing.source import Place


def latex(text: str, syntax: str = "markdown") -> list[str]:
    return [formula.latex.strip() for formula in scan(text, "tex" if syntax == "tex" else "markdown").formulas]


@pytest.mark.parametrize(
    "text",
    [
        "so $x$ is",
        "so $ x $ is",
        "$$x$$",
        "$$\nx\n$$",
        r"so \(x\) is",
        r"\[ x \]",
        r"so \\(x\\) is",
        "\\\\[\nx\n\\\\]",
        "```math\nx\n```",
        "a line\n$\nx\n$\nanother",
        "so $`x`$ is",
        '<script type="math/tex; mode=display">\nx\n</script>',
        ".. math::\n\n   x\n\nprose",
        "so :math:`x` is",
        "| a | $x$ |",
        "- item\n    $$x$$",
        "> $$\n> x\n> $$",
    ],
)
def test_every_delimiter_gives_the_formula(text: str) -> None:
    assert latex(text) == ["x"]


def test_bare_environments_are_formulas() -> None:
    for name in ("equation", "align*", "aligned", "eqnarray", "gather", "multline"):
        text = f"prose\n\\begin{{{name}}}\nx = 1\n\\end{{{name}}}\n"
        assert latex(text) == [f"\\begin{{{name}}}\nx = 1\n\\end{{{name}}}"]


def test_code_comments_and_money_are_not_formulas() -> None:
    text = "`$a$` and <!-- $b$ --> and \\$3\n\n```python\nx = '$c$'\n```\nIt costs $5 for one and $6 for two."
    found = scan(text)
    assert [formula.latex for formula in found.formulas] == []
    assert [(block.language, block.text.strip()) for block in found.code] == [("python", "x = '$c$'")]


def test_verify_comments_are_recorded_with_their_place() -> None:
    (comment,) = scan("one\n<!-- verify: assume y in {0,1} -->\n<!-- other -->").comments
    assert (comment.text, comment.place) == ("assume y in {0,1}", Place(2, 1))


def test_every_character_keeps_its_place_inside_a_block_quote() -> None:
    text = "> so\n> $$ a\n> = bc $$\n"
    (formula,) = scan(text).formulas
    lines = text.split("\n")
    for index, character in enumerate(formula.latex):
        place = formula.excerpt.place(index)
        if character != "\n":
            assert lines[place.line - 1][place.column - 1] == character


def test_markdown_escapes_are_undone_and_places_kept() -> None:
    text = "x\n\\\\[ w\\_1 = \\\\{a\\\\} \\\\]"
    (formula,) = scan(text).formulas
    assert formula.latex.strip() == r"w_1 = \{a\}"
    assert formula.excerpt.place(formula.latex.index("a")) == Place(2, text.split("\n")[1].index("a") + 1)


def test_a_display_closed_by_one_dollar_ends_on_its_line() -> None:
    assert latex("so $$a = b$. Then\n$$c$$") == ["a = b", "c"]


def test_text_may_hold_formulas() -> None:
    assert latex(r"$$a \text{ if $i = j$}$$ and $b$") == [r"a \text{ if $i = j$}", "b"]


def test_an_unclosed_display_spoils_only_itself() -> None:
    found = scan("$$ a = b\n\nThis is a whole sentence of ordinary prose here.\n\n$$c$$\n").formulas
    assert [formula.problem is None for formula in found] == [False, True]
    assert found[1].latex == "c"


def test_context_gives_headings_and_neighbouring_prose() -> None:
    formulas = scan("# One\n## Two\nFor i ≠ j we have\n$$a$$\nas claimed.\n").formulas
    context = formulas[0].context
    assert context.headings == ("One", "Two")
    assert "For i ≠ j" in context.before
    assert "as claimed" in context.after


def test_tex_files_skip_comments_and_verbatim() -> None:
    text = "% $a$\n\\section{S}\n\\begin{verbatim}$b$\\end{verbatim}\nso $c$ \\\\[2ex] and \\[d\\]"
    assert latex(text, "tex") == ["c", "d"]


def test_a_notebook_keeps_places_in_its_own_file() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["so\n", "$\\frac{a}{b} = \u03c3$"], "metadata": {}},
        {"cell_type": "code", "source": "print('$x$')", "metadata": {}, "outputs": []},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    found = scan_notebook(text)
    (formula,) = found.formulas
    assert formula.latex == "\\frac{a}{b} = σ"
    place = formula.excerpt.place(formula.latex.index("{a}"))
    assert text.split("\n")[place.line - 1][place.column - 1 :].startswith("{a}")
    assert [block.language for block in found.code] == ["python"]


@pytest.mark.parametrize(("data", "reason"), [(b"\xff\xfe$x$", "UTF-8"), (b"a\0b", "binary"), (b"{", "notebook")])
def test_what_is_not_a_note_is_one_clear_error(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / ("note.ipynb" if reason == "notebook" else "note.md")
    path.write_bytes(data)
    with pytest.raises(NoteError, match=reason) as error:
        read_source(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_beyond_the_size_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(NoteError, match="50000000"):
        read_source(path)


@pytest.mark.parametrize(
    "unit",
    [
        "$",
        "$ ",
        "$x ",
        r"\[ ",
        r"\( ",
        "$$\n\n",
        r"\begin{align} ",
        "` ",
        "<!-- ",
        ":math:`",
        "${{{ ",
        r"\newcommand{\a}{",
    ],
)
def test_hostile_repetition_is_linear(unit: str) -> None:
    start = time.perf_counter()
    scan(unit * 4_000)
    # A quadratic pass over 4000 openers takes minutes; the margin is for a loaded machine.
    assert time.perf_counter() - start < 20
