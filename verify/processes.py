"""Work shared out to one process per core: proofs and notes are Python, and would otherwise wait for each other.

The processes are forked, before JAX is loaded (it starts threads, which a fork does not carry over); so they have what
is imported, and what they are given and hand back is pickled. Ctrl-C is the parent's to handle.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

__all__ = ["can_share", "worker_pool"]


def can_share() -> bool:
    """Whether there is more than one core, and a process may be forked here."""
    return (os.cpu_count() or 1) > 1 and sys.platform == "linux" and "jax" not in sys.modules


@contextmanager
def worker_pool(most: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of a process per core, at most so many; they are ended at once where the body is left by an exception."""
    pool = ProcessPoolExecutor(
        min(os.cpu_count() or 1, most), multiprocessing.get_context("fork"), initializer=_start_worker
    )
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # SymPy and JAX make much that is freed by its count, and caches that stay: few cycles worth looking for
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
