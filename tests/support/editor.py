"""A bare LSP editor on a Bridge: it keeps texts, applies edits, and answers what the daemon asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.protocol.base import strict
from bridge.protocol.errors import BY_KIND, ResponseError
from tests.support.bridge import Bridge
from tests.support.raw_client import PATIENCE_S, Message, same_id

FULL: Message = {
    "window": {"showDocument": {"support": True}, "workDoneProgress": True},
    "workspace": {"codeLens": {"refreshSupport": True}},
    "general": {"positionEncodings": ["utf-16"]},
}
"""What an editor with everything in it declares."""


@dataclass
class Document:
    """An open document."""

    version: int
    text: str


class Editor:
    """Serves the daemon while it waits for something; keeps what came."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.documents: dict[str, Document] = {}
        self.diagnostics: dict[str, list[Message]] = {}
        self.edits: list[Message] = []
        self.shown: list[Message] = []
        self.said: list[str] = []
        self.progress: list[Message] = []
        self.questions: list[Message] = []
        # The titles that the person picks, one a question; None puts a question away. No answer where there is none.
        self.picks: list[str | None] = []
        self._answered: list[Message] = []

    # Documents.

    def open(self, name: str, text: str) -> str:
        """Open a document; its URI."""
        uri = self.bridge.open(name, text)
        self.documents[uri] = Document(1, text)
        return uri

    def type(self, uri: str, line: int, text: str) -> None:
        """Insert before a line."""
        spot = {"line": line, "character": 0}
        self._change(uri, [{"range": {"start": spot, "end": spot}, "newText": text}])

    def replace(self, uri: str, old: str, new: str) -> None:
        """Overtype a text that stands once, within one line."""
        before, _, _ = self.documents[uri].text.partition(old)
        line, character = before.count("\n"), len(before) - before.rfind("\n") - 1
        end = {"line": line, "character": character + len(old)}
        self._change(uri, [{"range": {"start": {"line": line, "character": character}, "end": end}, "newText": new}])

    def text(self, uri: str) -> str:
        """What stands in the buffer."""
        return self.documents[uri].text

    # The person.

    def command(self, name: str, **argument: Any) -> Any:
        """Run a command; its result."""
        reply = self.response(self.bridge.command(name, **argument))
        assert "result" in reply, reply
        return reply["result"]

    def refused(self, method: str, params: Any) -> ResponseError:
        """A request that is answered with an error of the published catalogue."""
        return catalogued(self.response(self.bridge.client.start(method, params)))

    def actions(self, uri: str, line: int) -> dict[str, Message]:
        """The code actions on a line, by title."""
        spot = {"line": line, "character": 0}
        here = [row for row in self.diagnostics.get(uri, []) if _on(row["range"], line)]
        context = {"diagnostics": here}
        params = {"textDocument": {"uri": uri}, "range": {"start": spot, "end": spot}, "context": context}
        reply = self.response(self.bridge.client.start("textDocument/codeAction", params))
        return {action["title"]: action for action in reply["result"]}

    def lenses(self, uri: str) -> list[Message]:
        """The code lenses of a document."""
        params = {"textDocument": {"uri": uri}}
        found: list[Message] = self.response(self.bridge.client.start("textDocument/codeLens", params))["result"]
        return found

    def act(self, action: Message) -> Message:
        """Run the command of an action or a lens; the response."""
        command = action["command"]
        params = {"command": command["command"], "arguments": command["arguments"]}
        return self.response(self.bridge.client.start("workspace/executeCommand", params))

    def ended(self) -> str:
        """Wait for the end of the turn; what the person is told."""
        self.until(lambda: any(text.startswith("Agent: ") for text in self.said))
        (text,) = [text for text in self.said if text.startswith("Agent: ")]
        self.said.clear()
        return text.removeprefix("Agent: ")

    def hunks(self, uri: str, count: int) -> list[Message]:
        """Wait until a document has so many hunks."""
        self.until(lambda: len(self.diagnostics.get(uri, [])) == count)
        return self.diagnostics.get(uri, [])

    # The wire.

    def response(self, request_id: int | str) -> Message:
        """Serve until a request is answered."""

        def find() -> Message | None:
            return next((m for m in self._answered if same_id(m.get("id"), request_id)), None)

        self.until(lambda: find() is not None)
        found = find()
        assert found is not None
        self._answered.remove(found)
        return found

    def until(self, happened: Callable[[], bool], within: float = PATIENCE_S) -> None:
        """Serve until something is so."""
        while not happened():
            self._serve(self.bridge.client.receive(within))

    def _serve(self, message: Message) -> None:
        params = message.get("params") or {}
        match message.get("method"):
            case None:
                self._answered.append(message)
            case "textDocument/publishDiagnostics":
                self.diagnostics[params["uri"]] = params["diagnostics"]
            case "window/showMessage":
                self.said.append(params["message"])
            case "$/progress":
                self.progress.append(params)
            case "workspace/applyEdit":
                self.edits.append(params["edit"])
                self.bridge.client.answer(message, result=self._apply(params["edit"]))
            case "window/showDocument":
                self.shown.append(params)
                self.bridge.client.answer(message, result={"success": True})
            case "window/showMessageRequest":
                self.questions.append(message)
                self._pick()
            case _ if "id" in message:
                self.bridge.client.answer(message, result=None)

    def _pick(self) -> None:
        if self.picks:
            title = self.picks.pop(0)
            self.bridge.client.answer(self.questions[-1], result=None if title is None else {"title": title})

    def _apply(self, edit: Message) -> Message:
        (change,) = edit["documentChanges"]
        document = self.documents.get(change["textDocument"]["uri"])
        if document is None or document.version != change["textDocument"]["version"]:
            return {"applied": False, "failureReason": "the version has changed"}
        self._change(change["textDocument"]["uri"], change["edits"])
        return {"applied": True}

    def _change(self, uri: str, edits: list[Message]) -> None:
        document = self.documents[uri]
        events = []
        for one in sorted(edits, key=lambda e: _key(e["range"]["start"]), reverse=True):
            start, end = (_offset(document.text, one["range"][where]) for where in ("start", "end"))
            document.text = document.text[:start] + one["newText"] + document.text[end:]
            events.append({"range": one["range"], "text": one["newText"]})
        document.version += 1
        self.bridge.change(uri, document.version, *events)


def catalogued(reply: Message) -> ResponseError:
    """The error of a response, strictly as published."""
    assert set(reply) == {"jsonrpc", "id", "error"}, reply
    with strict():
        error = ResponseError.parse(reply["error"])
    assert error.code == BY_KIND[error.data.kind].code
    assert error.message
    assert error.data.hint
    if error.data.kind == "invalid_params":
        assert error.data.errors
        assert all(problem.message for problem in error.data.errors)
    return error


def _on(range_: Message, line: int) -> bool:
    return bool(range_["start"]["line"] <= line < max(range_["end"]["line"], range_["start"]["line"] + 1))


def _key(position: Message) -> tuple[int, int]:
    return position["line"], position["character"]


def _offset(text: str, position: Message) -> int:
    """The texts of these tests are of the basic plane: a character is a unit."""
    before = "".join(text.splitlines(keepends=True)[: position["line"]])
    return min(len(before) + int(position["character"]), len(text))
