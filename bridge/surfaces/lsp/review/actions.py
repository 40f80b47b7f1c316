"""Code actions and lenses, answered from our own map of hunks by position, never from the client's context alone."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from bridge.app import wording
from bridge.harness.ids import Uri
from bridge.harness.workspace.review import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.instructions import Instruction, find_instructions

REVIEW_KIND = "quickfix"
ASK_KIND = "refactor"
TITLE_LIMIT = 72
REASON_REACH = 2
"""An instruction comment this many lines from a hunk can be its reason for rejection."""

MOST_HUNKS = 20
MOST_INSTRUCTIONS = 100
"""A menu of more is no help: the hunks nearest to the cursor, and the first instructions, have theirs."""


def code_actions(context: Context, uri: Uri, first: int, last: int, codes: frozenset[str]) -> list[dict[str, Any]]:
    """What can be done on lines [first, last] of a document; `codes` are hunk ids in the client's own diagnostics."""
    views = [view for _, view in context.runtime.hunks(uri) if view.state.open]
    here = [view for view in views if view.hunk.id in codes or _on(view, first, last)]
    here = sorted(here, key=lambda view: abs(view.span.start - first))[:MOST_HUNKS]
    asked = _instructions(context, uri)
    reasons = _reasons(context, asked)
    actions = [action for view in here for action in _hunk_actions(context, view, reasons)]
    spelled = context.editor.spelled(uri)
    if len(views) > len(here) or len(here) > 1:
        actions += _file_actions(spelled, views)
    if any(view.state.open and view not in here for _, view in context.runtime.hunks()):
        where = {"hunkId": here[0].hunk.id} if here else {"uri": spelled, "line": first}
        actions.append(_action("Next hunk", REVIEW_KIND, "harness.next", where))
    if context.current is None or context.current.turn is None:
        under = (one for one in asked if one.line <= last and first < one.line + one.lines)
        actions += [_ask(spelled, instruction) for instruction in islice(under, MOST_INSTRUCTIONS)]
    else:
        actions.append(_action("Stop the agent", ASK_KIND, "harness.cancel", {"sessionId": context.current.id}))
    return actions


def code_lenses(context: Context, uri: Uri) -> list[dict[str, Any]]:
    """A lens on each instruction comment: ask, or stop while the agent works."""
    lenses = []
    working = context.current is not None and context.current.turn is not None
    for instruction in _instructions(context, uri)[:MOST_INSTRUCTIONS]:
        if working and context.current is not None:
            command = _command("Agent is working — stop", "harness.cancel", {"sessionId": context.current.id})
        else:
            command = _ask(context.editor.spelled(uri), instruction)["command"]
        start = {"line": instruction.line, "character": 0}
        lenses.append({"range": {"start": start, "end": start}, "command": command})
    return lenses


def _on(view: HunkView, first: int, last: int) -> bool:
    """An insertion is found on the line that it comes before, and on the line after which it comes."""
    start, end = view.span.start, view.span.end
    if start == end:
        return first <= start and start - 1 <= last
    return start <= last and first < end


def _hunk_actions(context: Context, view: HunkView, reasons: Sequence[Instruction]) -> Iterator[dict[str, Any]]:
    hunk, name = {"hunkId": view.hunk.id}, wording.name(view)
    if view.state.stale:
        yield _action(f"Dismiss {name}: the text changed here", REVIEW_KIND, "harness.reject", hunk)
        yield _action(f"Show {name}", REVIEW_KIND, "harness.show", hunk)
        return
    yield _action(f"Accept {name}: {wording.summary(view)}", REVIEW_KIND, "harness.accept", hunk)
    yield _action(f"Reject {name}", REVIEW_KIND, "harness.reject", hunk)
    for instruction in reasons:
        if view.span.start - REASON_REACH <= instruction.line <= view.span.end + REASON_REACH:
            reason = {**hunk, "reason": instruction.text}
            yield _action(f"Reject {name}: {_short(instruction.text)}", REVIEW_KIND, "harness.reject", reason)
    yield _action(f"Reject {name} with reason…", REVIEW_KIND, "harness.rejectWithReason", hunk)
    yield _action(f"Show {name}", REVIEW_KIND, "harness.show", hunk)


def _file_actions(spelled: str, views: list[HunkView]) -> Iterator[dict[str, Any]]:
    if fitting := sum(not view.state.stale for view in views):
        yield _action(f"Accept all in file ({_hunks(fitting)})", REVIEW_KIND, "harness.acceptFile", {"uri": spelled})
    yield _action(f"Reject all in file ({_hunks(len(views))})", REVIEW_KIND, "harness.rejectFile", {"uri": spelled})


def _instructions(context: Context, uri: Uri) -> list[Instruction]:
    document = context.documents.get(uri)
    return list(find_instructions(document.text)) if document is not None else []


def _reasons(context: Context, written: Sequence[Instruction]) -> list[Instruction]:
    """What may be meant as the reason of a rejection: not what the agent was asked before, which stands there too."""
    items = (item for session in context.runtime.sessions() for item in session.transcript.items)
    asked = {item["content"][0]["text"] for item in items if item.get("role") == "user"}
    return [one for one in written if one.text not in asked]


def _ask(spelled: str, instruction: Instruction) -> dict[str, Any]:
    where = {"text": instruction.text, "uri": spelled, "line": instruction.line}
    return _action(f"Ask agent: {_short(instruction.text)}", ASK_KIND, "harness.prompt", where)


def _action(title: str, kind: str, command: str, argument: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "kind": kind, "command": _command(title, command, argument)}


def _command(title: str, command: str, argument: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "command": command, "arguments": [argument]}


def _hunks(count: int) -> str:
    return f"{count} hunk{'' if count == 1 else 's'}"


def _short(text: str) -> str:
    """One line of a menu. The file may be somebody else's: what would not be seen in it is made visible."""
    text = wording.visible(text)
    return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"
