"""From a table's cells to a network's input: fitted to rows, stored, applied."""
