"""Showing a hunk, or going to it, in an editor that knows only standard LSP."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread

from bridge.app import wording
from bridge.harness.ids import Uri
from bridge.harness.session.folders import make_private
from bridge.harness.values.proposals import HunkOutcome
from bridge.harness.workspace.uris import to_path, to_uri
from bridge.harness.workspace.views import HunkView
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.peer import RemoteError
from bridge.surfaces.lsp.review.virtual import diff, hunk_uri

REPLY_S = 10.0
WARNING = 2
INFO = 3
"""LSP's `MessageType`."""

NOT_AS_WANTED = {
    "refused": "Nothing was done",
    "stale": "Not applied",
    "absent": "Not applied",
    "unverified": "Look at the file",
    "already_decided": "Already decided",
    "present": "Applied",
}


async def show_hunk(context: Context, view: HunkView) -> None:
    """The whole change in a document of our own, or in a preview file where the client opens no such documents.

    A client that shows no documents at all has a message.
    """
    if not context.client.shows_documents:
        show_text(context, wording.message(view))
        return
    if context.client.takes_content and await show_document(context, hunk_uri(view), None):
        return
    text = view.hunk.new if view.hunk.op == "create" else diff(view)
    await show_preview(context, f"{view.hunk.id}-{_file_name(view.hunk.uri, view.hunk.op)}", text)


async def show_preview(context: Context, name: str, text: str) -> None:
    """Write a preview below the state folder, 0600, and open it."""
    path = context.runtime.settings.state_dir / "previews" / name
    await anyio.to_thread.run_sync(_write, path, text)
    await show_document(context, to_uri(path), None)


async def go_to(context: Context, view: HunkView) -> bool:
    """Open the hunk's file with the cursor at the hunk."""
    at = {"line": view.span.start, "character": 0}
    return await show_document(context, view.hunk.uri, {"start": at, "end": at})


async def show_document(context: Context, uri: Uri, selection: dict[str, Any] | None) -> bool:
    """Ask the client to open a document; whether it says it did."""
    if not context.client.shows_documents:
        return False
    params: dict[str, Any] = {"uri": context.editor.spelled(uri), "takeFocus": True}
    if selection is not None:
        params["selection"] = selection
    try:
        reply = await context.peer.request("window/showDocument", params, REPLY_S)
    except (RemoteError, TimeoutError):
        return False
    return isinstance(reply, dict) and reply.get("success") is True


def show_text(context: Context, text: str, kind: int = INFO) -> None:
    """`window/showMessage`; kind 1 is an error, 2 a warning, 3 information."""
    context.peer.notify("window/showMessage", {"type": kind, "message": text})


def show_outcomes(context: Context, outcomes: Sequence[HunkOutcome]) -> None:
    """What did not go as the person wanted is said, in one message; what did is seen."""
    told = [one for one in outcomes if one.outcome in NOT_AS_WANTED and (one.outcome != "present" or one.message)]
    if told:
        more = f" (and {len(told) - 1} of {len(outcomes)} hunks more)" if len(told) > 1 else ""
        show_text(context, f"{NOT_AS_WANTED[told[0].outcome]}: {told[0].message}{more}", kind=WARNING)


def _file_name(uri: Uri, op: str) -> str:
    path = to_path(uri)
    stem = re.sub(r"[^\w.-]", "_", path.name if path else "document")[-80:]
    return stem if op == "create" else f"{stem}.diff"


def _write(path: Path, text: str) -> None:
    make_private(path.parent)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
