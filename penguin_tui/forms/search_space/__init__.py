"""The search space of a sweep or search, edited in a table."""
