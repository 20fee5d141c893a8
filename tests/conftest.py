"""What all tests need of the process that they run in."""

import signal
import sys
from collections.abc import Iterator

import pytest

# A shell starts background jobs with SIGINT ignored, and children inherit that: Ctrl-C could not be tried.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="module")
def compiled_programs_end_with_their_module() -> Iterator[None]:
    """JAX keeps every program that it has compiled: of the whole suite, four gigabytes in each process."""
    yield
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()
