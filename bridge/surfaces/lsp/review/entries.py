"""What can be asked of the agent from a place in a document: by a comment, of a selection, a diagnostic, a name."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from bridge.app import wording
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
    """Fixes for others' diagnostics, asking about the selection, and refactorings, while the agent is free."""
    if is_working(context) or is_ours(uri):
        return
    spelled = context.editor.spelled(uri)
    foreign = (one for one in asked.context.diagnostics if one.source != SOURCE and one.text.strip())
    for one in islice(foreign, MOST_FIXES):
        first, last = lines(one.range or asked.range)
        prompt = {"text": _fix(one), "uri": spelled, "line": first, "endLine": last}
        yield action(f"Fix with agent: {short(one.text)}", REVIEW_KIND, "harness.prompt", prompt)
    if asked.range.start != asked.range.end:
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
    """Ask what a comment on lines [first, last] says; stop the agent while it works."""
    if context.current is not None and is_working(context):
        yield action("Stop the agent", ASK_KIND, "harness.cancel", {"sessionId": context.current.id})
        return
    under = (one for one in written if one.line <= last and first < one.line + one.lines)
    for instruction in islice(under, MOST_INSTRUCTIONS):
        yield ask(context.editor.spelled(uri), instruction)


def ask(spelled: str, instruction: Instruction) -> dict[str, Any]:
    """The action that asks what a comment says."""
    where = {"text": instruction.text, "uri": spelled, "line": instruction.line}
    return action(f"Ask agent: {short(instruction.text)}", ASK_KIND, "harness.prompt", where)


def _fix(one: lsp.Diagnostic) -> str:
    """The prompt; the message is on one line of it, with everything in it visible."""
    code = str(one.code) if isinstance(one.code, str | int) else ""
    by = " ".join(wording.visible(part) for part in (one.source or "", code) if part)
    text = wording.visible(one.text.strip())
    text = text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"
    return f"Fix this diagnostic: {text}{f' ({by})' if by else ''}"
