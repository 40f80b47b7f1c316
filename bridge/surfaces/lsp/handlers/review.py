"""harness/review/*: hunks by list and one by one, decisions, undoing, remarks."""

from collections.abc import Iterable, Iterator

from bridge.harness.errors import BridgeError
from bridge.harness.ids import HunkId, SessionId
from bridge.harness.values.proposals import HunkOutcome, Part
from bridge.protocol import review as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.jsonrpc import invalid_params
from bridge.surfaces.lsp.params import known_uri, place_in_list
from bridge.surfaces.lsp.review.deciding import PERSON, carried_out, decide, undo
from bridge.surfaces.mapping.decisions import Run, refused, remark, runs
from bridge.surfaces.mapping.review import outcome, seen_view

PAGE_BYTES = 56 << 10
"""A page stays below 64 KiB with its envelope; a single larger hunk is a page of its own."""


async def list_(context: Context, params: wire.ListReviewRequest) -> wire.ListReviewResponse:
    """A page of hunks in the order of place."""
    uri = known_uri(params.uri, "uri") if params.uri else None
    found = context.runtime.hunks_in_order(uri, SessionId(params.session_id) if params.session_id else None)
    start = place_in_list(params.cursor)
    rows = found[start:]
    page = list(_page(seen_view(one.id, one.review.view(hunk), context.seen) for one, hunk in rows))
    following = start + len(page)
    return wire.ListReviewResponse(hunks=tuple(page), next_cursor=str(following) if following < len(found) else None)


async def get(context: Context, params: wire.GetReviewRequest) -> wire.GetReviewResponse:
    """One hunk, settled or not, with what stands at its place."""
    session, view = context.runtime.hunk(HunkId(params.hunk_id))
    return wire.GetReviewResponse(
        hunk=seen_view(session.id, view, context.seen),
        current_text=session.review.current(view.hunk.id),
        siblings=session.review.siblings(view.hunk.id),
    )


async def decide_(context: Context, params: wire.DecideReviewRequest) -> wire.DecideReviewResponse:
    """Decisions in order; those of one file that follow each other travel in one edit."""
    outcomes: list[wire.HunkOutcome] = []
    for run in runs(params.decisions):
        outcomes += await _decided(context, run)
    return wire.DecideReviewResponse(outcomes=tuple(outcomes))


async def undo_(context: Context, params: wire.UndoReviewRequest) -> wire.UndoReviewResponse:
    """Take hunks out of the text again, all together."""
    ids = [HunkId(known) for known in params.hunk_ids]
    found = await undo(context, ids, params.reason or "")
    return wire.UndoReviewResponse(outcomes=tuple(outcome(one) for one in found))


async def comment(context: Context, params: wire.CommentReviewRequest) -> wire.CommentReviewResponse:
    """Remarks to the model, all of them or none."""
    remarks = [_remark(context, number, one) for number, one in enumerate(params.comments)]
    if remarks:
        await context.runtime.comment(remarks, PERSON)
    return wire.CommentReviewResponse()


async def _decided(context: Context, run: Run) -> list[wire.HunkOutcome]:
    chosen = run.part
    if chosen is None:
        return [outcome(one) for one in await decide(context, run.ids, run.verdict, run.reason)]
    (asked,) = run.ids
    try:
        found = await carried_out(context, lambda: _carved(context, asked, chosen, run))
    except BridgeError as problem:
        return [refused(asked, problem)]
    return [outcome(found, asked)]


async def _carved(context: Context, asked: HunkId, chosen: Part, run: Run) -> HunkOutcome:
    """Split off what is decided, and decide it. The first decision on the whole stands."""
    _, view = context.runtime.hunk(asked)
    new = asked if view.state.decision is not None else await context.runtime.carve(asked, chosen)
    (found,) = await context.runtime.decide([new], run.verdict, PERSON, run.reason)
    return found


def _remark(context: Context, number: int, given: wire.HunkComment) -> tuple[HunkId, str]:
    """Raises -32602 for a remark that says nothing, or whose lines are not there."""
    _, view = context.runtime.hunk(HunkId(given.hunk_id))
    if not given.text.strip():
        raise invalid_params([{"path": f"comments.{number}.text", "message": "it has no text"}])
    try:
        return view.hunk.id, remark(given, view.hunk.new)
    except ValueError as error:
        raise invalid_params([{"path": f"comments.{number}.lines", "message": str(error)}]) from None


def _page(views: Iterable[wire.HunkView]) -> Iterator[wire.HunkView]:
    size = 0
    for number, view in enumerate(views):
        size += len(view.model_dump_json(by_alias=True).encode())
        if number and size > PAGE_BYTES:
            return
        yield view


def routes(context: Context) -> list[Route]:
    """The routes of this resource."""
    return [
        context.request("harness/review/list", wire.ListReviewRequest, list_),
        context.request("harness/review/get", wire.GetReviewRequest, get),
        context.request("harness/review/decide", wire.DecideReviewRequest, decide_, lambda _: "review"),
        context.request("harness/review/undo", wire.UndoReviewRequest, undo_, lambda _: "review"),
        context.request("harness/review/comment", wire.CommentReviewRequest, comment),
    ]
