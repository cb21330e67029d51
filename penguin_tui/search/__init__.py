"""What a search shows: ranked trials, brackets, importance of its hyperparameters."""
