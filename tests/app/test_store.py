"""Where sessions lie, and what a list of them costs."""

import os
import time
from pathlib import Path

import pytest

from bridge.app.store import HEAD_BYTES, TAIL_BYTES, Store
from bridge.harness.errors import NotFound
from bridge.harness.ids import HunkId, SessionId, TurnId
from bridge.harness.session.records import encode
from bridge.harness.values.events import Event, HunkStale, ItemDone, Note, Prompt, Recorded, SessionOpened, TurnEnded
from tests.harness.session.samples import FULL

CWD = "/ws"
TURN = TurnId("t1")


def store_with(base: Path, name: str, *events: Event) -> Store:
    store = Store(base)
    path = store.path_for(SessionId(name), CWD)
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = SessionOpened(SessionId(name), CWD, "scripted", "default", "ask")
    records = [Recorded(n, 0.0, event) for n, event in enumerate((opened, *events), start=1)]
    path.write_bytes(b"".join(map(encode, records)))
    return store


ASK, END = Prompt(TURN, "\n please do it\nnow"), TurnEnded(TURN, "end_turn")
BIG = ItemDone(TURN, 1, {"text": "x" * (3 * TAIL_BYTES)})
MOVED = HunkStale(HunkId("h1"), "overlap")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), False),
        ((ASK,), True),
        ((ASK, BIG), True),
        ((ASK, END), False),
        ((ASK, END, MOVED), False),
        ((ASK, END, Note("undone"), *[MOVED] * 2_000), False),
        ((ASK, MOVED), True),
        ((ASK, *[MOVED] * 2_000), True),
        ((ASK, BIG, END), False),
        ((ASK, END, Prompt(TurnId("t2"), "more")), True),
    ],
)
def test_a_turn_is_open_until_its_end_is_in_the_log_whatever_follows(
    tmp_path: Path, events: tuple[Event, ...], expected: bool
) -> None:
    (info,) = store_with(tmp_path, "S1", *events).list(CWD)
    assert info.open_turn is expected


@pytest.mark.parametrize("event", FULL, ids=lambda event: type(event).__name__)
def test_every_kind_of_event_can_be_the_last_of_an_open_turn(tmp_path: Path, event: Event) -> None:
    (info,) = store_with(tmp_path, "S1", ASK, event).list(CWD)
    assert info.open_turn is not isinstance(event, TurnEnded | SessionOpened)


def test_a_session_is_listed_with_its_first_prompt_the_newest_first(tmp_path: Path) -> None:
    for number, name in enumerate(("S1", "S2", "S3")):
        store = store_with(tmp_path, name, ASK, END)
        os.utime(store.path_for(SessionId(name), CWD), (number, number))
    listed = Store(tmp_path).list()
    assert [(info.id, info.cwd, info.title, info.updated) for info in listed] == [
        ("S3", CWD, "please do it", 2.0),
        ("S2", CWD, "please do it", 1.0),
        ("S1", CWD, "please do it", 0.0),
    ]
    assert Store(tmp_path).list("/other") == []


def test_what_is_no_session_is_left_out_of_the_list(tmp_path: Path) -> None:
    store = store_with(tmp_path, "S1", ASK)
    folder = store.path_for(SessionId("S1"), CWD).parent
    (folder / "S2.jsonl").write_bytes(b"\0" * 100)
    (folder / "S3.jsonl").write_bytes(b"")
    (folder / "S4.jsonl").mkdir()
    (folder / "S5.jsonl").symlink_to("nowhere")
    assert [info.id for info in store.list()] == ["S1"]


@pytest.mark.parametrize("name", ["", ".", "..", "../S1", "*", "S?", "S1.jsonl", "S1\0", "/etc/passwd"])
def test_a_session_id_is_never_a_path_or_a_pattern(tmp_path: Path, name: str) -> None:
    store = store_with(tmp_path, "S1", ASK)
    with pytest.raises(NotFound):
        store.find(SessionId(name))
    assert store.find(SessionId("S1")) == store.path_for(SessionId("S1"), CWD)


def test_a_list_reads_the_ends_of_logs_only(tmp_path: Path) -> None:
    body = ItemDone(TURN, 1, {"text": "x" * 1_000})
    store = store_with(tmp_path, "S1", ASK, *[body] * 20_000, END)
    size = store.path_for(SessionId("S1"), CWD).stat().st_size
    assert size > 50 * (HEAD_BYTES + TAIL_BYTES)
    began = time.perf_counter()
    assert len(store.list()) == 1
    assert time.perf_counter() - began < 0.1
