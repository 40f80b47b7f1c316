"""The way in from a terminal: `run`, `demo`."""
