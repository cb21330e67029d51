"""What is promised in docs/reliability.md, tried for long: `python -m benchmarks.torture`."""
