"""How long `predict` takes, and its tab: `python -m benchmarks.predict`, `… .predict.keys`."""
