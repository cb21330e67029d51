"""How often printed intervals cover what they say: `python -m benchmarks.coverage`."""
