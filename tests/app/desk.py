"""A runtime as a surface has it, over a state folder and a workspace of the test."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from bridge.app.bootstrap import running
from bridge.app.bus import Bus, Update
from bridge.app.runtime import Runtime
from bridge.app.settings import Settings
from bridge.harness.ids import SessionId, Uri
from bridge.harness.ports.editor import DocumentEdit, Editor, EditReply, NoEditor
from bridge.harness.workspace.documents import Documents

READ_OUTSIDE = {"steps": [{"calls": [{"tool": "read_file", "args": {"path": "../outside.txt"}}]}, {"say": "Done."}]}
EDIT = {"tool": "edit_file", "args": {"path": "a.txt", "edits": [{"old_text": "one", "new_text": "1"}]}}
PLAY = (
    {"when": "^read", **READ_OUTSIDE},
    {"when": "^edit", "steps": [{"calls": [EDIT]}, {"say": "Edited."}]},
    {"when": "^hold", "steps": [{"hold": True}]},
    {"steps": [{"say": "Hello."}]},
)
"""What the scripted model does for the first word of a prompt."""


def workspace(base: Path) -> Path:
    """A folder with a file, and one file outside of it."""
    root = base / "ws"
    root.mkdir()
    (root / "a.txt").write_text("one\ntwo\n")
    (base / "outside.txt").write_text("out there\n")
    return root


def settings(base: Path) -> Settings:
    """The state folder and the script below `base`."""
    script = base / "script.json"
    script.write_text(json.dumps({"turns": PLAY}))
    return Settings(base / "state", model="scripted", script=script)


@asynccontextmanager
async def runtime(base: Path, bus: Bus | None = None, editor: Editor | None = None) -> AsyncIterator[Runtime]:
    """A runtime; without an editor, if none is given."""
    async with running(settings(base), editor or NoEditor(), Documents(), bus or Bus()) as made:
        yield made


class FakeSlowEditor:
    """Takes an edit and does not answer until it is let go."""

    def __init__(self) -> None:
        self.edits: list[DocumentEdit] = []
        self.asked = anyio.Event()
        self.go = anyio.Event()

    keeps = False

    async def save(self, uris: Sequence[Uri]) -> None:
        pass

    async def apply(self, edit: DocumentEdit) -> EditReply:
        self.edits.append(edit)
        self.asked.set()
        await self.go.wait()
        return EditReply(applied=False, reason="too late")


class Heard:
    """A listener that keeps what it was told."""

    def __init__(self) -> None:
        self.updates: list[tuple[SessionId, Update]] = []

    def __call__(self, session: SessionId, update: Update) -> None:
        self.updates.append((session, update))
