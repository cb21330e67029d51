"""A run that works without this program: bundles, other formats, and bundles brought in.

Each module writes one format; `catalogue` lists them, `__main__` is the process that they are
written by.
"""
