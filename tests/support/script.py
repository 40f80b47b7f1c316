"""Pieces of scripts for the scripted model."""

from typing import Any

Step = dict[str, Any]


def call(tool: str, **args: Any) -> Step:
    """One tool call."""
    return {"tool": tool, "args": args}


def edit(path: str, *replacements: tuple[str, str]) -> Step:
    """A call of edit_file: (old, new) pairs."""
    return call("edit_file", path=path, edits=[{"old_text": old, "new_text": new} for old, new in replacements])


def step(*calls: Step, say: str = "") -> Step:
    """One model step."""
    return {"say": say, "calls": list(calls)}
