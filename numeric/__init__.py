"""numeric: how it is computed, in JAX: compiled functions, floating-point judges, training."""
