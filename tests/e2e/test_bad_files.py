"""Files that can't be read or written: said clearly, nothing half done, and the daemon lives on."""

import json
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge import Bridge
from tests.support.editor import FULL, Editor
from tests.support.script import call, edit, step
from tests.support.wired import CAPABILITIES, Wired

LINES = "".join(f"line {n}\n" for n in range(1, 21))
CHANGE = ("line 3\n", "LINE 3\n")
BIG = "".join(f"line {n} of a file that is larger than the limit\n" for n in range(1, 20_001))


def write(name: str) -> dict[str, Any]:
    return call("write_file", path=name, content="new\n")


def reading(name: str) -> list[dict[str, Any]]:
    return [step(call("read_file", path=name)), step(edit(name, CHANGE)), step(write(name)), step(say="Tried.")]


NAMES = ("binary", "sparse", "folder", "fifo", "locked", "nowhere/x", "loop", "latin")
SCRIPT = {f"read {name}$": reading(name) for name in NAMES}
SCRIPT |= {
    "change": [step(edit("a.py", CHANGE)), step(say="Tried.")],
    "big": [step(edit("big.py", ("line 3 of", "LINE 3 of"))), step(say="Tried.")],
    "way out": [step(edit("link.py", CHANGE)), step(say="Tried.")],
    "new": [step(call("write_file", path="fresh.py", content=BIG)), step(say="Tried.")],
    "say": [step(say="Yes.")],
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    with Bridge(tmp_path_factory.mktemp("files"), SCRIPT, FULL) as bridge:
        yield bridge


@pytest.fixture
def editor(shared: Bridge) -> Iterator[Editor]:
    """The shared daemon, which lives and has logged no fault afterwards."""
    shared.alive()
    shared.client.forget()
    yield Editor(shared)
    shared.alive()
    assert "incident" not in shared.client.log()


def told(editor: Editor, text: str) -> list[str]:
    """Ask, wait for the end of the turn; what the model was told in it."""
    before = len(_outputs(editor))
    editor.command("harness.prompt", text=text)
    editor.ended()
    return _outputs(editor)[before:]


def _outputs(editor: Editor) -> list[str]:
    return editor.bridge.outputs() if list(editor.bridge.state.glob("sessions/*/*.jsonl")) else []


def test_a_file_that_is_no_text_is_neither_read_nor_changed(editor: Editor) -> None:
    path = editor.bridge.file("binary", b"line 3\n\x00\xff\x00")
    outputs = told(editor, "read binary")
    assert len(outputs) == 3
    assert all("not a text file" in output for output in outputs[:2])
    assert path.read_bytes() == b"line 3\n\x00\xff\x00"


def test_a_file_of_a_hundred_megabytes_is_refused_without_reading_it(editor: Editor) -> None:
    path = editor.bridge.work / "sparse"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    before = editor.bridge.client.peak_mb()
    outputs = told(editor, "read sparse")
    assert all("the limit is" in output for output in outputs[:2])
    assert path.stat().st_size == 100 << 20
    assert editor.bridge.client.peak_mb() - before < 40


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("folder", lambda path: path.mkdir(), ""),
        ("fifo", os.mkfifo, ""),
        ("loop", lambda path: path.symlink_to(path), ""),
        ("nowhere/x", lambda path: None, "no such file"),
    ],
)
def test_what_is_no_file_is_refused_at_once(
    name: str, make: Callable[[Path], object], words: str, editor: Editor
) -> None:
    make(editor.bridge.work / name)
    editor.picks = ["Reject"]
    outputs = told(editor, f"read {name}")
    assert len(outputs) == 3
    assert all(words in output for output in outputs[:2])
    assert not any("accepted" in output or output.startswith("1\t") for output in outputs)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_may_not_be_read_is_said_to_be_so(editor: Editor) -> None:
    path = editor.bridge.file("locked", LINES)
    path.chmod(0)
    assert all("can't be read" in output for output in told(editor, "read locked")[:2])


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_file_that_may_not_be_written_keeps_its_bytes_and_its_mode(editor: Editor) -> None:
    path = editor.bridge.file("a.py", LINES)
    path.parent.chmod(0o500)
    try:
        (outcome,) = _accepted(editor)
        assert outcome["outcome"] == "absent"
        assert "read-only" in outcome["message"]
        assert path.read_text() == LINES
    finally:
        path.parent.chmod(0o700)


