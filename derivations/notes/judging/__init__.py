"""Values to verdicts: claims with their assumptions and sizes, decided, excused or taken back."""
