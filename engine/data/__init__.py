"""From a CSV file to arrays: read, split, prepare, describe, score."""
