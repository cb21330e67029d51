"""Random and grid search: every trial on every fold, the best once more on all rows."""
