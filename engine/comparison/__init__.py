"""Runs side by side: what each came to, row by row where they share rows, and what differs."""
