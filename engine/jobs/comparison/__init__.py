"""An evaluation: several models on the same folds."""
