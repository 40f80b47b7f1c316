"""What shows the review to a client by standard LSP."""

from dataclasses import dataclass

from bridge.harness.ids import Uri
from bridge.surfaces.lsp.review.publisher import Publisher
from bridge.surfaces.lsp.review.refresh import Refresher
from bridge.surfaces.lsp.review.virtual import VirtualDocuments


@dataclass(frozen=True, slots=True)
class Shown:
    """One client's diagnostics, lenses and hints, and virtual documents."""

    publisher: Publisher
    refresher: Refresher
    documents: VirtualDocuments

    def look_near(self, uri: Uri, line: int) -> None:
        """The person is here: where a file has too many hunks, the nearest are shown."""
        if self.publisher.look_near(uri, line):
            self.refresher.marks()

    def all(self) -> None:
        """After a session was loaded."""
        self.publisher.publish_all()
        self.refresher.marks()
