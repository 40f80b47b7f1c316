"""The worker as a process: its pipe, its end, and what it says when something goes wrong in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bridge.harness.refactoring.values import (
    Answer,
    Ask,
    Changed,
    ChangedFile,
    ChangeSignature,
    Extract,
    FindSymbol,
    Found,
    Inline,
    LineNote,
    Move,
    OrganiseImports,
    Parameter,
    Point,
    Refused,
    Rename,
    Request,
    Selection,
    Skipped,
    Symbol,
    Usages,
)
from bridge.harness.refactoring.wire import BadLine, Reply, decode, encode
from bridge.harness.values.text import Sha
from tests.support.eventually import eventually

REAL = ["-P", "-m", "bridge.harness.refactoring.worker"]
ODD = ["-P", str(Path(__file__).with_name("odd_worker.py"))]


class Talker:
    """Talks to a worker as the daemon does."""

    def __init__(self, child: "subprocess.Popen[bytes]", root: Path) -> None:
        self.child = child
        self._root = root
        self._number = 0

    def send(self, ask: Ask, files: tuple[str, ...] = (), buffers: dict[str, str] | None = None) -> None:
        assert self.child.stdin is not None
        self._number += 1
        self.child.stdin.write(encode(Request(self._number, str(self._root), files, buffers or {}, ask)))
        self.child.stdin.flush()

    def ask(self, ask: Ask, files: tuple[str, ...] = (), buffers: dict[str, str] | None = None) -> Answer:
        assert self.child.stdout is not None
        self.send(ask, files, buffers)
        reply = decode(Reply, self.child.stdout.readline())
        assert reply.id == self._number
        return reply.answer

    def find(self, name: str) -> Any:
        return self.ask(FindSymbol(Symbol(name=name)))


@contextmanager
def worker(root: Path, argv: list[str], *options: str) -> Iterator[Talker]:
    child = subprocess.Popen(
        [sys.executable, *argv, *options],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with child:
        try:
            yield Talker(child, root)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


ASKS: list[Ask] = [
    FindSymbol(Symbol("a.py", Point(1, 2), "x"), usages=True),
    Rename(Symbol(name="a.b"), "new"),
    Extract(Selection("a.py", Point(1, 1), Point(2, 1)), "variable", "v"),
    Inline(Symbol("a.py", Point(1, 1))),
    Move(Symbol(name="f"), "b.py"),
    ChangeSignature(Symbol(name="f"), (Parameter("a", "b", None, "1", None), Parameter("c"))),
    OrganiseImports("a.py"),
]
PLACE = Found("a.py", Point(3, 4), "use", "x", "x = 1", "why")
ANSWERS: list[Answer] = [
    Usages((PLACE,), (PLACE,), (Skipped("b.py", "it does not parse"),)),
    Refused("no", (PLACE,)),
    Changed("t", (ChangedFile("a.py", Sha("0"), "\ud800 é\r\n", "b.py", (LineNote(1, "?"),)),), ("look",)),
]


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.action)
def test_every_request_comes_through_whole(ask: Ask) -> None:
    request = Request(7, "/ws", ("a.py", "\udcff.py"), {"a.py": "\ud800 é \u2028\r\n"}, ask)
    line = encode(request)
    assert decode(Request, line) == request
    assert line.count(b"\n") == 1


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.outcome)
def test_every_answer_comes_through_whole(answer: Answer) -> None:
    assert decode(Reply, encode(Reply(3, answer))) == Reply(3, answer)


@pytest.mark.parametrize(
    "line",
    [b"", b"hello\n", b"[]\n", b"3\n", b'{"id":1}\n', b'{"id":"1","answer":{"outcome":"usages","definitions":[]}}\n',
     b'{"id":1,"answer":{"outcome":"other"}}\n', b'{"id":1,"answer":{}}\n', b'{"id":1,"answer":null}\n',
     b'{"id":1,"answer":{"outcome":"refused","why":"x","more":1}}\n', b"[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_answer_is_said(line: bytes) -> None:
    with pytest.raises(BadLine, match="not a Reply"):
        decode(Reply, line)


def test_one_process_answers_again_and_again_and_reads_what_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("def one():\n    pass\n")
    with worker(tmp_path, REAL) as talker:
        one, two = FindSymbol(Symbol(name="one")), FindSymbol(Symbol(name="two"))
        assert isinstance(talker.ask(one, ("a.py",)), Usages)
        file.write_text("def two():\n    pass\n\n\n")
        assert isinstance(talker.ask(one, ("a.py",)), Refused)
        assert isinstance(talker.ask(two, ("a.py",)), Usages)
        assert isinstance(talker.ask(one, ("a.py",), {"a.py": "def one(): ..."}), Usages)
        assert isinstance(talker.ask(one, ("a.py",)), Refused)
        assert isinstance(talker.ask(two, ()), Refused)


def test_it_ends_in_peace_when_its_input_ends(tmp_path: Path) -> None:
    with worker(tmp_path, ODD) as talker:
        talker.find("x")
        assert talker.child.stdin is not None
        talker.child.stdin.close()
        assert talker.child.wait(5) == 0


def test_it_ends_when_its_input_ends_while_it_works(tmp_path: Path) -> None:
    with worker(tmp_path, ODD) as talker:
        talker.send(FindSymbol(Symbol(name="hang")))
        eventually((tmp_path / "hangs").exists)
        assert talker.child.stdin is not None
        talker.child.stdin.close()
        assert talker.child.wait(5) != 0


def test_it_ends_after_some_time_without_a_request(tmp_path: Path) -> None:
    with worker(tmp_path, ODD, "--idle", "0.2") as talker:
        talker.find("x")
        assert talker.child.wait(5) == 0


def test_a_request_of_many_megabytes_is_read_in_time_that_grows_with_its_length(tmp_path: Path) -> None:
    with worker(tmp_path, ODD) as talker:
        talker.find("x")
        began = monotonic()
        assert isinstance(talker.ask(FindSymbol(Symbol(name="x")), (), {"a.py": "x" * (64 << 20)}), Usages)
        assert monotonic() - began < 10


def test_what_is_printed_does_not_reach_the_protocol(tmp_path: Path) -> None:
    with worker(tmp_path, ODD) as talker:
        assert isinstance(talker.find("print"), Usages)
        assert isinstance(talker.find("x"), Usages)
        talker.child.kill()
        assert talker.child.stderr is not None
        said = talker.child.stderr.read().decode()
    assert "to stdout" in said
    assert "and below Python" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [("deep", "nested too deeply"), ("memory", "not enough memory"), ("defect", "KeyError, incident")],
)
def test_what_goes_wrong_inside_is_said_and_the_next_request_is_answered(tmp_path: Path, name: str, words: str) -> None:
    with worker(tmp_path, ODD) as talker:
        first = talker.find("x")
        refused = talker.find(name)
        assert isinstance(refused, Refused)
        assert words in refused.why
        assert talker.find("x").definitions[0].path == first.definitions[0].path


def test_a_line_that_is_no_request_ends_it(tmp_path: Path) -> None:
    with worker(tmp_path, ODD) as talker:
        assert talker.child.stdin is not None
        talker.child.stdin.write(json.dumps({"id": 1}).encode() + b"\n")
        talker.child.stdin.flush()
        assert talker.child.wait(5) != 0


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (FindSymbol(Symbol("c.py", name="x")), "no source file c.py"),
        (FindSymbol(Symbol("elsewhere/a.py", name="x")), "Perhaps a.py"),
        (FindSymbol(Symbol("notes.md", name="x")), "neither Python nor JavaScript"),
        (Inline(Symbol("b.ts", Point(1, 1))), "In JavaScript and TypeScript it is not possible to inline"),
    ],
)
def test_what_can_not_be_asked_is_refused_with_what_can(tmp_path: Path, ask: Ask, words: str) -> None:
    for name in ("a.py", "b.ts"):
        (tmp_path / name).write_text("")
    with worker(tmp_path, REAL) as talker:
        refused = talker.ask(ask, ("a.py", "b.ts"))
    assert isinstance(refused, Refused)
    assert words in refused.why