def _accepted(editor: Editor, prompt: str = "change", meanwhile: Callable[[], object] = lambda: None) -> Any:
    """Ask for a change of a closed file, do something, accept; the outcomes."""
    editor.said.clear()
    editor.command("harness.prompt", text=prompt)
    editor.until(lambda: any(editor.diagnostics.values()))
    (hunk,) = (row for rows in editor.diagnostics.values() for row in rows)
    meanwhile()
    outcomes = editor.command("harness.accept", hunkId=hunk["code"])["outcomes"]
    assert editor.said, "what did not go as the person wanted is said"
    editor.until(lambda: any(text.startswith("Agent: ") for text in editor.said))
    return outcomes


def test_a_file_that_vanished_meanwhile_is_not_made_anew(editor: Editor) -> None:
    path = editor.bridge.file("a.py", LINES)
    (outcome,) = _accepted(editor, meanwhile=path.unlink)
    assert outcome["outcome"] == "stale"
    assert "gone" in outcome["message"]
    assert not path.exists()


def test_a_file_that_became_a_folder_meanwhile_stays_one(editor: Editor) -> None:
    path = editor.bridge.file("a.py", LINES)

    def replace() -> None:
        path.unlink()
        path.mkdir()

    (outcome,) = _accepted(editor, meanwhile=replace)
    assert outcome["outcome"] in ("stale", "absent")
    assert path.is_dir()
    path.rmdir()


def test_a_file_that_was_overwritten_meanwhile_keeps_what_was_written(editor: Editor) -> None:
    path = editor.bridge.file("a.py", LINES)
    (outcome,) = _accepted(editor, meanwhile=lambda: path.write_text("mine\n"))
    assert outcome["outcome"] == "stale"
    assert path.read_text() == "mine\n"


def test_a_file_that_became_binary_meanwhile_keeps_its_bytes(editor: Editor) -> None:
    path = editor.bridge.file("a.py", LINES)
    (outcome,) = _accepted(editor, meanwhile=lambda: path.write_bytes(b"\0\0\0"))
    assert outcome["outcome"] in ("stale", "absent")
    assert path.read_bytes() == b"\0\0\0"


def test_a_link_that_leads_out_is_asked_about_and_no_leaves_its_target_alone(editor: Editor, tmp_path: Path) -> None:
    target = tmp_path / "outside.py"
    target.write_text(LINES)
    link = editor.bridge.work / "link.py"
    link.symlink_to(target)
    editor.command("harness.prompt", text="way out")
    editor.until(lambda: any(editor.diagnostics.values()) or bool(editor.questions) or bool(editor.said))
    for rows in list(editor.diagnostics.values()):
        for row in rows:
            editor.command("harness.reject", hunkId=row["code"])
    for question in editor.questions:
        editor.bridge.client.answer(question, result=None)
    editor.until(lambda: any(text.startswith("Agent: ") for text in editor.said))
    assert target.read_text() == LINES
    assert link.is_symlink()


# A disk that is full: no file of the daemon may grow beyond a size.


class Full:
    """While inside, no file that the daemon writes may be larger than so many bytes."""

    def __init__(self, bridge: Bridge, size: int) -> None:
        self._pid, self._size = bridge.client.process.pid, size

    def __enter__(self) -> None:
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        self._before = resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (self._size, hard))

    def __exit__(self, *_: object) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, self._before)


def test_where_the_log_takes_no_more_a_prompt_is_refused_and_later_taken(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, CAPABILITIES) as bridge:
        wired = Wired(bridge)
        session = wired.new()
        (log,) = bridge.state.glob("sessions/*/*.jsonl")
        before = log.read_bytes()
        with Full(bridge, len(before)):
            words = [{"type": "text", "text": "say"}]
            error = wired.refused("harness/session/prompt", sessionId=session, prompt=words)
            assert error.data.kind == "disk_full"
            bridge.alive()
            assert log.read_bytes() == before
        with Full(bridge, len(before) + 40):  # room for a part of the record
            error = wired.refused("harness/session/prompt", sessionId=session, prompt=words)
            assert error.data.kind == "disk_full"
            assert log.read_bytes() == before
        with Full(bridge, 0):
            error = wired.refused("harness/session/new", cwd=str(bridge.work), mcpServers=[])
            assert error.data.kind == "disk_full"
        assert wired.stopped(wired.prompt(session, "say")) == "end_turn"
        assert all(json.loads(line) for line in log.read_text().splitlines())


