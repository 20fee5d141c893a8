"""Reports on checked notes, made from the JSON of the schema gradproof/check/1 and nothing else."""

from .baseline import Baseline, BaselineError, read_baseline, write_baseline
from .findings import Finding, exit_status, findings, withheld
from .github import github_report
from .sarif import sarif_report
from .terminal import terminal_report

__all__ = [
    "Baseline",
    "BaselineError",
    "Finding",
    "exit_status",
    "findings",
    "github_report",
    "read_baseline",
    "sarif_report",
    "terminal_report",
    "withheld",
    "write_baseline",
]
