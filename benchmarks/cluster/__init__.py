"""Workers of a Dask cluster beside this process: `python -m benchmarks.cluster`."""
