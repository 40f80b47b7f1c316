"""A document watched while an edit of ours is under way."""

from typing import Self

import anyio

from bridge.harness.ids import Uri
from bridge.harness.workspace.documents import DocumentEvent, Documents


class Watch:
    """What an editor's document became since a moment: its latest text, and how many changes were seen."""

    def __init__(self, documents: Documents, uri: Uri) -> None:
        """Use as a context manager."""
        self.uri = uri
        self.count = 0
        self._documents = documents
        self._changed = anyio.Event()
        self._text = ""

    def __enter__(self) -> Self:
        """Start watching."""
        self._look()
        self._stop = self._documents.listen(self._on_event)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._stop()

    @property
    def text(self) -> str:
        """The last text seen."""
        return self._text

    @property
    def closed(self) -> bool:
        """Whether the document is not open any more."""
        return self._documents.get(self.uri) is None

    async def next(self) -> None:
        """Until the next change."""
        await self._changed.wait()

    def _on_event(self, event: DocumentEvent) -> None:
        if event.uri == self.uri:
            self.count += 1
            self._look()
            self._changed.set()
            self._changed = anyio.Event()

    def _look(self) -> None:
        document = self._documents.get(self.uri)
        self._text = document.text if document is not None else self._text
