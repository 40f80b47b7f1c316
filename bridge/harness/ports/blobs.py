"""Texts by hash, beside the log: what is too long to repeat in events."""

from typing import Protocol

from bridge.harness.values.text import Sha


class Blobs(Protocol):
    """Content-addressed. Calls block: run them in a thread."""

    def put(self, text: str) -> Sha:
        """Keep a text; answers its hash. Putting the same text again costs a look."""
        ...

    def get(self, sha: Sha) -> str | None:
        """The text, or None when it is not here or no longer hashes to its name."""
        ...
