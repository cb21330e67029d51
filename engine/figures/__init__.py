"""Figures of runs as files, drawn by seaborn in a process of their own.

Each module draws what belongs together; `catalogue` lists all figures, `__main__` is the process.
"""
