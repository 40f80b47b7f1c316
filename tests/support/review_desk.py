"""A session's review with everything around it in memory."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from bridge.harness.ids import CallId, HunkId, SessionId, TurnId, Uri, new_id
from bridge.harness.ports.files import Files
from bridge.harness.ports.review import Origin
from bridge.harness.values.documents import Source
from bridge.harness.values.events import Recorded
from bridge.harness.values.proposals import Actor, Draft, FileDraft, HunkOutcome, HunkState, Policy, Proposal, Verdict
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.review import Reviewer
from bridge.harness.workspace.text import form_of, sha
from bridge.harness.workspace.uris import to_uri
from bridge.harness.workspace.workspace import Workspace
from tests.support.fake_editor import NEOVIM, NEOVIM_COARSE, VSCODE, WHOLE_TEXTS, FakeEditor, Manner
from tests.support.fake_journal import FakeBlobs, FakeFiles, FakeJournal

ROOT = Path("/project")
PERSON = Actor("person", "the person")


def uri_of(name: str) -> Uri:
    """The URI of a file in the workspace."""
    return to_uri(ROOT / name)


@dataclass
class Desk:
    """One run of the bridge. `restarted` is the next one: same log, same disk, same editor."""

    manner: Manner = VSCODE
    files: Files = field(default_factory=FakeFiles)
    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    root: Path = ROOT

    def __post_init__(self) -> None:
        self.trace: list[str] = []
        if isinstance(self.files, FakeFiles):
            self.files.trace = self.trace
        self.journal = FakeJournal(self.trace)
        self.documents = Documents()
        self.editor = FakeEditor(self.documents, self.manner, self.trace)
        self.moved: list[Uri] = []
        outside = Outside(self.journal, self.files, self.documents, self.editor, self.blobs)
        self.review = Reviewer(outside, self.moved.append)
        self.journal.owners.append(self.review)
        self.workspace = Workspace(self.root, self.files, self.documents)
        self.workspace.see_pending(self.review.pending_text, self.review.pending_files)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Desk"]:
        """With the task that writes late events."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.review.run)
            try:
                yield self
            finally:
                self.review.close()

    def restarted(self) -> "Desk":
        """A new process on what the old one left."""
        desk = Desk(self.manner, self.files, self.blobs, self.root)
        for record in self.journal.records:
            desk.replay(record)
        for uri, buffer in self.editor.buffers.items():
            desk.editor.open(uri, buffer.text)
        return desk

    def replay(self, record: Recorded) -> None:
        """Fold what an earlier run wrote."""
        self.journal.records.append(record)
        self.review.fold(record.event)

    def uri(self, name: str) -> Uri:
        """The URI of a file in the workspace."""
        return to_uri(self.root / name)

    async def draft(self, changes: Mapping[str, Callable[[str], str]], *, atomic: bool = False) -> Draft:
        """What a tool would make of files by name: read now, pending work included."""
        files = []
        for name, change in changes.items():
            reading = await self.workspace.read(self.workspace.locate(name))
            new = change(reading.text)
            files.append(FileDraft("edit", reading.uri, reading.source, reading.form, reading.base, reading.text, new))
        return Draft("Change them", tuple(files), atomic)

    async def propose(self, changes: Mapping[str, Callable[[str], str]], policy: Policy = "ask") -> Proposal:
        """Read, change and propose at once."""
        return await self.propose_draft(await self.draft(changes), policy)

    async def propose_draft(self, draft: Draft, policy: Policy = "ask") -> Proposal:
        """Propose what was computed before."""
        return await self.review.propose(draft, origin(policy))

    async def create(self, name: str, text: str) -> Proposal:
        """Propose a new file."""
        file = FileDraft("create", self.uri(name), Source("absent", sha("")), form_of(text), "", "", text)
        return await self.propose_draft(Draft("Create it", (file,)))

    async def accept(self, hunks: Iterable[HunkId]) -> list[HunkOutcome]:
        """The person accepts."""
        return await self.decide(hunks, "accepted")

    async def decide(self, hunks: Iterable[HunkId], verdict: Verdict, reason: str = "") -> list[HunkOutcome]:
        """The person decides."""
        return list(await self.review.decide(tuple(hunks), verdict, PERSON, reason))

    def state(self, id_: HunkId) -> HunkState:
        """What became of a hunk."""
        found = self.review.find(id_)
        assert found is not None
        return found.state


def origin(policy: Policy = "ask") -> Origin:
    """A fresh call of some turn."""
    return Origin(SessionId(new_id()), TurnId(new_id()), CallId(new_id()), policy)


def ids_of(*proposals: Proposal) -> list[HunkId]:
    """All hunks, in order."""
    return [hunk for proposal in proposals for file in proposal.files for hunk in file.hunks]


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace a text that stands once."""

    def change(text: str) -> str:
        assert text.count(old) == 1, (text.count(old), old)
        return text.replace(old, new)

    return change


def typed(text: str, old: str, new: str) -> TextChange:
    """The person's exact change of a text that stands once."""
    assert text.count(old) == 1, (text.count(old), old)
    start = text.index(old)
    return TextChange(start, start + len(old), new)


LINES = "".join(f"line {n}\n" for n in range(10))
URI = uri_of("a.txt")
MANNERS = [
    pytest.param(VSCODE, id="VS Code"),
    pytest.param(NEOVIM, id="Neovim"),
    pytest.param(NEOVIM_COARSE, id="Neovim, coarse"),
    pytest.param(WHOLE_TEXTS, id="whole texts"),
]
"""The small file of most cases, and the ways in which editors tell of changes."""


def opened(manner: Manner = VSCODE, text: str = LINES) -> Desk:
    """A desk with that file, or another text, open in an editor."""
    desk = Desk(manner)
    desk.editor.open(URI, text)
    return desk
