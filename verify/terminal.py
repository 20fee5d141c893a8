"""What a person sees: a progress bar while it takes more than a moment, and a table at the end."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .certificate import Certificate, claim_text, summary

__all__ = ["progress", "table"]

_STYLE = {
    "proved": "green",
    "refuted": "bold red",
    "supported": "yellow",
    "undecided": "yellow",
    "unsupported": "yellow",
    "inconsistent": "bold magenta",
}


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error if that is a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


def table(certificates: list[Certificate], width: int | None = None) -> str:
    """The certificates as a table with one line of summary; colours only on a terminal."""
    terminal = width is None and sys.stdout.isatty()
    columns = width or (shutil.get_terminal_size((140, 24)).columns if terminal else 140)
    console = Console(file=io.StringIO(), force_terminal=terminal, width=columns, legacy_windows=False)
    names = max([len(c.derivation.name) for c in certificates], default=0)
    numbers = 13 if any(c.evidence for c in certificates) else 0
    room = max(columns - names - 12 - (2 * numbers + 4 if numbers else 0) - 4, 20)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("claim", no_wrap=True, min_width=names)
    grid.add_column("formula", no_wrap=True, max_width=room, overflow="ellipsis")
    grid.add_column("verdict", no_wrap=True, min_width=12)
    if numbers:
        grid.add_column("autodiff", no_wrap=True, justify="right", min_width=numbers)
        grid.add_column("differences", no_wrap=True, justify="right", min_width=numbers)
    for c in certificates:
        status = c.verdict.status.value
        row: list[str | Text] = [c.derivation.name, claim_text(c.derivation), Text(status, style=_STYLE[status])]
        if numbers:
            row += [_evidence(c, "autodiff") or _evidence(c, "evaluation"), _evidence(c, "finite_difference")]
        grid.add_row(*row)
    console.print(grid)
    for c in certificates:
        if not c.verdict.is_proved:
            console.print(
                Text(f"\n{c.derivation.name}: {c.verdict.status.value}", style=_STYLE[c.verdict.status.value])
            )
            if c.verdict.witness is not None:
                console.print(Text(f"  {c.verdict.witness}"), soft_wrap=True)
            if c.verdict.reason:
                console.print(Text(f"  {c.verdict.reason}"), soft_wrap=True)
    counts = summary(certificates)
    console.print(Text("\n" + ", ".join(f"{count} {name}" for name, count in counts.items())))
    shown: str = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in shown.rstrip().splitlines())


def _evidence(certificate: Certificate, judge: str) -> str:
    found = certificate.evidence.get(judge)
    return f"{found['points']:,} points" if found else ""
