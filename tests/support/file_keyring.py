"""A keyring in a file, for processes that tests start: PYTHON_KEYRING_BACKEND names it, FILE_KEYRING its file."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Keys by `service/user`."""

    priority = 0

    def get_password(self, service: str, username: str) -> str | None:
        """The key, or None."""
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a key."""
        self._write(self._read() | {f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget a key."""
        kept = self._read()
        if kept.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError(username)
        self._write(kept)

    @property
    def _file(self) -> Path:
        return Path(os.environ["FILE_KEYRING"])

    def _read(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        self._file.write_text(json.dumps(kept))
