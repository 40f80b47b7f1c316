"""The documents that editors have open: their text comes before the disk's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.harness.ids import Uri
from bridge.harness.isolate import isolate
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    """One change of the set of open documents.

    `after` is None when the document was closed. `changes` turn `before` into `after`, one after another; None where
    the editor sent only the whole text, or opened or closed the document.
    """

    uri: Uri
    before: OpenDocument | None
    after: OpenDocument | None
    changes: Sequence[TextChange] | None


Listener = Callable[[DocumentEvent], None]


class Documents:
    """All open documents of a client. Fed by a surface; listeners are called at once, in order, and must not block."""

    def __init__(self) -> None:
        """Nothing is open."""
        self._open: dict[Uri, OpenDocument] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of each change; the answer stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def get(self, uri: Uri) -> OpenDocument | None:
        """The open document, or None."""
        return self._open.get(uri)

    def all(self) -> tuple[OpenDocument, ...]:
        """All that is open, in the order of opening."""
        return tuple(self._open.values())

    def opened(self, document: OpenDocument) -> None:
        """The editor opened a document, or sent it anew."""
        self._put(document, None)

    def changed(self, document: OpenDocument, changes: Sequence[TextChange] | None) -> None:
        """The editor changed a document: its new text, and how it came about where that is known."""
        self._put(document, changes)

    def closed(self, uri: Uri) -> None:
        """The editor closed a document; a second time is no error."""
        before = self._open.pop(uri, None)
        if before is not None:
            self._tell(DocumentEvent(uri, before, None, None))

    def _put(self, document: OpenDocument, changes: Sequence[TextChange] | None) -> None:
        before = self._open.get(document.uri)
        self._open[document.uri] = document
        self._tell(DocumentEvent(document.uri, before, document, changes))

    def _tell(self, event: DocumentEvent) -> None:
        for listener in tuple(self._listeners):
            with isolate("a listener of the open documents"):  # the others hear of it all the same
                listener(event)
