"""Whole commands, cold: wall-clock seconds and peak memory, each in a process of its own.

    python benchmarks/commands.py [--repeat 3]

The limits are those the project sets itself on two cores: the catalogue under 20 s and 1.5 GB, one
claim under 4 s, help under 0.3 s. The median is what to quote.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "verify --help": 0.3,
    "verify explain logistic_regression.z": 4.0,
    "verify prove logistic_regression.z": 4.0,
    "verify --symbolic-only": 20.0,
    "verify": 20.0,
}


def measure(command: str) -> tuple[float, float, int]:
    """(seconds, peak MB of the largest process, exit status)."""
    words = [sys.executable, "-m", *command.split()]
    started = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - started, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"{'command':<40}{'seconds':>9}{'limit':>7}{'peak MB':>9}{'exit':>6}")
    for command, limit in COMMANDS.items():
        runs = [measure(command) for _ in range(options.repeat)]
        seconds = statistics.median(r[0] for r in runs)
        print(f"{command:<40}{seconds:>9.2f}{limit:>7.1f}{max(r[1] for r in runs):>9.0f}{runs[-1][2]:>6}")


if __name__ == "__main__":
    main()
