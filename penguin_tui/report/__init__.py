"""A run as a document: what its tabs show, its figures, and the command that does it again."""
