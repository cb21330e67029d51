"""The compiled program that trains dense classifiers: one trace for each padded shape."""
