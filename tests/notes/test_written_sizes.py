"""A few terms written out beside a sum over all: the size is the number of terms, whether places begin at 0 or at 1."""

import pytest

from derivations.notes.library import check_notes


def verdict(text: str) -> tuple[str, str]:
    step = check_notes(text).steps[0]
    return step.verdict, step.reason or ""


@pytest.mark.parametrize(
    ("terms", "total", "size"),
    [
        ("y_1 t_1 + y_2 t_2 + y_3 t_3", r"\sum_{k=1}^{K}", "K = 3"),
        ("y_0 t_0 + y_1 t_1 + y_2 t_2", r"\sum_{k=0}^{K-1}", "K = 3"),
        ("y_0 t_0 + y_1 t_1", r"\sum_{k=0}^{K-1}", "K = 2"),
        ("y_0 t_0 + y_1 t_1 + y_2 t_2", r"\sum_{k=0}^{K}", "K = 2"),
    ],
)
def test_the_size_is_what_is_written(terms: str, total: str, size: str) -> None:
    found, reason = verdict(f"$$ {terms} = {total} y_k t_k $$")
    assert found == "supported" and size in reason
    assert verdict(f"$$ {terms.replace('+', '-', 1)} = {total} y_k t_k $$")[0] == "refuted"