def test_a_person_in_a_stock_editor_is_told_that_the_disk_is_full_and_what_to_do(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="say")
        editor.ended()
        (log,) = bridge.state.glob("sessions/*/*.jsonl")
        with Full(bridge, log.stat().st_size):
            editor.command("harness.prompt", text="say")
            said = editor.ended()
            assert said.startswith("Make room on the disk")
        editor.command("harness.prompt", text="say")
        assert editor.ended() == "Yes."


def test_a_decision_that_can_t_be_recorded_is_none(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL) as bridge:
        editor = Editor(bridge)
        path = bridge.file("a.py", LINES)
        editor.command("harness.prompt", text="change")
        (hunk,) = editor.hunks(path.as_uri(), 1)
        (log,) = bridge.state.glob("sessions/*/*.jsonl")
        with Full(bridge, log.stat().st_size):
            params = {"command": "harness.accept", "arguments": [{"hunkId": hunk["code"]}]}
            error = editor.refused("workspace/executeCommand", params)
            assert error.data.kind == "disk_full"
            assert path.read_text() == LINES
        (outcome,) = editor.command("harness.accept", hunkId=hunk["code"])["outcomes"]
        assert outcome["outcome"] == "present"
        editor.ended()
        assert path.read_text() == LINES.replace(*CHANGE)


def test_a_file_for_which_there_is_no_room_keeps_its_old_text_whole(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL) as bridge:
        editor = Editor(bridge)
        path = bridge.file("big.py", BIG)
        editor.command("harness.prompt", text="big")
        (hunk,) = editor.hunks(path.as_uri(), 1)
        with Full(bridge, len(BIG) // 2):
            (outcome,) = editor.command("harness.accept", hunkId=hunk["code"])["outcomes"]
            assert outcome["outcome"] == "absent"
            assert "the disk did not take the bytes" in outcome["message"]
            editor.until(lambda: any(text.startswith("Agent: ") for text in editor.said))
        assert path.read_text() == BIG
        assert [path.name for path in bridge.work.iterdir()] == ["big.py"]
        assert "the disk did not take the bytes" in bridge.outputs()[0]
        bridge.alive()


def test_a_question_whose_answer_can_t_be_recorded_is_asked_again(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="new")
        editor.until(lambda: bool(editor.questions))
        (log,) = bridge.state.glob("sessions/*/*.jsonl")
        with Full(bridge, log.stat().st_size):
            bridge.client.answer(editor.questions[0], result={"title": "Accept"})
            editor.until(lambda: len(editor.questions) == 2)
            assert editor.said[0].startswith("Not decided: ")
            assert "Make room on the disk" in editor.said[0]
            assert list(bridge.work.iterdir()) == []
        bridge.client.answer(editor.questions[1], result={"title": "Accept"})
        editor.until(lambda: any(text.startswith("Agent: ") for text in editor.said))
        assert (bridge.work / "fresh.py").read_text() == BIG


def test_after_a_turn_that_the_full_disk_broke_off_the_session_takes_prompts_again(tmp_path: Path) -> None:
    with Bridge(tmp_path, SCRIPT, FULL) as bridge:
        editor = Editor(bridge)
        editor.command("harness.prompt", text="say")
        editor.ended()
        (log,) = bridge.state.glob("sessions/*/*.jsonl")
        with Full(bridge, log.stat().st_size + 200):  # room for the prompt, and no more
            editor.command("harness.prompt", text="say")
            editor.ended()
        editor.command("harness.prompt", text="say")
        assert editor.ended() == "the turn's end could not be recorded when it came"
        assert editor.ended() == "Yes."
