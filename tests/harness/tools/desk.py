"""The built-in tools over a real folder and open buffers."""

from pathlib import Path
from typing import Any

from bridge.app.bootstrap import build_refactorer, build_registry
from bridge.harness.permissions.policy import Setting, hides
from bridge.harness.tools.contract import Context
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.tools import Outcome, Prepared
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.uris import to_uri
from bridge.harness.workspace.workspace import Workspace


class Desk:
    """Runs one tool as the pipeline would once it is allowed."""

    def __init__(self, root: Path, setting: Setting | None = None) -> None:
        self.root = root
        self.documents = Documents()
        self.workspace = Workspace(root, DiskFiles(root), self.documents)
        chosen = setting or Setting(root)
        self.context = Context(self.workspace, lambda subject: hides(subject, chosen))
        self.refactorer = build_refactorer()
        self.registry = build_registry(self.refactorer)

    def write(self, name: str, text: str | bytes) -> Path:
        """A file on disk."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def open(self, name: str, text: str) -> None:
        """A buffer, saved or not."""
        self.documents.opened(OpenDocument(to_uri(self.root / name), 1, text))

    async def prepare(self, tool: str, **args: Any) -> Prepared:
        """Phases 1 and 2."""
        found = self.registry.get(tool)
        assert found is not None
        return await found.prepare(found.spec.inputs.model_validate(args), self.context)

    async def run(self, tool: str, **args: Any) -> str:
        """What the model is told."""
        found = self.registry.get(tool)
        assert found is not None
        outcome: Outcome = await found.commit(await self.prepare(tool, **args), self.context)
        return outcome.model
