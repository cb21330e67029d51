"""A quick, bounded look at a CSV file: its columns, and how it is written.

Without any heavy library, so that a form can offer the columns and a run can be
refused before the engine has loaded anything.
"""
