"""Runs side by side, in words: as a report, and as the Compare screen has them."""
