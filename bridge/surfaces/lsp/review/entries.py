"""What can be asked of the agent from a place in a document: by a comment, of a selection, a diagnostic, a name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from bridge.app import wording
from bridge.app.session import Session
from bridge.harness.ids import Uri
from bridge.surfaces.lsp import params as lsp
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.instructions import Instruction, find_instructions
from bridge.surfaces.lsp.review.menu import ASK_KIND, REVIEW_KIND, action, short
from bridge.surfaces.lsp.review.publisher import SOURCE
from bridge.surfaces.lsp.review.refactorings import refactorings
from bridge.surfaces.lsp.review.virtual import is_ours
from bridge.surfaces.lsp.review.waiting import is_working
from bridge.surfaces.lsp.review.where import lines

MOST_INSTRUCTIONS = 100
MOST_FIXES = 20
"""A menu of more is no help: the first ones have their entries."""

MESSAGE_LIMIT = 2000
"""Characters of a diagnostic's message that the agent is told. It is another program's, and may quote the file."""

ASKS: Mapping[str, str] = MappingProxyType(
    {
        "Explain by comments": "Explain the selected code by short comments in it, where they help a reader. "
        "Leave the code itself as it is.",
        "Simplify": "Simplify the selected code. What it does must stay the same.",
        "Add type annotations and docstrings": "Add type annotations and docstrings to the selected code, in the style "
        "of the code around it. What it does must stay the same.",
        "Add tests for this": "Add tests for the selected code where this project keeps its tests, in the style of "
        "those that are there.",
        "Fix what is wrong here": "Find what is wrong in the selected code, and fix it.",
    }
)
"""What can be chosen in an editor that can't ask for a free text, and what the agent is asked then."""


def entries(context: Context, uri: Uri, asked: lsp.CodeAction) -> Iterator[dict[str, Any]]:
    """Fixes for others' diagnostics, asking about the selection, and refactorings, while the agent is free.

    A model without free words has the refactorings; asking is offered with it where the client has a box to type in.
    """
    if is_working(context) or is_ours(uri):
        return
    spelled, free_words = context.editor.spelled(uri), context.free_words
    if free_words:
        yield from _fixes(spelled, asked)
    if asked.range.start != asked.range.end and (free_words or context.client.harness is not None):
        selection = {"uri": spelled, "range": asked.range.dump()}
        yield action("Ask agent…", ASK_KIND, "harness.askHere", selection)
    yield from refactorings(context, uri, asked)


def instructions(context: Context, uri: Uri) -> list[Instruction]:
    """The instruction comments of an open document of the person's."""
    document = context.documents.get(uri) if not is_ours(uri) else None
    return list(find_instructions(document.text)) if document is not None else []


def on_instructions(
    context: Context, uri: Uri, written: Sequence[Instruction], first: int, last: int
) -> Iterator[dict[str, Any]]:
    """Ask what a comment on lines [first, last] says; while the agent works tell it so, or stop it."""
    under = (one for one in written if one.line <= last and first < one.line + one.lines)
    if context.current is not None and is_working(context):
        yield from _told(context, context.current, context.editor.spelled(uri), under)
        yield from _meanwhile(context, context.current, {"uri": context.editor.spelled(uri), "line": first})
        return
    for instruction in islice(under, MOST_INSTRUCTIONS):
        yield ask(context.editor.spelled(uri), instruction)


def said(session: Session) -> set[str]:
    """What the person has said in a session. What a service's compaction has made of it has any shape."""
    contents = (item.get("content") for item in session.transcript.items if item.get("role") == "user")
    first = (content[0] for content in contents if isinstance(content, list) and content)
    return {str(part.get("text", "")) for part in first if isinstance(part, dict)}


def ask(spelled: str, instruction: Instruction) -> dict[str, Any]:
    """The action that asks what a comment says."""
    where = {"text": instruction.text, "uri": spelled, "line": instruction.line}
    return action(f"Ask agent: {short(instruction.text)}", ASK_KIND, "harness.prompt", where)


def _told(context: Context, session: Session, spelled: str, under: Iterable[Instruction]) -> Iterator[dict[str, Any]]:
    """What the agent can be told while it works: comments that are none of its own tasks."""
    if session.turn is None or not context.free_words:
        return
    known = said(session)
    for one in islice((one for one in under if one.text not in known), MOST_INSTRUCTIONS):
        where = {"text": one.text, "uri": spelled, "line": one.line, "sessionId": session.id, "turnId": session.turn.id}
        yield action(f"Tell agent: {short(one.text)}", ASK_KIND, "harness.steer", where)


def _meanwhile(context: Context, session: Session, here: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What can be done while the agent works. Where it is the person that it waits for, that is said."""
    awaited = session.awaited
    if awaited and context.client.shows_hunks:  # others have it among what can be done with hunks
        yield action("Next hunk", ASK_KIND, "harness.next", here)
    waits = f" (it waits for you: {wording.changes(awaited)})" if awaited else ""
    yield action(f"Stop the agent{waits}", ASK_KIND, "harness.cancel", {"sessionId": session.id})


def _fixes(spelled: str, asked: lsp.CodeAction) -> Iterator[dict[str, Any]]:
    foreign = (one for one in asked.context.diagnostics if one.source != SOURCE and one.text.strip())
    for one in islice(foreign, MOST_FIXES):
        first, last = lines(one.range or asked.range)
        prompt = {"text": _fix(one), "uri": spelled, "line": first, "endLine": last}
        yield action(f"Fix with agent: {short(one.text)}", REVIEW_KIND, "harness.prompt", prompt)


def _fix(one: lsp.Diagnostic) -> str:
    """The prompt; the message is on one line of it, with everything in it visible."""
    code = str(one.code) if isinstance(one.code, str | int) else ""
    by = " ".join(wording.visible(part) for part in (one.source or "", code) if part)
    text = wording.visible(one.text.strip())
    text = text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"
    return f"Fix this diagnostic: {text}{f' ({by})' if by else ''}"
