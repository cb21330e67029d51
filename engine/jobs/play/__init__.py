"""Networks trained at a key press: their rows, their training, the plane they are seen in."""
