"""The production daemon with a script, and a bare LSP client that plays an editor."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.raw_client import PATIENCE_S, Message, RawClient

BRIDGE = (sys.executable, "-m", "bridge")

Steps = Sequence[Message] | Mapping[str, Sequence[Message]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a daemon works, and the script that its model plays."""

    work: Path
    state: Path
    script: Path

    @property
    def options(self) -> Message:
        """The `initializationOptions`."""
        return {"model": "scripted", "script": str(self.script), "stateDir": str(self.state)}


class Bridge:
    """A daemon on a workspace below `folder`.

    Its scripted model plays `steps` for any prompt, or, where they are a mapping, those of the first pattern that is
    found in the prompt. Made again on the same folder, it is the daemon after a restart.
    """

    def __init__(
        self,
        folder: Path,
        steps: Steps = (),
        capabilities: Message | None = None,
        options: Message | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        place = Bridge.prepare(folder, steps)
        self.work, self.state = place.work, place.state
        self._capabilities = capabilities or {}
        self._options = place.options | (options or {})
        self.client = RawClient(BRIDGE, env)

    @staticmethod
    def prepare(folder: Path, steps: Steps) -> Place:
        """The folders and the script; nothing runs yet."""
        place = Place(folder / "work", folder / "state", folder / "script.json")
        place.work.mkdir(parents=True, exist_ok=True)
        turns = steps if isinstance(steps, Mapping) else {"": steps}
        rows = [{"when": when, "steps": list(those)} for when, those in turns.items()]
        place.script.write_text(json.dumps({"turns": rows}), encoding="utf-8")
        return place

    def __enter__(self) -> Self:
        self.client.call("initialize", self.initialize_params())
        self.client.notify("initialized", {})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)

    def initialize_params(self) -> Message:
        """What is sent first."""
        return {
            "processId": None,
            "rootUri": self.work.as_uri(),
            "capabilities": self._capabilities,
            "initializationOptions": self._options,
        }

    # As an editor.

    def open(self, name: str, text: str, version: int = 1) -> str:
        """Open a document with this text, which need not be on disk; its URI."""
        uri = (self.work / name).as_uri()
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, version: int, *changes: Message) -> None:
        """Tell of changes."""
        document = {"uri": uri, "version": version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def command(self, name: str, **argument: Any) -> int | str:
        """Start a command; the request's id."""
        return self.client.start("workspace/executeCommand", {"command": name, "arguments": [argument]})

    def accept(self, hunk: Message) -> int | str:
        """Accept the hunk of a diagnostic; the request's id."""
        return self.command("harness.accept", hunkId=hunk["code"])

    def actions(self, uri: str, line: int) -> list[Message]:
        """The code actions on a line."""
        spot = {"line": line, "character": 0}
        params = {"textDocument": {"uri": uri}, "range": {"start": spot, "end": spot}, "context": {"diagnostics": []}}
        found: list[Message] = self.client.call("textDocument/codeAction", params)["result"]
        return found

    def file(self, name: str, content: str | bytes) -> Path:
        """A file of the workspace."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def alive(self) -> None:
        """Any request is answered."""
        assert self.client.call("ping")["error"]["code"] == -32601
        assert self.client.process.poll() is None

    def hunks(self, uri: str) -> list[Message]:
        """The next diagnostics of a document that are not empty."""
        found = self.client.wait_for(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics"
                and m["params"]["uri"] == uri
                and bool(m["params"]["diagnostics"])
            )
        )
        diagnostics: list[Message] = found["params"]["diagnostics"]
        return diagnostics

    # As a person.

    def prompt(self, text: str) -> str:
        """Ask; the session's id. The turn goes on."""
        reply = self.client.response(self.command("harness.prompt", text=text))
        return str(reply["result"]["sessionId"])

    def run(self, text: str) -> None:
        """Ask, and wait for the end of the turn."""
        self.prompt(text)
        self.said()

    def said(self) -> str:
        """What the person is told at the end of the turn."""
        return str(self.client.asked("window/showMessage", PATIENCE_S)["params"]["message"])

    # What is on disk.

    def log(self) -> list[Message]:
        """The records of the one session."""
        (path,) = self.state.glob("sessions/*/*.jsonl")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def outputs(self) -> list[str]:
        """What the model was told of its calls."""
        return [row["data"]["output"] for row in self.log() if row["kind"] == "CallEnded"]
