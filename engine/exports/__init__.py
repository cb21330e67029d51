"""What a run leaves, as files: one module a format."""
