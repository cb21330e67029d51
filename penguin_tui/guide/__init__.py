"""The guide: the post in twelve steps, each with a question marked from what the reader did."""
