"""harness/review/*: hunks by list and by decision."""

from collections.abc import Iterable, Iterator

from bridge.harness.ids import HunkId, SessionId
from bridge.protocol import review as wire
from bridge.surfaces.lsp.context import Context
from bridge.surfaces.lsp.dispatch import Route
from bridge.surfaces.lsp.params import known_uri, place_in_list
from bridge.surfaces.lsp.review.deciding import decide
from bridge.surfaces.mapping.review import hunk_view, outcome

PAGE_BYTES = 56 << 10
"""A page stays below 64 KiB with its envelope; a single larger hunk is a page of its own."""


async def list_(context: Context, params: wire.ListReviewRequest) -> wire.ListReviewResponse:
    """A page of hunks in the order of place."""
    uri = known_uri(params.uri, "uri") if params.uri else None
    found = context.runtime.hunks(uri, SessionId(params.session_id) if params.session_id else None)
    start = place_in_list(params.cursor)
    rows = found[start:]
    page = list(_page(hunk_view(session.id, view, context.editor.spelled(view.hunk.uri)) for session, view in rows))
    following = start + len(page)
    return wire.ListReviewResponse(hunks=tuple(page), next_cursor=str(following) if following < len(found) else None)


async def decide_(context: Context, params: wire.DecideReviewRequest) -> wire.DecideReviewResponse:
    """Decisions in order; those of one file that follow each other travel in one edit."""
    outcomes = []
    for verdict, reason, ids in _runs(params.decisions):
        decided = await decide(context, ids, "accepted" if verdict == "accept" else "rejected", reason)
        outcomes += [outcome(one) for one in decided]
    return wire.DecideReviewResponse(outcomes=tuple(outcomes))


def _runs(choices: tuple[wire.HunkChoice, ...]) -> Iterator[tuple[str, str, list[HunkId]]]:
    """Neighbours with the same verdict and reason, together."""
    run: list[HunkId] = []
    for number, choice in enumerate(choices):
        run.append(HunkId(choice.hunk_id))
        following = choices[number + 1] if number + 1 < len(choices) else None
        if following is None or (following.verdict, following.reason) != (choice.verdict, choice.reason):
            yield choice.verdict, choice.reason or "", run
            run = []


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
        context.request("harness/review/decide", wire.DecideReviewRequest, decide_, lambda _: "review"),
    ]
