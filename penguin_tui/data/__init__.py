"""Widgets of the Data screen, and the data file chosen for all screens."""
