"""The trainer beside plain Keras and its libraries: `python -m benchmarks.trainer`."""
