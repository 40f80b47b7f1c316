"""The client's workspace folders: as `initialize` gave them, then as pygls keeps them when they change.

Folders seldom change, so the pygls side is loaded at the first change, in a thread, through the lazy seam.
"""

from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from bridge import lazy
from bridge.harness.workspace.uris import to_path


class Folders:
    """The folders of one client, the first one first."""

    def __init__(self, initialize: dict[str, Any]) -> None:
        """From raw InitializeParams; what is malformed in them counts as absent."""
        self._initialize = initialize
        self._paths = tuple(_given(initialize))
        self._pygls: Any = None
        self._order = anyio.Lock()

    @property
    def first(self) -> Path | None:
        """The folder that stands for the workspace."""
        return self._paths[0] if self._paths else None

    def holding(self, path: Path | None) -> Path | None:
        """The innermost folder that a file lies in; else the file's own folder, else the first one."""
        around = [folder for folder in self._paths if path is not None and path.is_relative_to(folder)]
        if around:
            return max(around, key=lambda folder: len(folder.parts))
        return self.first or (path.parent if path is not None else None)

    async def change(self, raw: dict[str, Any]) -> None:
        """workspace/didChangeWorkspaceFolders, by pygls; raises `RpcError` for malformed params."""
        async with self._order:
            if self._pygls is None:
                module = await anyio.to_thread.run_sync(lazy.load, "bridge.surfaces.lsp.pygls_side")
                self._pygls = module.PyglsSide()
                self._pygls.initialize(self._initialize, ())
            self._pygls.did_change_folders(raw)
            found = map(_path, self._pygls.folders)
            self._paths = tuple(path for path in found if path is not None)


def _given(initialize: dict[str, Any]) -> list[Path]:
    folders = initialize.get("workspaceFolders")
    rows = folders if isinstance(folders, list) else []
    uris = [row.get("uri") for row in rows if isinstance(row, dict)] or [initialize.get("rootUri")]
    paths = [path for uri in uris if isinstance(uri, str) and (path := _path(uri)) is not None]
    root = initialize.get("rootPath")
    return paths or ([Path(root)] if isinstance(root, str) and root.startswith("/") else [])


def _path(uri: str) -> Path | None:
    try:
        return to_path(uri)
    except ValueError:
        return None
