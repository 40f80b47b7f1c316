"""The worker: a process that reads requests and answers them, one a line. It writes no file and opens no socket.

It ends when its stdin ends, whatever it is doing then, and after `--idle` seconds without a request. Only protocol goes
to its stdout; what a library prints goes to stderr.
"""

import argparse
import gc
import logging
import os
import select
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from bridge.harness.isolate import isolate
from bridge.harness.refactoring.dispatch import answer
from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.values import Answer, Ask, Refusal, Refused, Request
from bridge.harness.refactoring.wire import BadLine, Reply, decode, encode

IDLE_S = 600.0
"""Seconds without a request after which a worker ends; it starts again in a fraction of a second."""

STACK = 256 << 20
"""Bytes of address space for the stack of the thread that works, and frames that fit: trees are walked recursively."""

FRAMES = 20_000

CHUNK = 1 << 20

GARBAGE = 100_000
"""Objects that are made before the collector looks: syntax trees are many objects, and no garbage."""

Answers = Callable[[Project, Ask], Answer]
"""What finds the answers; it may raise Refusal."""


class Desk:
    """Answers requests about one workspace after another; what is known of the last one is kept."""

    def __init__(self, answers: Answers) -> None:
        """No project yet."""
        self._answers = answers
        self._project: Project | None = None

    def reply(self, line: bytes) -> Reply:
        """The answer to one line. BadLine where it is no request; nothing else is raised."""
        request = decode(Request, line)
        result: Answer | None = None
        with isolate(f"{request.ask.action} in {request.root}") as fault:
            result = self._answer(request)
        if result is None:
            why = f"It failed by a defect of its own ({type(fault.error).__name__}, incident {fault.incident})"
            result = Refused(f"{why}. Make the change by hand, or by smaller steps.")
        return Reply(request.id, result)

    def _answer(self, request: Request) -> Answer:
        try:
            return self._answers(self._up_to_date(request), request.ask)
        except Refusal as refusal:
            return refusal.refused
        except RecursionError:
            return Refused("The code is nested too deeply to be refactored by rule. Change it by hand.")
        except MemoryError:
            self._project = None
            return Refused("There is not enough memory for it. Name a path, so that less has to be looked into.")

    def _up_to_date(self, request: Request) -> Project:
        root = Path(request.root)
        if self._project is None or self._project.root != root:
            self._project = Project(root)
        self._project.take(request)
        return self._project


def serve(source: int, sink: int, idle: float, desk: Desk) -> None:
    """Answer lines from the descriptor `source` on `sink`, until it ends or nothing has come for `idle` seconds.

    Lines are read by this thread and worked on by another: the end of the daemon is seen at any time.
    """
    lines: SimpleQueue[bytes] = SimpleQueue()
    busy = threading.Event()
    gc.set_threshold(GARBAGE)
    sys.setrecursionlimit(FRAMES)
    threading.stack_size(STACK)
    threading.Thread(target=_work, args=(lines, busy, sink, desk), daemon=True).start()
    rest = bytearray()  # a line may come in hundreds of pieces: only the new one is looked through
    while True:
        if not select.select([source], [], [], idle)[0]:
            if busy.is_set():
                continue
            break
        piece = os.read(source, CHUNK)
        if not piece:
            break
        rest += piece
        if b"\n" not in piece:
            continue
        *whole, rest = rest.split(b"\n")
        for line in whole:
            busy.set()
            lines.put(bytes(line))
    if busy.is_set():
        _end_at_once()


def _work(lines: "SimpleQueue[bytes]", busy: threading.Event, sink: int, desk: Desk) -> None:
    while True:
        line = lines.get()
        try:
            out = encode(desk.reply(line))
        except BadLine as problem:
            logging.getLogger(__name__).error("a line that is no request: %s", problem)
            os._exit(2)  # what follows can't be trusted, either
        if lines.empty():
            busy.clear()
        while out:
            out = out[os.write(sink, out) :]


def _end_at_once() -> None:
    """Nobody waits for the answer any more. What it may have started ends with it, where the group is its own."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def main(answers: Answers = answer) -> None:
    """The program: see the top."""
    options = argparse.ArgumentParser(description="Answers refactoring requests on stdin; started by the daemon.")
    options.add_argument("--idle", type=float, default=IDLE_S, help="seconds without a request before it ends")
    idle = options.parse_args().idle
    sink = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    warnings.simplefilter("ignore")  # of the code that is looked at: it says nothing about ours
    serve(sys.stdin.fileno(), sink, idle, Desk(answers))


if __name__ == "__main__":
    main()
