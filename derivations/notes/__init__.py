"""Notes: Markdown, LaTeX and notebooks read into formulas whose every token keeps its place."""
