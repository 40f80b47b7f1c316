"""Hunks as diagnostics: bounded, nearest first, put away once."""

from typing import Any

import anyio
import pytest

from bridge.app.bus import HunksMoved
from bridge.harness.ids import HunkId, Uri
from bridge.harness.values.events import HunkStale, Recorded
from bridge.surfaces.lsp.review.publisher import MOST_IN_ALL, Publisher
from bridge.surfaces.lsp.review.waiting import MOST_IN_A_FILE
from tests.surfaces.lsp.fakes import FakeOutbox
from tests.surfaces.lsp.review_fakes import SESSION, URI, a_hunk, connected, stale

Rows = list[dict[str, Any]]


def rows(outbox: FakeOutbox, uri: Uri = URI) -> Rows:
    """The latest diagnostics of a file."""
    found: Rows = [m["params"]["diagnostics"] for m in outbox.sent if m["params"]["uri"] == uri][-1]
    return found


def codes(outbox: FakeOutbox, uri: Uri = URI) -> list[str]:
    return [row["code"] for row in rows(outbox, uri) if "code" in row]


def file(number: int) -> Uri:
    return Uri(f"file:///w/{number}.py")


def test_a_hunk_is_a_hint_over_its_lines_with_its_id_as_code() -> None:
    context, _, outbox = connected([a_hunk("h", 3, "a\nb\n", "c\n")])
    Publisher(context).publish(URI)
    (row,) = rows(outbox)
    assert row["range"] == {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 0}}
    assert (row["severity"], row["source"], row["code"]) == (4, "harness", "h")
    assert outbox.keys == [f"diagnostics {URI}"]


def test_an_insertion_covers_the_line_that_it_comes_before() -> None:
    context, _, outbox = connected([a_hunk("h", 3, old="")])
    Publisher(context).publish(URI)
    assert rows(outbox)[0]["range"]["end"] == {"line": 4, "character": 0}


def test_the_client_is_given_its_own_spelling_of_the_uri() -> None:
    context, _, outbox = connected([a_hunk("h", 3)])
    context.editor.spell(URI, "file:///w/a%2epy")
    Publisher(context).publish(URI)
    assert outbox.sent[0]["params"]["uri"] == "file:///w/a%2epy"


def test_files_that_are_created_are_no_diagnostics() -> None:
    context, _, outbox = connected([a_hunk("h", 0, op="create")])
    Publisher(context).publish(URI)
    assert outbox.sent == []


def test_a_file_is_cleared_once() -> None:
    context, runtime, outbox = connected([a_hunk("h", 3)])
    publisher = Publisher(context)
    publisher.publish(URI)
    runtime.views.clear()
    for _ in range(3):
        publisher.publish(URI)
    assert [len(m["params"]["diagnostics"]) for m in outbox.sent] == [1, 0]


def test_a_file_that_never_had_any_is_not_spoken_of() -> None:
    context, _, outbox = connected()
    Publisher(context).publish(URI)
    assert outbox.sent == []


def test_a_document_has_the_two_hundred_nearest_to_the_cursor_and_the_number_of_the_rest() -> None:
    context, _, outbox = connected([a_hunk(f"h{n}", 2 * n) for n in range(500)])
    publisher = Publisher(context)
    publisher.publish(URI)
    assert codes(outbox) == [f"h{n}" for n in range(MOST_IN_A_FILE)]
    assert rows(outbox)[-1]["message"].startswith("300 more hunks in this file")
    assert rows(outbox)[-1]["severity"] == 3

    publisher.look_near(URI, 600)
    found = codes(outbox)
    assert len(found) == MOST_IN_A_FILE
    assert found[0] == "h200"
    assert found[-1] in ("h399", "h400")


def test_moving_the_cursor_among_hunks_that_are_shown_sends_nothing() -> None:
    context, _, outbox = connected([a_hunk(f"h{n}", 2 * n) for n in range(500)])
    publisher = Publisher(context)
    publisher.publish(URI)
    for line in range(390):
        publisher.look_near(URI, line)
    assert len(outbox.sent) == 1


def test_all_files_have_a_thousand_together_and_a_file_without_room_says_how_many_it_has() -> None:
    views = [a_hunk(f"h{f}.{n}", n, uri=file(f)) for f in range(7) for n in range(190)]
    context, _, outbox = connected(views)
    publisher = Publisher(context)
    publisher.publish_all()
    assert sum(len(codes(outbox, file(f))) for f in range(7)) == MOST_IN_ALL
    left_out = [m["params"] for m in outbox.sent if not any("code" in row for row in m["params"]["diagnostics"])]
    assert ["190 more" in params["diagnostics"][0]["message"] for params in left_out] == [True]


def test_where_one_file_is_settled_the_files_that_were_cut_have_its_room() -> None:
    views = [a_hunk(f"h{f}.{n}", n, uri=file(f)) for f in range(6) for n in range(200)]
    context, runtime, outbox = connected(views)
    publisher = Publisher(context)
    for f in range(6):
        publisher.publish(file(f))
    assert codes(outbox, file(5)) == []
    runtime.views = [view for view in runtime.views if view.hunk.uri != file(0)]
    publisher.publish(file(0))
    assert len(codes(outbox, file(5))) == 200


def test_the_line_about_the_rest_goes_with_the_rest() -> None:
    views = [a_hunk(f"h{f}.{n}", n, uri=file(f)) for f in range(6) for n in range(200)]
    context, runtime, outbox = connected(views)
    publisher = Publisher(context)
    for f in range(6):
        publisher.publish(file(f))
    runtime.views = [view for view in runtime.views if view.hunk.uri != file(5)]
    publisher.publish(file(5))
    assert rows(outbox, file(5)) == []


def test_asking_for_actions_where_nothing_can_be_shown_sends_nothing() -> None:
    """An editor that asks for actions whenever diagnostics come would go round for ever."""
    views = [a_hunk(f"h{f}.{n}", n, uri=file(f)) for f in range(6) for n in range(200)]
    context, _, outbox = connected(views)
    publisher = Publisher(context)
    for f in range(6):
        publisher.publish(file(f))
    before = len(outbox.sent)
    for line in range(50):
        publisher.look_near(file(5), line)
    assert len(outbox.sent) == before


@pytest.mark.anyio
async def test_hunks_that_move_or_go_stale_are_published_anew() -> None:
    async with anyio.create_task_group() as tasks:
        context, runtime, outbox = connected([a_hunk("h", 5)], tasks=tasks)
        publisher = Publisher(context)
        publisher.on_update(SESSION, HunksMoved(URI))
        await outbox.until(1)
        assert rows(outbox)[0]["range"]["start"]["line"] == 5
        runtime.views[:] = [stale(a_hunk("h", 5))]
        publisher.on_update(SESSION, Recorded(1, 0.0, HunkStale(HunkId("h"), "overlap")))
        await outbox.until(2)
        assert "no longer fits" in rows(outbox)[0]["message"]


@pytest.mark.anyio
async def test_a_decision_on_a_thousand_hunks_is_not_a_thousand_publications() -> None:
    async with anyio.create_task_group() as tasks:
        context, runtime, outbox = connected([a_hunk(f"h{n}", n) for n in range(1000)], tasks=tasks)
        publisher = Publisher(context)
        for number in range(1000):
            publisher.on_update(SESSION, Recorded(number, 0.0, HunkStale(HunkId(f"h{number}"), "overlap")))
        runtime.views.clear()
        publisher.on_update(SESSION, HunksMoved(URI))
    assert outbox.sent == []
    publisher.publish(URI)
    assert outbox.sent == []
