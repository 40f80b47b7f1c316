"""file: URIs and paths. One spelling inside the harness; a client's own spelling is the surface's business."""

import os
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bridge.harness.ids import Uri


def to_uri(path: Path) -> Uri:
    """The canonical URI of an absolute path. Bytes that are not UTF-8 are percent-encoded as they are."""
    return Uri("file://" + quote(os.fsencode(path.as_posix())))


def to_path(uri: str) -> Path | None:
    """The path of a file: URI; None for other schemes. `..` and doubled slashes are folded, links are not followed."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    text = os.fsdecode(unquote(parts.path, errors="surrogateescape").encode("utf-8", "surrogateescape"))
    if os.name == "nt" and text[2:3] == ":":
        text = text[1:]
    return Path(os.path.normpath(text)) if text else None


def canonical(uri: str) -> Uri:
    """The one spelling of a URI: a file's path decoded and encoded again; other schemes as they are."""
    path = to_path(uri)
    return Uri(uri) if path is None else to_uri(path)
