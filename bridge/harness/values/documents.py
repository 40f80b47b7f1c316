"""What was read, from where: the open document, and the source that a proposal was computed on."""

from dataclasses import dataclass
from typing import Literal

from bridge.harness.ids import ClientId, Uri
from bridge.harness.values.text import Sha, TextForm


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text came from. `version` is the editor's document version, for buffers only; `sha` is of the text."""

    kind: Literal["buffer", "disk", "absent"]
    sha: Sha
    client: ClientId | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document that an editor has open: its text is the truth, whatever the disk says."""

    uri: Uri
    version: int
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One read of a file, with its own line endings. `base` is what stands; `text` has pending work on it."""

    uri: Uri
    base: str
    text: str
    form: TextForm
    source: Source
