"""The same functions over many rows."""
