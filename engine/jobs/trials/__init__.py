"""The trials of a search or a reproduction, and what an interrupted run has done of them."""
