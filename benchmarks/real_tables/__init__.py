"""Tables that packages ship, against scikit-learn: `python -m benchmarks.real_tables`."""
