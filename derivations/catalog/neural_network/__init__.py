r"""Logistic units in cascade: two layers of any widths, then any number of layers, and XOR.

Backpropagation is the chain rule from the output backwards, where each layer hands the next one a
single vector, ∂C/∂z. `model` describes a network of two layers, `two_layers` proves its gradient with
every step, `layers` does the induction for L layers under any loss, `xor` shows what the hidden layer
is for. Left out: convolutions, recurrence, and any claim about where training ends.
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
