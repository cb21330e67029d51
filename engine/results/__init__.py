"""What runs result in: figures with their uncertainty, tables, confusion matrices."""
