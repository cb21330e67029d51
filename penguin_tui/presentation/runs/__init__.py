"""Which runs are looked for: the filter language, and settings and figures by their names."""
