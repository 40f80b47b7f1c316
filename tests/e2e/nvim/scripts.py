"""Pieces of scripts for the scripted model, and a review that is on the screen."""

from pathlib import Path
from typing import Any

from tests.support.nvim import Neovim, Place

Step = dict[str, Any]

TWENTY = "".join(f"line {n}\n" for n in range(1, 21))


def call(tool: str, **args: Any) -> Step:
    """One tool call."""
    return {"tool": tool, "args": args}


def edit(path: str, *replacements: tuple[str, str]) -> Step:
    """A call of edit_file: (old, new) pairs."""
    return call("edit_file", path=path, edits=[{"old_text": old, "new_text": new} for old, new in replacements])


def step(*calls: Step, say: str = "") -> Step:
    """One model step."""
    return {"say": say, "calls": list(calls)}


def under_review(nvim: Neovim, place: Place, content: str | bytes, *replacements: tuple[str, str]) -> Path:
    """The file `a.txt`, open, with these replacements proposed; each of them is one hunk."""
    path = place.file("a.txt", content)
    place.play(step(edit("a.txt", *replacements)), step(say="Done."))
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    nvim.hunks(len(replacements))
    return path
