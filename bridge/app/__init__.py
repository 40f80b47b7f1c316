"""Builds everything, and offers the use-cases. No wire, no editor."""
