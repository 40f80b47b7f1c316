"""The published files, made from the table: pure functions from models to text. The daemon loads nothing of it."""
