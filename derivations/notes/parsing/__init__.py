"""A file to trees: its formulas found, their tokens, the grammar, and the tree back to LaTeX."""
