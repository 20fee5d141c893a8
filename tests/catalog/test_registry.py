"""Names of the catalogue: found, listed, and answered with the nearest ones when unknown."""

from __future__ import annotations

import subprocess
import sys

import pytest

from derivations.catalog import families, find
from derivations.catalog.registry import UnknownNameError, derivations


def test_a_family_is_loaded_only_when_asked_for():
    program = (
        "import sys, derivations.catalog as c; c.find('logistic_regression.z');"
        "print([m for m in sys.modules if 'linear_regression' in m or m.startswith('jax')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(UnknownNameError, match=r"logistic_regression\.mean\.w"):
        find("logistic_regression.maen.w")
    with pytest.raises(UnknownNameError, match="logistic_regression"):
        derivations("logistic_regresion")


def test_families_are_in_reading_order():
    assert families()[0] == "linear_regression"
    assert len(set(families())) == len(families()) == 8
