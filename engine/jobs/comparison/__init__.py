"""Several models on the same rows: evaluations and learning curves."""
