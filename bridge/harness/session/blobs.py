"""The blob store: texts by the hash of their UTF-8 bytes, in files of their own."""

import hashlib
import os
import tempfile
from pathlib import Path

from bridge.harness.errors import FileProblem
from bridge.harness.session.folders import make_private
from bridge.harness.values.text import Sha


class DiskBlobs:
    """Implements the Blobs port in a folder."""

    def __init__(self, folder: Path) -> None:
        """The folder is made, 0700, when first written to."""
        self._folder = folder

    def put(self, text: str) -> Sha:
        """See the port. Written beside and renamed: a reader never sees half of it; a damaged one is written anew."""
        raw = text.encode("utf-8", "surrogateescape")
        sha = Sha(hashlib.sha256(raw).hexdigest())
        path = self._path(sha)
        try:
            if self.get(sha) is None:
                self._write(path, raw)
        except OSError as error:
            raise FileProblem.of(error, path) from error
        return sha

    def _write(self, path: Path, raw: bytes) -> None:
        """On disk when it returns: an event that is synced speaks of it."""
        make_private(path.parent)
        fd, name = tempfile.mkstemp(dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

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
