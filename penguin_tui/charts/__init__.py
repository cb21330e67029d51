"""Charts drawn in cells: axes, series, canvases, colours."""
