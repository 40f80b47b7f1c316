"""Neovim's API over the pipes of `nvim --embed`: one call at a time, each with a deadline.

pynvim would do, but its calls can't time out, and it leaves its pipes to the garbage collector.
"""

import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]

CALL_S = 10.0


class NvimError(Exception):
    """The editor answered with an error, did not answer, or is gone."""


class NvimRpc:
    """One editor process, whose standard input and output are its API."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        """`argv` has `--embed`."""
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=cwd, bufsize=0
        )
        self._unpacker = msgpack.Unpacker(ext_hook=_handle, strict_map_key=False, unicode_errors="surrogateescape")
        self._number = 0

    def call(self, method: str, *arguments: Any) -> Any:
        """Call an API function. Raises `NvimError`."""
        self._number += 1
        body = msgpack.packb([0, self._number, method, list(arguments)], unicode_errors="surrogateescape")
        if self.process.stdin is None or self.process.stdin.closed:
            raise NvimError(f"{method}: the editor was ended")
        try:
            self.process.stdin.write(body)
        except OSError as error:
            raise NvimError(f"{method}: the editor is gone") from error
        while True:
            kind, number, problem, result = (*self._next(method), None, None)[:4]
            if kind == 1 and number == self._number:
                if problem:
                    raise NvimError(f"{method}: {problem[1]}")
                return result

    def end(self) -> None:
        """Kill it, if it is still there, and close the pipes."""
        self.process.kill()
        self.process.wait(CALL_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _next(self, method: str) -> list[Any]:
        """The next message of the editor's; what is no answer (a notification) is for the caller to skip."""
        while True:
            for message in self._unpacker:
                return list(message)
            if self.process.stdout is None or not select.select([self.process.stdout], [], [], CALL_S)[0]:
                raise NvimError(f"{method}: no answer in {CALL_S:g} s")
            data = self.process.stdout.read(1 << 16)
            if not data:
                raise NvimError(f"{method}: the editor is gone")
            self._unpacker.feed(data)


def _handle(_kind: int, data: bytes) -> int:
    """A buffer, window or tab page is its number."""
    return int(msgpack.unpackb(data))
