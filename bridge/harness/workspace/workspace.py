"""The workspace as one agent sees it: buffers over disk, and its own pending work over both."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import anyio.to_thread

from bridge.harness.errors import FileProblem
from bridge.harness.ids import Uri
from bridge.harness.ports.files import DirEntry, Files
from bridge.harness.values.documents import OpenDocument, Reading, Source
from bridge.harness.values.text import Sha, TextForm
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.text import form_of, sha
from bridge.harness.workspace.uris import to_path, to_uri

PATH_MAX = 4096
"""Bytes in a path that a system call takes (Linux). A walk by folder descriptors could go on; others could not."""

Pending = Callable[[Uri, str], str]
"""(uri, text) -> the text with the session's undecided and accepted-but-absent hunks applied."""

PendingFiles = Callable[[], Iterable[Uri]]
"""The files that the session has pending hunks in, open or closed."""


@dataclass(frozen=True, slots=True)
class Location:
    """A path as asked for, where it leads through links, and whether both lie in the workspace."""

    path: Path
    resolved: Path
    uri: Uri
    inside: bool


class Workspace:
    """Reads for the tools. The boundary, `root`, is fixed when the session starts."""

    def __init__(self, root: Path, files: Files, documents: Documents) -> None:
        """`root` is absolute."""
        self.root = root
        self._real_root = root.resolve()
        self._files = files
        self._documents = documents
        self._real_paths: dict[Uri, Path | None] = {}
        self._pending: Pending = lambda _uri, text: text
        self._pending_files: PendingFiles = tuple

    def see_pending(self, pending: Pending, files: PendingFiles) -> None:
        """From now on reads show the session's own pending work; `files` are those that have some."""
        self._pending = pending
        self._pending_files = files

    def locate(self, text: str) -> Location:
        """A path as a model writes it: relative to the root, absolute, or a file: URI. Links are resolved, once.

        The URI is that of the editor's document, where one is open under another name of the file.
        """
        named = to_path(text) if text.startswith("file:") else Path(text)
        if not text or named is None or not _is_path(named):
            shown = text.encode("ascii", "backslashreplace").decode().replace("\0", "?")
            raise FileProblem("file_missing", shown, "that is not a path")
        # Two slashes at the start are kept apart by POSIX and are one on every system that we run on.
        named = Path("/" + str(named).lstrip("/")) if named.is_absolute() and os.name == "posix" else named
        path = Path(os.path.normpath(self.root / named))
        if len(os.fsencode(path)) >= PATH_MAX:
            raise FileProblem("file_missing", path.name, "the path is too long")
        try:
            resolved = path.resolve()
            if resolved != (self.root / named).resolve():
                raise FileProblem("outside_workspace", path, "it climbs out of a link by `..`; name the file itself")
            if text.endswith("/") and resolved.is_file():
                raise FileProblem("file_missing", path, "it is a file, and the path ends as a folder's does")
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
            raise FileProblem("file_unreadable", path, "the path can't be followed") from error
        literal = path.is_relative_to(self.root) or path.is_relative_to(self._real_root)
        inside = literal and resolved.is_relative_to(self._real_root)
        return Location(path, resolved, self._open_name(path, resolved), inside)

    def shown(self, path: Path) -> str:
        """The path as people and models read it: relative to the root where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    async def read(self, place: Location) -> Reading:
        """The text of a file: the open buffer or the disk, with the session's own pending work applied."""
        document = self._documents.get(place.uri)
        if document is not None:
            return await self._of_buffer(place, document)
        found = await anyio.to_thread.run_sync(self._files.read_text, place.path)
        return self._reading(place.uri, found.text, found.form, Source("disk", found.sha))

    async def exists(self, place: Location) -> bool:
        """Whether a buffer or a file stands there."""
        if self._documents.get(place.uri) is not None:
            return True
        return await anyio.to_thread.run_sync(self._files.exists, place.path)

    async def list_dir(self, place: Location) -> Sequence[DirEntry]:
        """Names in a folder, with those of buffers that are not on disk yet."""
        entries = await anyio.to_thread.run_sync(lambda: list(self._files.list_dir(place.path)))
        known = {entry.name for entry in entries}
        unsaved = [
            DirEntry(path.name, is_dir=False, size=len(document.text))
            for path, document in self.buffers()
            if path.parent == place.path and path.name not in known
        ]
        return sorted([*entries, *unsaved], key=lambda entry: entry.name)

    def buffers(self) -> tuple[tuple[Path, OpenDocument], ...]:
        """The open documents that lie in the workspace, with their paths; texts include pending work."""
        return tuple(
            (path, replace(document, text=self._pending(document.uri, document.text)))
            for document in self._documents.all()
            if (path := to_path(document.uri)) is not None and path.is_relative_to(self.root)
        )

    async def overlay(self) -> dict[str, str]:
        """All texts that stand before the disk's: open documents, and closed files with pending work of the session's.

        By path from the root, with slashes: where the file is, not which link of it is open.
        """
        texts: dict[str, str] = {}
        for document in self._documents.all():
            where = self._real_path(document.uri)
            if where is not None and where.is_relative_to(self._real_root):
                text = self._pending(document.uri, document.text)
                texts[where.relative_to(self._real_root).as_posix()] = text
        for uri in tuple(self._pending_files()):
            path = to_path(uri)
            if path is None or not path.is_relative_to(self.root):
                continue
            with suppress(FileProblem):  # gone, or not readable: then there is no text to put before it
                place = self.locate(str(path))
                if place.inside:
                    name = place.resolved.relative_to(self._real_root).as_posix()
                    texts.setdefault(name, (await self.read(place)).text)
        return texts

    def _open_name(self, path: Path, resolved: Path) -> Uri:
        """Live buffers come before the disk, whichever link of theirs is named."""
        uri = to_uri(path)
        if self._documents.get(uri) is not None:
            return uri
        return next((other.uri for other in self._documents.all() if self._real_path(other.uri) == resolved), uri)

    def _real_path(self, uri: Uri) -> Path | None:
        """Where an open document's path leads: looked at once, as a search locates every file that it finds."""
        if uri not in self._real_paths:
            name = to_path(uri)
            self._real_paths[uri] = name.resolve() if name is not None else None
        return self._real_paths[uri]

    async def _of_buffer(self, place: Location, document: OpenDocument) -> Reading:
        """A buffer has no encoding of its own that we can see: the file's form holds, if there is a file."""
        form = await anyio.to_thread.run_sync(self._form_on_disk, place.path)
        source = Source("buffer", sha(document.text), version=document.version)
        return self._reading(place.uri, document.text, form or form_of(document.text), source)

    def _reading(self, uri: Uri, base: str, form: TextForm, source: Source) -> Reading:
        return Reading(uri, base, self._pending(uri, base), form, source)

    def _form_on_disk(self, path: Path) -> TextForm | None:
        try:
            return self._files.read_text(path).form
        except FileProblem:
            return None


def _is_path(named: Path) -> bool:
    """Whether the system can have such a name: no NUL, and no half of a surrogate pair, which JSON can carry."""
    try:
        return b"\0" not in os.fsencode(named)
    except UnicodeEncodeError:
        return False


def absent(uri: Uri, form: TextForm) -> Reading:
    """The reading of a file that does not exist yet."""
    return Reading(uri, "", "", form, Source("absent", Sha("")))
