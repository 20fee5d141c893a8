"""Fits of scikit-learn that ours are compared with use one thread.

There is a worker of pytest on each core; where the linear algebra of every worker has as many threads as there are
cores, they wait for each other, and a fit of half a second takes half a minute.
"""

import pytest
import scipy.linalg  # noqa: F401  # loads the library whose threads are limited
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    with threadpool_limits(1):
        yield
