"""Harness Bridge: a coding agent behind the editor, its edits approved hunk by hunk."""

__version__ = "0.1.0"
