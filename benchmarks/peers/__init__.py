"""The trainer against what a person could pick instead: `python -m benchmarks.peers`."""
