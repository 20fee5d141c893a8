"""What all tests need of the process that they run in, and which of them take long."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LONG = Path(__file__).with_name("long.txt")

# A shell starts background jobs with SIGINT ignored, and children inherit that: Ctrl-C could not be tried.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="module")
def compiled_programs_end_with_their_module() -> Iterator[None]:
    """JAX keeps every program that it has compiled: of the whole suite, four gigabytes in each process."""
    yield
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


@pytest.hookimpl(tryfirst=True)  # before what -m selects
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks as slow what is listed: single cases of tests, measured, whose quicker siblings stay in the suite."""
    listed = set(LONG.read_text(encoding="utf-8").splitlines())
    for item in items:
        if item.nodeid in listed:
            item.add_marker("slow")
            listed.remove(item.nodeid)
    if listed and sorted(config.args) == sorted(config.getini("testpaths")):
        raise pytest.UsageError(f"{LONG.name} lists what is no test: {min(listed)}")
