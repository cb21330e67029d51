"""What a query costs beside its work: `python -m benchmarks.queries`."""
