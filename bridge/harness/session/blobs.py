"""The blob store: texts by the hash of their UTF-8 bytes, in files of their own."""

import hashlib
import os
import tempfile
from pathlib import Path

from bridge.harness.values.text import Sha


class DiskBlobs:
    """Implements the Blobs port in a folder."""

    def __init__(self, folder: Path) -> None:
        """The folder is made, 0700, when first written to."""
        self._folder = folder

    def put(self, text: str) -> Sha:
        """See the port. Written beside and renamed: a reader never sees half of it."""
        raw = text.encode("utf-8", "surrogateescape")
        sha = Sha(hashlib.sha256(raw).hexdigest())
        path = self._path(sha)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(fd, "wb") as file:
                file.write(raw)
            Path(temporary).replace(path)
        return sha

    def get(self, sha: Sha) -> str | None:
        """See the port."""
        try:
            raw = self._path(sha).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(raw).hexdigest() != sha:
            return None
        return raw.decode("utf-8", "surrogateescape")

    def _path(self, sha: Sha) -> Path:
        return self._folder / sha[:2] / sha
