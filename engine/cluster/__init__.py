"""Trials on the workers of a Dask cluster; Dask is imported when one is named, never before."""
