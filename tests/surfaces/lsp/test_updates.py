"""The stream of updates: in order, and only of sessions that the client can know."""

from bridge.app.bus import HunksMoved
from bridge.harness.ids import HunkId, TurnId
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import HunkFresh, Prompt, Recorded, SessionOpened, TurnEnded
from bridge.harness.values.model import TextDelta
from bridge.protocol.base import strict
from bridge.protocol.update import SessionNotification
from bridge.surfaces.lsp.updates import METHOD, UpdateStream
from tests.surfaces.lsp.review_fakes import SESSION, URI, a_hunk, connected

TURN = TurnId("t")


def test_updates_are_sent_in_order_with_the_seq_of_their_record_and_none_replaces_another() -> None:
    context, _, outbox = connected()
    stream = UpdateStream(context)
    stream.on_update(SESSION, Recorded(2, 0.0, Prompt(TURN, "do it")))
    stream.on_update(SESSION, TextDelta("m", 0, "I "))
    stream.on_update(SESSION, Recorded(9, 0.0, TurnEnded(TURN, "end_turn")))
    assert [m["method"] for m in outbox.sent] == [METHOD] * 4
    assert outbox.keys == [None] * 4
    with strict():
        rows = [SessionNotification.parse(m["params"]) for m in outbox.sent]
    assert [(row.update.session_update, row.seq) for row in rows] == [
        ("turn_started", 2),
        ("user_message_chunk", 2),
        ("agent_message_chunk", None),
        ("turn_ended", 9),
    ]


def test_the_opening_of_a_session_is_told_by_the_answer_and_typing_by_nothing() -> None:
    context, _, outbox = connected()
    stream = UpdateStream(context)
    stream.on_update(SESSION, Recorded(1, 0.0, SessionOpened(SESSION, "/w", "", "default", "ask")))
    stream.on_update(SESSION, HunksMoved(URI))
    assert outbox.sent == []


def test_a_hunk_is_told_with_the_clients_spelling_of_its_file() -> None:
    context, _, outbox = connected([a_hunk("h", 3)])
    context.editor.spell(URI, "file:///w/a%2Epy")
    UpdateStream(context).on_update(SESSION, Recorded(3, 0.0, HunkFresh(HunkId("h"))))
    assert outbox.sent[0]["params"]["update"]["hunk"]["uri"] == "file:///w/a%2Epy"
    assert "version" not in outbox.sent[0]["params"]["update"]["hunk"], "it is not open"


def test_a_hunk_of_an_open_document_is_told_with_the_version_of_its_range() -> None:
    context, _, outbox = connected([a_hunk("h", 3)])
    context.documents.opened(OpenDocument(URI, 7, "text\n"))
    UpdateStream(context).on_update(SESSION, Recorded(3, 0.0, HunkFresh(HunkId("h"))))
    assert outbox.sent[0]["params"]["update"]["hunk"]["version"] == 7
