"""What a sweep shows: the chart of its points and their table."""
