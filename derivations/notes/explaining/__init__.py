"""Refuted steps explained: the one-place correction that would make them hold."""
