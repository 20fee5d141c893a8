"""derivations: what is claimed, and the exact judgements, in SymPy and python-flint. Never imports JAX.

A loss is a `Statement`; a claim about it with its steps is a `Derivation`; `prove` makes it a `Proof`.
`derive` finds the gradient of a statement whose author wrote none.
"""

from .derive import derive
from .domain import Domain
from .functions import Partial, Unknown, sigmoid, softplus
from .notation import latex, text
from .proof import Proof, prove
from .statement import Definition, Derivation, Statement, Step, Variable, index, scalar, size, variable
from .verdict import Status, Verdict, Witness

__all__ = [
    "Definition",
    "Derivation",
    "Domain",
    "Partial",
    "Proof",
    "Statement",
    "Status",
    "Step",
    "Unknown",
    "Variable",
    "Verdict",
    "Witness",
    "derive",
    "index",
    "latex",
    "prove",
    "scalar",
    "sigmoid",
    "size",
    "softplus",
    "text",
    "variable",
]
