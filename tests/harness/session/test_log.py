"""The log file of a session: append, read back, and what may have happened to it meanwhile."""

# ruff: noqa: ASYNC240 - nothing else runs in this event loop

import os
import zlib
from pathlib import Path

import pytest

from bridge.harness.errors import FileProblem, NotFound, SessionLocked
from bridge.harness.session.log import SessionLog, read_log
from bridge.harness.session.records import encode
from bridge.harness.values.events import Event, Note, Prompt, Recorded, StepStarted, TurnEnded
from tests.harness.session.samples import FULL, SHA, TURN
from tests.support.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "w" / "s1.jsonl"


async def write(path: Path, *events: Event) -> None:
    log = SessionLog.create(path, FakeClock())
    await log.append(*events)
    log.close()


def notes(path: Path) -> list[str]:
    return [record.event.text for record in read_log(path).records if isinstance(record.event, Note)]


async def test_what_was_appended_is_read_back_in_order(path: Path) -> None:
    log = SessionLog.create(path, FakeClock(5.0))
    for event in FULL:
        await log.append(event)
    log.close()
    loaded = read_log(path)
    assert loaded.records == tuple(Recorded(seq, 5.0, event) for seq, event in enumerate(FULL, start=1))
    assert (loaded.gaps, loaded.read_only, loaded.last_seq) == ((), False, len(FULL))


