"""The rows of a file, looked through once: how many, how wide, on which lines, what is odd."""
