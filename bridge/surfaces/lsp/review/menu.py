"""The rows of an editor's menus: LSP's commands and code actions, for commands of ours."""

from typing import Any

from bridge.app import wording

REVIEW_KIND = "quickfix"
ASK_KIND = "refactor"
TITLE_LIMIT = 72


def action(title: str, kind: str, name: str, argument: dict[str, Any]) -> dict[str, Any]:
    """A code action that runs one of our commands."""
    return {"title": title, "kind": kind, "command": command(title, name, argument)}


def command(title: str, name: str, argument: dict[str, Any]) -> dict[str, Any]:
    """An LSP command; each of ours takes exactly one argument."""
    return {"title": title, "command": name, "arguments": [argument]}


def short(text: str) -> str:
    """One line of a menu. The text may be somebody else's: what would not be seen in it is made visible."""
    text = wording.visible(text)
    return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"
