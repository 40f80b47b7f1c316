"""Several sessions over one editor and one disk, each with its own log; and waiting until nothing is left to record."""

from collections.abc import Sequence
from functools import partial

import anyio

from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.review import Reviewer
from bridge.harness.workspace.workspace import Workspace
from tests.support.review_desk import Desk


def beside(desk: Desk) -> Desk:
    """Another session of the same process."""
    other = Desk(desk.manner, desk.files, desk.blobs, desk.root)
    other.review.close()  # nobody runs it
    other.review._tracker._late.close()
    other.documents, other.editor = desk.documents, desk.editor
    outside = Outside(other.journal, desk.files, desk.documents, desk.editor, desk.blobs)
    other.review = Reviewer(outside, other.moved.append)
    other.journal.owners[:] = [other.review]
    other.workspace = Workspace(desk.root, desk.files, desk.documents)
    other.workspace.see_pending(other.review.pending_text, other.review.pending_files)
    return other


def restarted(desks: Sequence[Desk]) -> list[Desk]:
    """The next process, on what the old one left. Its reviews have not recovered yet."""
    first = desks[0].restarted()
    rest = []
    for desk in desks[1:]:
        other = beside(first)
        for record in desk.journal.records:
            other.replay(record)
        rest.append(other)
    return [first, *rest]


async def quiet(desk: Desk) -> None:
    """Until the session has recorded all that it has noticed, which takes threads where a disk is looked at."""
    stream = desk.review._tracker._send
    while True:
        reached = anyio.Event()
        stream.send_nowait(partial(_reach, reached))
        await reached.wait()
        if not stream.statistics().current_buffer_used:
            return


async def _reach(event: anyio.Event) -> None:
    event.set()
