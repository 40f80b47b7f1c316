"""Refactorings by rule, no language model: the values shared with a worker process, and its parts."""
