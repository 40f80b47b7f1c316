"""A journal, blobs and files in memory, for tests of the review. What each of them did is in one trace, in order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import anyio
import anyio.lowlevel

from bridge.harness.errors import FileProblem, Stale
from bridge.harness.ports.files import DirEntry, FileText
from bridge.harness.values.events import Event, Recorded
from bridge.harness.values.text import Sha, TextForm
from bridge.harness.workspace.text import decode, encode, sha, sha_bytes


class Crash(Exception):
    """The process has ended here."""


class Owner(Protocol):
    """Folds events."""

    def fold(self, event: Event) -> None:
        """Take in one event."""


@dataclass
class FakeJournal:
    """Gives others a turn while it "writes", as one that waits for the disk does.

    `crash_before` and `crash_after` name the event kinds at which the process ends.
    """

    trace: list[str] = field(default_factory=list)
    records: list[Recorded] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    crash_before: str = ""
    crash_after: str = ""
    full: bool = False
    _order: anyio.Lock = field(default_factory=anyio.Lock)

    async def append(self, *events: Event) -> tuple[Recorded, ...]:
        """See the port."""
        kinds = [type(event).__name__ for event in events]
        if self.crash_before in kinds:
            raise Crash(self.crash_before)
        if self.full:
            raise FileProblem("disk_full", "session.jsonl")
        async with self._order:
            await anyio.lowlevel.checkpoint()
            records = tuple(Recorded(len(self.records) + n, 0.0, event) for n, event in enumerate(events, start=1))
            self.records += records
            self.trace += kinds
            for event in events:
                for owner in self.owners:
                    owner.fold(event)
        if self.crash_after in kinds:
            raise Crash(self.crash_after)
        return records

    def of(self, *kinds: type[Event]) -> list[Event]:
        """The events of these kinds, in order."""
        return [record.event for record in self.records if isinstance(record.event, kinds)]


class FakeBlobs:
    """Texts by hash."""

    def __init__(self) -> None:
        self.texts: dict[Sha, str] = {}

    def put(self, text: str) -> Sha:
        """See the port."""
        self.texts[sha(text)] = text
        return sha(text)

    def get(self, sha: Sha) -> str | None:
        """See the port."""
        return self.texts.get(sha)


@dataclass
class FakeFiles:
    """Bytes by path. `problems` are raised by writes of a path; `meanwhile` happens right before the next write."""

    trace: list[str] = field(default_factory=list)
    raw: dict[Path, bytes] = field(default_factory=dict)
    problems: dict[Path, Exception] = field(default_factory=dict)
    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def read_text(self, path: Path) -> FileText:
        """See the port."""
        raw = self._raw(path)
        text, form = decode(raw, str(path))
        return FileText(text, form, sha_bytes(raw))

    def exists(self, path: Path) -> bool:
        """See the port."""
        return path in self.raw

    def write_text(self, path: Path, text: str, form: TextForm, expected: Sha | None) -> Sha:
        """See the port."""
        data = encode(text, form)
        self._before_write(path, expected)
        self.trace.append(f"disk {path.name}")
        self.raw[path] = data
        return sha_bytes(data)

    def check_writable(self, path: Path) -> None:
        """See the port."""
        self._raw(path)
        if path in self.problems:
            raise self.problems[path]

    def remove(self, path: Path, expected: Sha) -> None:
        """See the port."""
        self._before_write(path, expected)
        self.trace.append(f"disk {path.name}")
        del self.raw[path]

    def list_dir(self, path: Path) -> Iterator[DirEntry]:
        """See the port."""
        inside = sorted(known for known in self.raw if known.parent == path)
        return iter([DirEntry(known.name, False, len(self.raw[known])) for known in inside])

    def texts(self) -> dict[str, str]:
        """Names and texts of all files."""
        return {path.name: raw.decode() for path, raw in self.raw.items()}

    def _before_write(self, path: Path, expected: Sha | None) -> None:
        todo: Sequence[Callable[[], None]] = tuple(self.meanwhile)
        self.meanwhile.clear()
        for happens in todo:
            happens()
        if path in self.problems:
            raise self.problems[path]
        if (path in self.raw) != (expected is not None):
            if expected is None:
                raise Stale(f"{path} exists already.")
            raise FileProblem("file_missing", path)
        if expected is not None and sha_bytes(self.raw[path]) != expected:
            raise Stale(f"{path} has changed since it was read.")

    def _raw(self, path: Path) -> bytes:
        if path not in self.raw:
            raise FileProblem("file_missing", path)
        return self.raw[path]
