"""A small LSP client: what an editor does for the daemon, on buffers in memory. The demo's editor."""

import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from bridge.harness.workspace.spans import LineIndex
from bridge.harness.workspace.uris import to_path

HEADER_BYTES = 4096
LEAVE_S = 5.0
"""How long the daemon may take to end, in seconds."""

CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
    "experimental": {"harness": {"protocolVersion": 1, "permissions": False, "updates": True}},
}


class RequestFailed(Exception):
    """The daemon answered with an error, or ended without an answer."""


class Buffer:
    """An open document: its text is the person's, saved or not."""

    def __init__(self, text: str) -> None:
        """Version 1."""
        self.version = 1
        self.text = text

    def apply(self, edits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Make LSP TextEdits, all meant in the text before; the changes to tell, the last one first."""
        index = LineIndex(self.text)
        placed = [(_offset(index, e["range"]["start"]), _offset(index, e["range"]["end"]), e) for e in edits]
        placed.sort(key=lambda one: (one[0], one[1]), reverse=True)
        for start, end, edit in placed:
            self.text = self.text[:start] + edit["newText"] + self.text[end:]
        self.version += 1
        return [{"range": edit["range"], "text": edit["newText"]} for _, _, edit in placed]


class LspClient:
    """One daemon process. `buffers` by URI; `diagnostics` are the last ones published for each URI."""

    def __init__(self, process: Process) -> None:
        """Set `on_update` to get the params of each `harness/session/update`."""
        self.on_update: Callable[[Any], None] = lambda _: None
        self.buffers: dict[str, Buffer] = {}
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.progress: list[str] = []
        self._process = process
        self._waiting: dict[int, tuple[anyio.Event, list[dict[str, Any]]]] = {}
        self._ids = 0
        self._ended = False
        self._order = anyio.Lock()

    async def request(self, method: str, params: Any = None) -> Any:
        """The result. Raises RequestFailed."""
        self._ids += 1
        known, answered, slot = self._ids, anyio.Event(), list[dict[str, Any]]()
        self._waiting[known] = answered, slot
        try:
            if self._ended:
                raise RequestFailed(f"{method}: the daemon has ended")
            await self._send({"id": known, "method": method, **({} if params is None else {"params": params})})
            await answered.wait()
        finally:
            del self._waiting[known]
        if not slot:
            raise RequestFailed(f"{method}: the daemon ended without an answer")
        if "error" in slot[0]:
            raise RequestFailed(f"{method}: {slot[0]['error'].get('message')}")
        return slot[0].get("result")

    async def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        await self._send({"method": method, "params": params})

    async def open(self, uri: str, text: str, language: str) -> None:
        """Open a document as it stands on the disk, or not."""
        self.buffers[uri] = Buffer(text)
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        await self.notify("textDocument/didOpen", {"textDocument": document})

    async def type(self, uri: str, line: int, text: str) -> None:
        """The person types whole lines before a line, and does not save."""
        at = {"line": line, "character": 0}
        changes = self.buffers[uri].apply([{"range": {"start": at, "end": at}, "newText": text}])
        await self._changed(uri, changes)

    async def save(self, uri: str) -> None:
        """The person saves: the buffer goes to the disk as it stands."""
        path = to_path(uri)
        if path is not None:
            await anyio.Path(path).write_bytes(self.buffers[uri].text.encode())
        await self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    async def serve(self) -> None:
        """Read until the daemon's output ends."""
        if self._process.stdout is None:
            return
        stream = BufferedByteReceiveStream(self._process.stdout)
        try:
            while True:
                header = await stream.receive_until(b"\r\n\r\n", HEADER_BYTES)
                length = int(header.split(b":")[1])
                await self._received(json.loads(await stream.receive_exactly(length)))
        except (anyio.EndOfStream, anyio.IncompleteRead, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._ended = True
            for answered, _ in self._waiting.values():
                answered.set()

    async def _received(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            if (waiting := self._waiting.get(message.get("id", 0))) is not None:
                waiting[1].append(message)
                waiting[0].set()
        elif "id" in message:
            result = await self._asked(message["method"], message.get("params"))
            await self._send({"id": message["id"], "result": result})
        else:
            self._told(message["method"], message.get("params"))

    async def _asked(self, method: str, params: Any) -> Any:
        """What an editor answers."""
        match method:
            case "workspace/applyEdit":
                return await self._apply(params["edit"]["documentChanges"][0])
            case "window/showMessageRequest":
                return None  # put away: nothing is allowed by it
            case "window/showDocument":
                return {"success": True}
            case _:
                return None

    async def _apply(self, change: dict[str, Any]) -> dict[str, Any]:
        """As editors do: tell the change first, then answer. Another version of the document is refused."""
        document = change["textDocument"]
        buffer = self.buffers.get(document["uri"])
        if buffer is None or buffer.version != document["version"]:
            return {"applied": False, "failureReason": "the document has another version"}
        await self._changed(document["uri"], buffer.apply(change["edits"]))
        return {"applied": True}

    async def _changed(self, uri: str, changes: list[dict[str, Any]]) -> None:
        document = {"uri": uri, "version": self.buffers[uri].version}
        await self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def _told(self, method: str, params: Any) -> None:
        match method:
            case "harness/session/update":
                self.on_update(params)
            case "textDocument/publishDiagnostics":
                self.diagnostics[params["uri"]] = params["diagnostics"]
            case "$/progress":
                self.progress.append(str(params["value"].get("message", "")))

    async def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        async with self._order:
            if self._process.stdin is None:
                return
            try:
                await self._process.stdin.send(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                self._ended = True


@asynccontextmanager
async def daemon(command: Sequence[str], log: Path) -> AsyncIterator[LspClient]:
    """A daemon for as long as the context lasts; its log goes to a file. A Ctrl-C in the terminal does not reach it."""
    with log.open("wb") as errors:
        process = await anyio.open_process(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    client = LspClient(process)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(client.serve)
            yield client
            with anyio.move_on_after(LEAVE_S):
                await client.request("shutdown")
                await client.notify("exit", None)
                await process.wait()
            group.cancel_scope.cancel()
    finally:
        if process.returncode is None:
            # Not by the process's own method: that one looks first whether it has ended, and so takes away what the
            # event loop waits for.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        with anyio.CancelScope(shield=True):
            await process.aclose()


def _offset(index: LineIndex, position: dict[str, int]) -> int:
    return index.offset(position["line"], position["character"], "utf-16")
