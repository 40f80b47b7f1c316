"""Python: names and renames by rope, the rest on the syntax tree."""
