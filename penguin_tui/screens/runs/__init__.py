"""Every run there has been: found, looked at, and used again."""
