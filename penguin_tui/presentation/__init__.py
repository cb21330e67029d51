"""Figures, titles, cells and sentences, worked out once for screen and command line."""
