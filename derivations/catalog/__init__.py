"""The catalogue: the derivations of every model family, found by name, loaded when asked for."""

from .registry import derivations, families, find

__all__ = ["derivations", "families", "find"]
