"""Widgets, one concept each."""
