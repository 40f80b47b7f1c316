"""Code actions, answered from our own map of hunks by position, never from the client's context alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from bridge.app import wording
from bridge.harness.ids import Uri
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.review.entries import instructions, on_instructions, said
from bridge.surfaces.lsp.review.instructions import Instruction
from bridge.surfaces.lsp.review.menu import REVIEW_KIND, action, short

REASON_REACH = 2
"""An instruction comment this many lines from a hunk can be its reason for rejection."""

MOST_HUNKS = 20
"""A menu of more is no help: the hunks nearest to the cursor have theirs."""


def code_actions(context: Context, uri: Uri, first: int, last: int, codes: frozenset[str]) -> list[dict[str, Any]]:
    """What can be done on lines [first, last] of a document; `codes` are hunk ids in the client's own diagnostics."""
    asked = instructions(context, uri)
    found: list[dict[str, Any]] = []
    if not context.client.shows_hunks:
        views = [view for _, view in context.runtime.hunks(uri) if view.state.open]
        here = [view for view in views if view.hunk.id in codes or _on(view, first, last)]
        here = sorted(here, key=lambda view: abs(view.span.start - first))[:MOST_HUNKS]
        reasons = _reasons(context, asked)
        found += [one for view in here for one in _hunk_actions(view, reasons)]
        spelled = context.editor.spelled(uri)
        if len(views) > len(here) or len(here) > 1:
            found += _file_actions(spelled, views)
        if any(view.state.open and view not in here for _, view in context.runtime.hunks()):
            where = {"hunkId": here[0].hunk.id} if here else {"uri": spelled, "line": first}
            found.append(action("Next hunk", REVIEW_KIND, "harness.next", where))
    return [*found, *on_instructions(context, uri, asked, first, last)]


def _on(view: HunkView, first: int, last: int) -> bool:
    """An insertion is found on the line that it comes before, and on the line after which it comes."""
    start, end = view.span.start, view.span.end
    if start == end:
        return first <= start and start - 1 <= last
    return start <= last and first < end


def _hunk_actions(view: HunkView, reasons: Sequence[Instruction]) -> Iterator[dict[str, Any]]:
    hunk, name = {"hunkId": view.hunk.id}, wording.name(view)
    if view.state.stale:
        yield action(f"Dismiss {name}: the text changed here", REVIEW_KIND, "harness.reject", hunk)
        if view.state.stale == "overlap":
            yield action(f"Apply {name} anyway", REVIEW_KIND, "harness.applyAnyway", hunk)
        yield action(f"Show {name}", REVIEW_KIND, "harness.show", hunk)
        return
    accept, reject = wording.words(view)
    yield action(f"{accept} {name}: {wording.summary(view)}", REVIEW_KIND, "harness.accept", hunk)
    yield action(f"{reject} {name}", REVIEW_KIND, "harness.reject", hunk)
    for instruction in reasons:
        if view.span.start - REASON_REACH <= instruction.line <= view.span.end + REASON_REACH:
            reason = {**hunk, "reason": instruction.text}
            yield action(f"{reject} {name}: {short(instruction.text)}", REVIEW_KIND, "harness.reject", reason)
    yield action(f"{reject} {name} with reason…", REVIEW_KIND, "harness.rejectWithReason", hunk)
    yield action(f"Show {name}", REVIEW_KIND, "harness.show", hunk)


def _file_actions(spelled: str, views: list[HunkView]) -> Iterator[dict[str, Any]]:
    called = {wording.words(view) for view in views}
    accept, reject = called.pop() if len(called) == 1 else wording.ASK
    if fitting := sum(not view.state.stale for view in views):
        yield action(f"{accept} all in file ({_hunks(fitting)})", REVIEW_KIND, "harness.acceptFile", {"uri": spelled})
    yield action(f"{reject} all in file ({_hunks(len(views))})", REVIEW_KIND, "harness.rejectFile", {"uri": spelled})


def _reasons(context: Context, written: Sequence[Instruction]) -> list[Instruction]:
    """What may be meant as the reason of a rejection: not what the agent was asked before, which stands there too."""
    asked = {text for session in context.runtime.sessions() for text in said(session)}
    return [one for one in written if one.text not in asked]


def _hunks(count: int) -> str:
    return f"{count} hunk{'' if count == 1 else 's'}"
