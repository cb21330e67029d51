"""How fast the workbench is, in a real pseudo-terminal: `python -m benchmarks.screen`."""
