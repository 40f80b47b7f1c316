"""Edits on the concrete syntax tree, which keeps every blank and comment: imports, definitions, calls."""
