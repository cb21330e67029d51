"""A page of a table: its columns, which rows, in which order."""
