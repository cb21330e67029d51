"""The view of one run, live or finished."""
