"""The teaching proofs: every derivation in every form, and LaTeX that compiles where a compiler is installed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from derivations.catalog import derivations, find
from derivations.proof import prove
from derivations.rules import RULES
from verify.explain import explain_latex, explain_markdown, explain_text


def test_every_step_names_a_rule_of_the_table():
    for d in derivations():
        assert all(step.rule in RULES for step in d.steps), d.name


@pytest.mark.parametrize("family", ["logistic_regression", "softmax_regression", "maximum_likelihood"])
def test_each_form_shows_each_step(family):
    for d in derivations(family):
        proof = prove(d)
        text, markdown, latex = explain_text(proof), explain_markdown(proof), explain_latex(proof)
        assert text.count("✓") == len(d.steps), d.name
        assert markdown.count("&=") == len(d.steps)
        assert latex.count("&=") >= len(d.steps)
        assert latex.isascii(), d.name
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert latex.count(opening) == latex.count(closing), d.name


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX compiler is installed")
@pytest.mark.parametrize("name", ["logistic_regression.z", "softmax_regression.sample.z"])
def test_the_latex_compiles(name, tmp_path):
    source = tmp_path / "proof.tex"
    source.write_text(explain_latex(prove(find(name))))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