async def test_the_log_and_its_folder_are_private(path: Path) -> None:
    await write(path, Note("x"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


async def test_a_new_session_never_takes_over_a_log_that_is_there(path: Path) -> None:
    await write(path, Note("old"))
    with pytest.raises(FileProblem):
        SessionLog.create(path, FakeClock())
    assert notes(path) == ["old"]


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
async def test_a_torn_tail_is_cut_off_before_the_first_append(path: Path, cut: int) -> None:
    await write(path, Note("one"), Note("two"))
    os.truncate(path, path.stat().st_size - cut)
    log, loaded = SessionLog.resume(path, FakeClock())
    assert loaded.gaps == ()
    assert loaded.last_seq == 1
    await log.append(Note("three"))
    log.close()
    assert notes(path) == ["one", "three"]
    assert read_log(path).gaps == ()
    assert [record.seq for record in read_log(path).records] == [1, 2]


async def test_a_log_of_nothing_but_a_torn_line_can_be_continued(path: Path) -> None:
    await write(path, Note("one"))
    os.truncate(path, 10)
    log, loaded = SessionLog.resume(path, FakeClock())
    assert loaded.records == ()
    await log.append(Note("two"))
    log.close()
    assert notes(path) == ["two"]


@pytest.mark.parametrize("garbage", [b"\0", b"\xff", b"{", b"[", b"\n"])
async def test_garbage_over_some_records_is_a_gap_and_the_rest_is_read(path: Path, garbage: bytes) -> None:
    await write(path, *(Note(f"note {number}") for number in range(10)))
    raw = path.read_bytes()
    third = raw.index(b"note 2")
    path.write_bytes(raw[:third] + garbage * 130 + raw[third + 130 :])
    loaded = read_log(path)
    assert notes(path)[:2] == ["note 0", "note 1"]
    assert notes(path)[-5:] == [f"note {number}" for number in range(5, 10)]
    assert loaded.gaps
    assert loaded.last_seq >= 10


async def test_numbers_go_on_after_a_gap_and_are_never_given_twice(path: Path) -> None:
    await write(path, *(Note(f"note {number}") for number in range(10)))
    raw = path.read_bytes()
    seventh = raw.index(b"note 7")
    path.write_bytes(raw[:seventh] + b"\0" * (len(raw) - seventh - 1) + b"\n")
    log, _ = SessionLog.resume(path, FakeClock())
    (recorded,) = await log.append(Note("later"))
    log.close()
    assert recorded.seq > 10
    log, loaded = SessionLog.resume(path, FakeClock())
    log.close()
    assert loaded.last_seq == recorded.seq, "and a restart alone uses none up"


async def test_a_checksum_that_does_not_match_is_a_gap(path: Path) -> None:
    await write(path, Note("good"), Note("evil"), Note("good"))
    path.write_bytes(path.read_bytes().replace(b"evil", b"live"))
    assert notes(path) == ["good", "good"]
    assert read_log(path).gaps == ("line 2: its checksum does not match",)


async def test_an_unknown_kind_is_kept_in_the_file_and_skipped(path: Path) -> None:
    await write(path, Note("one"))
    line = encode(Recorded(2, 0.0, Note("from the future")))
    head = line[: line.index(b',"crc"')].replace(b'"kind":"Note"', b'"kind":"Telepathy"')
    line = head + b',"crc":"%08x"}\n' % zlib.crc32(head)
    with path.open("ab") as file:
        file.write(line)
    log, loaded = SessionLog.resume(path, FakeClock())
    assert loaded.gaps == ("line 2: unknown kind Telepathy",)
    (three,) = await log.append(Note("three"))
    log.close()
    assert three.seq == 3
    assert line in path.read_bytes()
    assert notes(path) == ["one", "three"]


async def test_a_newer_version_can_be_read_and_is_not_written(path: Path) -> None:
    await write(path, Note("one"))
    with path.open("ab") as file:
        file.write(b'{"v":2,"seq":2,"t":0.0,"kind":"Note","data":{"text":"two"},"crc":"?"}\ntorn')
    before = path.read_bytes()
    with pytest.raises(FileProblem, match="newer version") as refused:
        SessionLog.resume(path, FakeClock())
    assert refused.value.kind == "read_only"
    assert path.read_bytes() == before, "not even the torn tail is cut off"
    assert read_log(path).read_only
    assert notes(path) == ["one"]


async def test_a_refused_log_is_let_go_of(path: Path) -> None:
    await write(path, Note("one"))
    raw = path.read_bytes()
    path.write_bytes(raw + b'{"v":2,"seq":2,"t":0.0,"kind":"Note","data":{}}\n')
    with pytest.raises(FileProblem):
        SessionLog.resume(path, FakeClock())
    path.write_bytes(raw)
    log, _ = SessionLog.resume(path, FakeClock())
    log.close()


async def test_a_second_writer_in_the_same_process_is_refused(path: Path) -> None:
    log = SessionLog.create(path, FakeClock())
    with pytest.raises(SessionLocked):
        SessionLog.resume(path, FakeClock())
    log.close()
    log, _ = SessionLog.resume(path, FakeClock())
    log.close()


async def test_a_closed_log_refuses_and_writes_into_no_other_file(path: Path, tmp_path: Path) -> None:
    log = SessionLog.create(path, FakeClock())
    log.close()
    log.close()
    other = os.open(tmp_path / "other", os.O_CREAT | os.O_WRONLY)  # most likely with the number that was set free
    try:
        with pytest.raises(NotFound, match="closed"):
            await log.append(Note("late"))
    finally:
        os.close(other)
    assert (tmp_path / "other").read_bytes() == b""


@pytest.mark.parametrize("where", ["missing", "folder"])
async def test_a_log_that_can_not_be_opened_is_a_problem_in_words(path: Path, where: str) -> None:
    path.parent.mkdir(parents=True)
    if where == "folder":
        path.mkdir()
    with pytest.raises(FileProblem, match=path.name):
        SessionLog.resume(path, FakeClock())


async def test_a_folder_that_can_not_be_made_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("in the way")
    with pytest.raises(FileProblem, match="s1"):
        SessionLog.create(tmp_path / "sessions" / "w" / "s1.jsonl", FakeClock())


async def test_one_append_is_all_or_nothing_in_order(path: Path) -> None:
    log = SessionLog.create(path, FakeClock())
    records = await log.append(Prompt(TURN, "go"), StepStarted(TURN, 1, SHA), TurnEnded(TURN, "end_turn"))
    assert [record.seq for record in records] == [1, 2, 3]
    assert log.seq == 3
    log.close()
