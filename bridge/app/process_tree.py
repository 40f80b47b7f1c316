"""The processes that a command has started, wherever they have gone."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MARK = "HARNESS_BRIDGE_COMMAND"
"""The variable by which descendants are known that have left both the session and their parents."""

PROC = Path("/proc")
_ENDED = frozenset({"Z", "X"})


class _Row(NamedTuple):
    folder: Path
    pid: int
    parent: int
    group: int
    session: int


class Tree:
    """A process that leads a session of its own, and all that comes of it.

    Where there is a Linux `/proc` these are: its session; processes with its mark in their environment (one that
    daemonises keeps it); and the children of all these. What takes a new session, loses its parents and clears its
    environment is not found: only a PID namespace would hold it. Elsewhere it is the process group.
    """

    def __init__(self, root: int, mark: str, proc: Path = PROC) -> None:
        """`mark` is the value that `MARK` has in the environment of `root`, and nowhere else."""
        self._root = root
        self._mark = f"{MARK}={mark}".encode()
        self._proc = proc if (proc / "self" / "stat").exists() else None

    def count(self) -> int:
        """How many are alive. Looks at every process of the system: a few milliseconds."""
        return len(self._groups())

    def signal(self, number: int) -> int:
        """Send a signal to each of them once; how many there were."""
        groups = self._groups()
        if self._root in groups.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._root, number)
        for pid, group in groups.items():
            if group != self._root:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        return len(groups)

    def _groups(self) -> dict[int, int]:
        """The living, each with its process group."""
        if self._proc is None:
            return self._bare_group()
        rows = list(_rows(self._proc))
        found = {row.pid: row.group for row in rows if row.session == self._root or self._is_marked(row.folder)}
        grown = True
        while grown:
            more = {row.pid: row.group for row in rows if row.parent in found and row.pid not in found}
            found |= more
            grown = bool(more)
        return found

    def _bare_group(self) -> dict[int, int]:
        """The group for all its members. macOS answers EPERM where only unreaped ones are left."""
        try:
            os.killpg(self._root, 0)
        except (ProcessLookupError, PermissionError):
            return {}
        return {self._root: self._root}

    def _is_marked(self, folder: Path) -> bool:
        with suppress(OSError):
            if folder.stat().st_uid == os.geteuid():
                return self._mark in (folder / "environ").read_bytes().split(b"\0")
        return False


def _rows(proc: Path) -> Iterator[_Row]:
    """The processes of the system that have not ended (proc(5), "/proc/pid/stat")."""
    for folder in proc.iterdir():
        if not folder.name.isdecimal():
            continue
        with suppress(OSError):  # ended meanwhile
            # The second field is the program's name in brackets, in which anything may stand.
            fields = (folder / "stat").read_bytes().rpartition(b") ")[2].split(maxsplit=4)
            if fields[0].decode("ascii") not in _ENDED:
                yield _Row(folder, int(folder.name), *map(int, fields[1:4]))
