"""A piece of a test in a process of its own: for what a process can't take back (its user, its limits, its death)."""

import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from bridge.harness.errors import BridgeError

NOBODY = 65534


@dataclass(frozen=True)
class Ended:
    """How it ended: by a signal, with an error of ours (its kind and message), or well."""

    signal: int
    kind: str
    message: str


def in_child(work: Callable[[], object]) -> Ended:
    """Run `work` in a forked process and wait for its end; anything it raises but a BridgeError fails the test."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns where other threads run: the child uses none of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _run(work, writer)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        report = stream.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return Ended(os.WTERMSIG(status), "", "")
    assert os.WEXITSTATUS(status) == 0, report
    kind, message = json.loads(report)
    return Ended(0, kind, message)


def become_nobody() -> None:
    """Give up root, if we are root, for good."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def die_at(event: str) -> None:
    """From now on this process kills itself right before the audited call `event` (as "os.rename")."""

    def hook(name: str, _: object) -> None:
        if name == event:
            os.kill(os.getpid(), 9)

    sys.addaudithook(hook)


def _run(work: Callable[[], object], writer: int) -> None:
    code = 1
    try:
        report = ["", ""]
        try:
            work()
        except BridgeError as error:
            report = [error.kind, error.message]
        os.write(writer, json.dumps(report).encode())
        code = 0
    finally:
        if code:
            os.write(writer, traceback.format_exc().encode()[-4000:])
        os._exit(code)
