r"""A progress bar for a fit that takes more than a moment, on a terminal; nothing in a pipe.

How far a fit has come is a matter of digits: the part done is log(|g₀|/|g|) / log(|g₀|/tolerance), or that of the
steps allowed, if this is more. Left out: how long it will still take, which neither tells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["Report", "fit_progress"]

Report = Callable[[int, float, float], None]
"""Called with step, loss and gradient norm."""

_MOMENT = 1.0  # seconds


@contextmanager
def fit_progress(most: int, tolerance: float) -> Iterator[Report | None]:
    """What shows a step on standard error, or None where that is no terminal; `most` steps are allowed."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("compiling", total=1.0)
    first: list[float] = []

    def report(step: int, loss: float, norm: float) -> None:
        first.append(norm)
        done = max(step / max(most, 1), _digits(first[0], norm, tolerance))
        bar.update(task, completed=done, description=f"step {step:,}  loss {loss:.6g}  gradient {norm:.2e}")

    start = Timer(_MOMENT, bar.start)
    start.daemon = True
    start.start()
    try:
        yield report
    finally:
        start.cancel()
        start.join()
        bar.stop()


def _digits(first: float, now: float, tolerance: float) -> float:
    """The part of the way from the first gradient norm to the tolerance, on a logarithmic scale."""
    if not (math.isfinite(first) and 0 < tolerance < first and 0 < now < first):
        return 0.0
    return min(math.log(first / now) / math.log(first / tolerance), 1.0)
